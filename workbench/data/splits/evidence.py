"""Evidence that a random exam would flatter: rows of a group that resemble each other, and change."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

_PAIRS = 400
_SEED = 11
_TOKENS = re.compile(r"\w+")


def resemble(values: Sequence[str | None], texts: Sequence[str]) -> bool:
    """Whether texts of one group share clearly more words than texts of two.

    Compared is the mean overlap of words (Jaccard) of some hundred pairs of either kind.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for row, value in enumerate(values):
        if value is not None:
            groups[value].append(row)
    several = [rows for rows in groups.values() if len(rows) > 1]
    draw = random.Random(_SEED)
    near = [_overlap(texts, *draw.sample(draw.choice(several), 2)) for _ in range(_PAIRS)]
    everyone = range(len(texts))
    far = [_overlap(texts, *draw.sample(everyone, 2)) for _ in range(_PAIRS)]
    inside, outside = sum(near) / _PAIRS, sum(far) / _PAIRS
    return inside > max(0.2, 1.5 * outside)


def _overlap(texts: Sequence[str], one: int, other: int) -> float:
    first = set(_TOKENS.findall(texts[one].casefold()))
    second = set(_TOKENS.findall(texts[other].casefold()))
    return len(first & second) / len(first | second) if first | second else 0.0


def has_shifted(labels: Sequence[str | None], moments: Sequence[float | None]) -> bool:
    """Whether the newest tenth has other categories than the rest, beyond chance.

    Chi-squared test of homogeneity on categories with at least ten rows, by its normal
    approximation: more than five standard deviations, and at least a tenth of the rows would
    have to change their category.
    """
    dated = sorted(
        (m, label or "") for m, label in zip(moments, labels, strict=True) if m is not None
    )
    newest = max(1, len(dated) // 10)
    late = Counter(label for _, label in dated[-newest:])
    both = Counter(label for _, label in dated)
    kept = [label for label, count in both.items() if count >= 10]
    total = sum(both[label] for label in kept)
    late_total = sum(late[label] for label in kept)
    if len(kept) < 2 or late_total < 30:
        return False
    chi2 = moved = 0.0
    for label in kept:
        expected = both[label] * late_total / total
        early_expected = both[label] - expected
        gap = late[label] - expected
        chi2 += gap * gap / expected + gap * gap / early_expected
        moved += abs(gap) / (2 * late_total)
    freedom = len(kept) - 1
    return bool(moved >= 0.1 and chi2 > freedom + 5 * (2 * freedom) ** 0.5)
