"""Numbers to estimate: a few far outside of the others, nearly all the same, equal texts with numbers
that lie far apart. All of it is told, and nothing is taken out."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workbench.core.tasks.number_answers import is_score, tolerance, value_of
from workbench.core.units import figures
from workbench.core.words import join_rows, percent, plural, shortened
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows

OUTSIDE, ALIKE, APART = "number_outliers", "numbers_alike", "numbers_apart"
FENCE = 3.0
"""Outside is what lies farther from the middle half than so many times its width (Tukey 1977, "far out")."""
MOST_OUTSIDE = 0.05
"""Where more rows lie so far outside, the numbers have a long tail, and none of them is odd."""
NEARLY_ALL = 0.9
_STEPS_APART = 2
_NAMED = 3
Floats = npt.NDArray[np.float64]


def check(rows: Rows) -> list[Finding]:
    """What is odd about the numbers."""
    texts = rows.answers()
    numbers = np.array([value_of(text) for text in texts], float)
    found = (_outside(rows, numbers), _alike(rows, texts), _apart(rows, numbers))
    return [finding for finding in found if finding is not None]


def _outside(rows: Rows, numbers: Floats) -> Finding | None:
    if is_score(numbers.tolist()):
        return None
    low, high = np.nanquantile(numbers, (0.25, 0.75))
    width = FENCE * (high - low)
    places = np.flatnonzero((numbers < low - width) | (numbers > high + width))
    if not width or not len(places) or len(places) > MOST_OUTSIDE * len(numbers):
        return None
    far = sorted(places.tolist(), key=lambda place: -abs(numbers[place] - (low + high) / 2))
    named = ", ".join(f"{figures(numbers[p])} in row {rows.row_ids[p]:,}" for p in far[:_NAMED])
    return Finding(
        OUTSIDE,
        f"{plural(len(places), 'number')} far outside of all others",
        f"Half of the numbers lie between {figures(low)} and {figures(high)}; far outside lie {named}"
        f"{' …' if len(far) > _NAMED else ''}. They are used as they are: if one is a mistake (another "
        "unit, a point in the wrong place), put it right.",
        "A few very large or very small numbers pull all estimates towards them, and count the most "
        "among the errors.",
        harm_of(0.1, len(places) / len(numbers), MOST_OUTSIDE),
        [FlaggedRow(rows.row_ids[place], note=figures(numbers[place])) for place in far],
    )


def _alike(rows: Rows, texts: Sequence[str]) -> Finding | None:
    number, times = Counter(texts).most_common(1)[0]
    share = times / len(texts)
    if share < NEARLY_ALL:
        return None
    return Finding(
        ALIKE,
        f"{percent(share)} of the numbers are {figures(value_of(number))}",
        f"{times:,} of {len(texts):,} rows have the same number.",
        "Always giving that number is right nearly always, so there is hardly anything to learn: add "
        "rows with other numbers.",
        0.3,
    )


def _apart(rows: Rows, numbers: Floats) -> Finding | None:
    """Equal texts whose numbers lie farther apart than twice what is near enough."""
    groups: dict[int, list[int]] = defaultdict(list)
    for row, bucket in zip(rows.same.rows.tolist(), rows.same.bucket.tolist(), strict=True):
        groups[bucket].append(row)
    far = _STEPS_APART * tolerance(numbers.tolist())
    apart = [group for group in groups.values() if np.ptp(numbers[group]) > far]
    if not apart:
        return None
    first = min(map(sorted, apart))
    flagged = [
        FlaggedRow(rows.row_ids[row], group=place, note=figures(numbers[row]))
        for place, group in enumerate(sorted(map(sorted, apart)), 1)
        for row in group
    ]
    return Finding(
        APART,
        f"{plural(len(apart), 'text')} {'has' if len(apart) == 1 else 'have'} numbers that lie far apart",
        f"Such as {join_rows([rows.row_ids[row] for row in first])} "
        f"('{shortened(rows.questions()[first[0]])}'): from {figures(numbers[first].min())} to "
        f"{figures(numbers[first].max())}.",
        "Of the same text the model can only learn what lies between its numbers, and no answer to it "
        "can be right for all of them.",
        harm_of(0.15, len(flagged) / len(rows), 0.3),
        flagged,
    )
