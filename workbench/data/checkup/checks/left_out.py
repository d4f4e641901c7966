"""Dropped rows: what an import left out of the table, and columns that give the answer away."""

from workbench.core.feedback import BAD
from workbench.core.words import join_rows, joined, plural
from workbench.data.checkup.finding import WORTH_MENDING, Finding, harm_of
from workbench.data.checkup.rows import Rows
from workbench.data.examples import left_out
from workbench.data.examples.examples import DUPLICATE, LEAKED

LEFT_OUT, COPIES, IN_EXAM = "left_out", "left_out_copies", "left_out_of_training"
BAD_ANSWERS = "left_out_bad_answers"
GIVEN_AWAY = "given_away"


def check(rows: Rows) -> list[Finding]:
    """Rows that an import could not use, or left out for the good of the model."""
    found = (
        _unusable(rows),
        _on_purpose(
            rows,
            LEAKED,
            IN_EXAM,
            ("training row", "also stood in your exam file", "left out of training"),
            "So the exam asks what the model has not been shown.",
        ),
        _on_purpose(
            rows,
            DUPLICATE,
            COPIES,
            ("row", "said exactly the same as an earlier one", "left out"),
            "The model learns as much from one of them.",
        ),
        _on_purpose(
            rows,
            BAD,
            BAD_ANSWERS,
            ("answer", "marked as bad by their feedback", "left out"),
            "A bad answer is never taught.",
        ),
    )
    return [finding for finding in found if finding]


def _unusable(rows: Rows) -> Finding | None:
    unusable = {
        reason: about
        for reason, about in rows.left_out.items()
        if reason not in (DUPLICATE, LEAKED, BAD)
    }
    number = left_out.total(unusable)
    if not number:
        return None
    one = number == 1
    return Finding(
        LEFT_OUT,
        f"{plural(number, 'row')} {'was' if one else 'were'} left out",
        f"The {'reason' if len(unusable) == 1 else 'reasons'}: "
        f"{left_out.reasons(unusable, total_told=True)}.",
        f"The model cannot learn from {'it' if one else 'them'}: fill in what "
        f"{'it lacks' if one else 'they lack'}, or leave it at that.",
        max(WORTH_MENDING, harm_of(0.3, number / (number + len(rows)))),
        rows=number,
    )


def _on_purpose(
    rows: Rows, reason: str, kind: str, words: tuple[str, str, str], effect: str
) -> Finding | None:
    """Rows left out for a reason that does no harm; `words` say of which rows what was done."""
    about = rows.left_out.get(reason)
    if not about:
        return None
    number, (noun, did, became) = about["count"], words
    they_were = "It was" if number == 1 else "They were"
    return Finding(
        kind,
        f"{plural(number, noun)} {did}",
        f"{they_were} {became} ({join_rows(about['rows'])}).",
        effect,
        0.0,
        rows=number,
    )


def check_columns(rows: Rows) -> Finding | None:
    """That the answer stands in the question already."""
    if not rows.given_away:
        return None
    named = joined([f"'{column}'" for column in rows.given_away])
    return Finding(
        GIVEN_AWAY,
        f"{named} is the answer and also stands in what comes in",
        "Take it out of there.",
        "The model would only learn to copy it.",
        0.6,
    )
