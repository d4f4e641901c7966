"""Copies with one word exchanged."""

import random
from pathlib import Path

from planted.banking import SEED, Texts, banking77, rows_of
from workbench.data.checkup.checks import duplicates
from workbench.data.checkup.rows import Rows
from workbench.data.checkup.similarity.tokens import normalize

PLANTED = 300


def near(data: Path) -> None:
    """Print how many of the copies are found, and how many others are reported."""
    texts, rng = banking77(data), random.Random(SEED)
    before, _ = _reported(rows_of(texts))
    vocabulary = sorted({word for text, _ in texts for word in text.split()})
    origins = rng.sample(range(len(texts)), PLANTED)
    copies = [(_exchanged(texts[row][0], vocabulary, rng), texts[row][1]) for row in origins]
    after, groups = _reported(rows_of(texts + copies))
    found = sum(
        groups.get(row, -1) == groups.get(copy, -2) for copy, row in enumerate(origins, len(texts))
    )
    fresh = after - before
    right = [pair for pair in fresh if _differ_little(texts + copies, *pair)]
    natural = [pair for pair in before if _differ_little(texts, *pair)]
    print(
        f"near: {found} of {PLANTED} planted copies found beside their origin ({found / PLANTED:.1%}); "
        f"{len(fresh)} pairs reported beyond the {len(before)} without planting, "
        f"{len(right)} of them ({len(right) / len(fresh):.1%}) differ in a word at most, and so do "
        f"{len(natural)} ({len(natural) / len(before):.1%}) of those"
    )


def _exchanged(text: str, vocabulary: list[str], rng: random.Random) -> str:
    words = text.split()
    place = rng.randrange(len(words))
    words[place] = rng.choice([word for word in rng.sample(vocabulary, 5) if word != words[place]])
    return " ".join(words)


def _reported(rows: Rows) -> tuple[set[tuple[int, int]], dict[int, int]]:
    """Pairs that a user sees, a row and the earlier one it is like; and the group of each row."""
    finding = duplicates.check(rows)
    flagged_rows = finding.flagged_rows if finding else []
    pairs = {
        (int(flagged.note.rsplit(" ", 1)[1]), flagged.row_id)
        for flagged in flagged_rows
        if flagged.drop
    }
    return pairs, {flagged.row_id: flagged.group for flagged in flagged_rows}


def _differ_little(texts: Texts, first: int, second: int) -> bool:
    """Whether two texts differ by one word (exchanged, added, moved), in order or in nothing.

    Told with code of its own: all ways of leaving out one word are tried.
    """
    words, others = (
        text.split(" ") for text in normalize([texts[first][0], texts[second][0]]).to_pylist()
    )
    if sorted(words) == sorted(others):
        return True
    left = {tuple(words), *(tuple(words[:i] + words[i + 1 :]) for i in range(len(words)))}
    right = {tuple(others), *(tuple(others[:i] + others[i + 1 :]) for i in range(len(others)))}
    same = len([1 for word in words if word in others]) >= 0.9 * max(len(words), len(others))
    return bool(left & right) or (len(words) >= 20 and same)
