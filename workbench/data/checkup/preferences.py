"""Pairs of answers: such as say the opposite of each other, and such as teach length alone."""

from collections import defaultdict

from workbench.core.words import join_rows, percent, plural, shortened
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows
from workbench.data.splits.assign import TRAIN

OPPOSITE, LENGTH = "opposite_pairs", "length_bias"
FEWEST, BIASED = 20, 0.8
"""Pairs of different length from which on a bias is told, and the share from which on it is one."""
_MOSTLY = 0.9
"""From here on it does more harm."""


def check(rows: Rows) -> list[Finding]:
    """What pairs of a better and a worse answer suffer from."""
    return [finding for finding in (_opposite(rows), _length(rows)) if finding]


def _opposite(rows: Rows) -> Finding | None:
    """The same two answers to the same question, now the one and now the other being better."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    asked = [" ".join(text.split()) for text in rows.questions()]
    answers = list(zip(*(_plain(rows, role) for role in _roles(rows)), strict=True))
    for row, both in enumerate(answers):
        groups[(asked[row], *sorted(both))].append(row)
    bad = [own for own in groups.values() if len({answers[row] for row in own}) > 1]
    if not bad:
        return None
    flagged = [
        FlaggedRow(rows.row_ids[row], group, drop=True)
        for group, own in enumerate(bad, 1)
        for row in own
    ]
    first = bad[0]
    return Finding(
        OPPOSITE,
        f"{plural(len(bad), 'pair')} of answers {'is' if len(bad) == 1 else 'are'} judged both ways",
        f"Such as {join_rows([rows.row_ids[row] for row in first])} "
        f"('{shortened(rows.questions()[first[0]])}'): in one row the one answer is better, in the "
        "other row the other. Keep the judgement that you stand by.",
        "What one row teaches the other takes back, and in the exam one of them must count as wrong.",
        harm_of(0.4, len(flagged) / len(rows), 0.3),
        flagged,
        remove=f"Take out {plural(len(flagged), 'row')}",
    )


def _length(rows: Rows) -> Finding | None:
    """That the better answer is nearly always the longer one, or the shorter one."""
    sizes = [list(map(len, rows.values[role])) for role in _roles(rows)]
    told = [
        (better > worse)
        for better, worse, split in zip(*sizes, rows.splits, strict=True)
        if better != worse and split == TRAIN
    ]
    longer = sum(told) / max(1, len(told))
    share, way = max((longer, "longer"), (1 - longer, "shorter"))
    if len(told) < FEWEST or share < BIASED:
        return None
    return Finding(
        LENGTH,
        f"The better answer is the {way} one in {percent(share)} of the pairs",
        f"Of {plural(len(told), 'pair')} to learn from whose answers differ in length. Add pairs "
        f"in which the {'shorter' if way == 'longer' else 'longer'} answer is better, unless length "
        "is what you want to teach.",
        f"The model may learn nothing but to write {way} answers (a length bias).",
        harm_of(0.12 if share >= _MOSTLY else 0.06, share),
    )


def _roles(rows: Rows) -> tuple[str, str]:
    return rows.task.learned, rows.task.rejected


def _plain(rows: Rows, role: str) -> list[str]:
    return [" ".join(text.split()) for text in rows.values[role]]
