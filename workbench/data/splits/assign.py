"""Which examples a model learns from, practises on, and is examined with.

Rows with the same question always stand on the same side. Within each category the questions
are ordered by a hash of seed and question, and the first ones become the exam, the next ones
practice: the same table gives the same split on every machine. Rows that belong together (of one
customer) can be kept on one side, too, or the newest rows be the exam. A table that is saved
again, changed or grown, keeps the side of every question it had (`earlier`); only new questions
fill up what is missing.
"""

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress, silent
from workbench.data.splits.blocks import TEST, TRAIN, VALIDATION, Block, blocks_of
from workbench.data.splits.by_sets import share_out_sets
from workbench.data.splits.draw import newest_last, share_out

__all__ = [
    "DEFAULT_FRACTIONS",
    "DEFAULT_SEED",
    "TEST",
    "TRAIN",
    "VALIDATION",
    "alike_key",
    "assign",
    "check_fractions",
    "question_key",
    "sizes",
]

DEFAULT_FRACTIONS = (0.8, 0.1, 0.1)
DEFAULT_SEED = 42
_ALWAYS_FROM = 5
"""A category with this many examples gets at least one for practice and one for the exam."""
_ALIKE_BYTES = 12
_NO_LETTERS = re.compile(r"[\W\d_]+")


def question_key(question: str) -> str:
    """The same for questions that differ only in capitals and spaces."""
    return hashlib.sha256(" ".join(question.casefold().split()).encode()).hexdigest()


def alike_key(question: str) -> bytes | None:
    """The same for questions that differ only in capitals, spaces, punctuation and digits.

    None for a question that has nothing else.
    """
    letters = _NO_LETTERS.sub(" ", question.casefold()).strip()
    return hashlib.sha256(letters.encode()).digest()[:_ALIKE_BYTES] if letters else None


def check_fractions(fractions: Sequence[float], *, test_file: bool = False) -> None:
    """Refuse shares that leave a part empty.

    Raises:
        WorkbenchError: they do not add up to one, or one of them is nothing.
    """
    needed = fractions[:2] if test_file else fractions
    if len(fractions) != 3 or min(needed) <= 0 or abs(sum(fractions) - 1) > 1e-6:
        raise WorkbenchError(
            "The shares to learn from, practise on and examine with must each be more than "
            "nothing and add up to 100 %: change them."
        )


def assign(
    keys: Sequence[str],
    categories: Sequence[str | None] | None = None,
    *,
    fractions: Sequence[float] = DEFAULT_FRACTIONS,
    seed: int = DEFAULT_SEED,
    earlier: Mapping[str, str] | None = None,
    groups: Sequence[str | None] | None = None,
    moments: Sequence[float | None] | None = None,
    alike: Sequence[bytes | None] | None = None,
    sets: Sequence[Sequence[str]] | None = None,
    progress: Progress = silent,
) -> list[str]:
    """The split of every row: train, validation or test.

    Args:
        keys: for each row the `question_key` of what comes in.
        categories: for each row its category, to share each one out alike.
        fractions: shares of train, validation and test; a share of 0 leaves a split out.
        earlier: question key → split in an earlier version of the same table.
        groups: for each row what it has in common with others (a customer), or None: rows that
            share it stay on one side.
        moments: for each row when it was, or None: the newest rows become the exam.
        alike: for each row its `alike_key`: near-duplicates stay on one side.
        sets: for each row its categories, where it may have several: rare ones come on every side.
        progress: told the share that is done, 0 to 1.
    """
    blocks = blocks_of(keys, seed, earlier or {}, groups=groups, alike=alike)
    progress(0.6)
    strata = _strata(blocks, categories)
    progress(0.75)
    if moments is not None:
        newest_last(blocks, moments, fractions)
    elif groups is not None:
        share_out(blocks, categories, fractions)
        _fill_gaps(strata, fractions)
    elif sets is not None:
        share_out_sets(blocks, sets, fractions)
        _fill_gaps(strata, fractions)
    else:
        _at_random(strata, fractions)
    progress(0.95)
    result = [TRAIN] * len(keys)
    for block in blocks:
        for row in block.rows:
            result[row] = block.split
    return result


def _at_random(strata: list[list[Block]], fractions: Sequence[float]) -> None:
    for split, fraction in ((TEST, fractions[2]), (VALIDATION, fractions[1])):
        _fill(strata, split, fraction)
    for stratum in strata:
        for block in stratum:
            block.split = block.split or TRAIN
    _fill_gaps(strata, fractions)


def _fill_gaps(strata: list[list[Block]], fractions: Sequence[float]) -> None:
    for split, fraction in ((TEST, fractions[2]), (VALIDATION, fractions[1])):
        if fraction > 0:
            _never_empty(strata, split)


def _strata(blocks: list[Block], categories: Sequence[str | None] | None) -> list[list[Block]]:
    """The blocks by category, the largest category first."""
    found: dict[str, list[Block]] = defaultdict(list)
    for block in blocks:
        found[(categories[block.rows[0]] or "") if categories else ""].append(block)
    counts = {name: _rows(members) for name, members in found.items()}
    return [found[name] for name in sorted(found, key=lambda name: (-counts[name], name))]


def _rows(blocks: list[Block]) -> int:
    return sum(len(block.rows) for block in blocks)


def _fill(strata: list[list[Block]], split: str, fraction: float) -> None:
    """Give each category its share; what rounding takes from one it gives to another."""
    wanted = given = 0.0
    for blocks in strata:
        size = _rows(blocks)
        wanted += size * fraction
        share = min(max(0, math.floor(wanted - given + 0.5)), _at_most(blocks))
        if fraction > 0 and size >= _ALWAYS_FROM:
            share = max(1, share)
        given += share
        _take(blocks, split, share)


def _at_most(blocks: list[Block]) -> int:
    """As many as leave one question to learn from."""
    taken = sum(len(block.rows) for block in blocks if block.split == TEST)
    return max(0, _rows(blocks) - taken - 1)


def _take(blocks: list[Block], split: str, share: int) -> None:
    missing = share - sum(len(block.rows) for block in blocks if block.split == split)
    free = [block for block in blocks if not block.split]
    left_to_learn = sum(1 for block in blocks if block.split in ("", TRAIN))
    for block in free:
        if len(block.rows) <= missing and left_to_learn > 1:
            block.split = split
            left_to_learn -= 1
            missing -= len(block.rows)


def _never_empty(strata: list[list[Block]], split: str) -> None:
    """Fill an empty split with one question, of a category that can spare it if there is one."""
    blocks = [block for stratum in strata for block in stratum]
    if any(block.split == split for block in blocks):
        return
    learning = [[block for block in stratum if block.split == TRAIN] for stratum in strata]
    choice = next((found for found in learning if len(found) > 1), None)
    choice = choice or [block for found in learning for block in found]
    if len(choice) > 1:
        min(choice, key=lambda block: len(block.rows)).split = split


def sizes(splits: Sequence[str]) -> dict[str, int]:
    """How many rows each split has."""
    counts = Counter(splits)
    return {split: counts[split] for split in (TRAIN, VALIDATION, TEST)}
