"""Too few examples: hardly any to learn from, or too few exam questions to judge by."""

from workbench.core.words import plural
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.rows import Rows
from workbench.data.splits.assign import TEST

KIND = "few"
"""As checkups have been stored."""
FEW_ROWS = 50
_WORST = 0.35


def check(rows: Rows) -> Finding | None:
    """Fewer than `FEW_ROWS` rows."""
    if len(rows) >= FEW_ROWS:
        return None
    exam = rows.splits.count(TEST)
    asked = f"the exam asks {plural(exam, 'question')}" if exam else "nothing is left for an exam"
    return Finding(
        KIND,
        f"Only {plural(len(rows), 'example')}",
        f"There {'is' if len(rows) == 1 else 'are'} {plural(len(rows), 'example')} in all, and "
        f"{asked}. It is enough to try it out; add more, since a few hundred give much better results.",
        "The model has little to go by, and every exam question more or less changes its score a "
        "lot.",
        _WORST * (1 - len(rows) / FEW_ROWS),
    )
