"""Which examples a model learns from, practises on, and is examined with.

Rows with the same question always stand on the same side. Within each category the questions
are ordered by a hash of seed and question, and the first ones become the exam, the next ones
practice: the same table gives the same split on every machine. A table that is saved again,
changed or grown, keeps the side of every question it had (`earlier`); only new questions fill
up what is missing.
"""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.errors import WorkbenchError

TRAIN, VALIDATION, TEST = "train", "validation", "test"
DEFAULT_FRACTIONS = (0.8, 0.1, 0.1)
DEFAULT_SEED = 42
_ALWAYS_FROM = 5
"""A category with this many examples gets at least one for practice and one for the exam."""


@dataclass
class _Group:
    """All rows with one question."""

    key: str
    rank: bytes
    """Where it stands in the order of the seed."""
    rows: list[int] = field(default_factory=list)
    split: str = ""


def question_key(question: str) -> str:
    """The same for questions that differ only in capitals and spaces."""
    return hashlib.sha256(" ".join(question.casefold().split()).encode()).hexdigest()


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
) -> list[str]:
    """The split of every row: train, validation or test.

    Args:
        keys: for each row the `question_key` of what comes in.
        categories: for each row its category, to share each one out alike.
        fractions: shares of train, validation and test; a share of 0 leaves a split out.
        earlier: question key → split in an earlier version of the same table.
    """
    groups = _grouped(keys, seed, earlier or {})
    strata = _strata(groups, categories)
    for split, fraction in ((TEST, fractions[2]), (VALIDATION, fractions[1])):
        _fill(strata, split, fraction)
    for group in groups:
        group.split = group.split or TRAIN
    for split, fraction in ((TEST, fractions[2]), (VALIDATION, fractions[1])):
        if fraction > 0:
            _never_empty(strata, split)
    result = [TRAIN] * len(keys)
    for group in groups:
        for row in group.rows:
            result[row] = group.split
    return result


def _grouped(keys: Sequence[str], seed: int, earlier: Mapping[str, str]) -> list[_Group]:
    groups: dict[str, _Group] = {}
    for row, key in enumerate(keys):
        if key not in groups:
            rank = hashlib.sha256(f"{seed}:{key}".encode()).digest()
            groups[key] = _Group(key, rank, split=earlier.get(key, ""))
        groups[key].rows.append(row)
    return sorted(groups.values(), key=lambda group: group.rank)


def _strata(groups: list[_Group], categories: Sequence[str | None] | None) -> list[list[_Group]]:
    """The groups by category, the largest category first."""
    found: dict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        found[(categories[group.rows[0]] or "") if categories else ""].append(group)
    counts = {name: _rows(members) for name, members in found.items()}
    return [found[name] for name in sorted(found, key=lambda name: (-counts[name], name))]


def _rows(groups: list[_Group]) -> int:
    return sum(len(group.rows) for group in groups)


def _fill(strata: list[list[_Group]], split: str, fraction: float) -> None:
    """Give each category its share; what rounding takes from one it gives to another."""
    wanted = given = 0.0
    for groups in strata:
        size = _rows(groups)
        wanted += size * fraction
        share = min(max(0, math.floor(wanted - given + 0.5)), _at_most(groups))
        if fraction > 0 and size >= _ALWAYS_FROM:
            share = max(1, share)
        given += share
        _take(groups, split, share)


def _at_most(groups: list[_Group]) -> int:
    """As many as leave one question to learn from."""
    taken = sum(len(group.rows) for group in groups if group.split == TEST)
    return max(0, _rows(groups) - taken - 1)


def _take(groups: list[_Group], split: str, share: int) -> None:
    missing = share - sum(len(group.rows) for group in groups if group.split == split)
    free = [group for group in groups if not group.split]
    left_to_learn = sum(1 for group in groups if group.split in ("", TRAIN))
    for group in free:
        if len(group.rows) <= missing and left_to_learn > 1:
            group.split = split
            left_to_learn -= 1
            missing -= len(group.rows)


def _never_empty(strata: list[list[_Group]], split: str) -> None:
    """Fill an empty split with one question, of a category that can spare it if there is one."""
    groups = [group for stratum in strata for group in stratum]
    if any(group.split == split for group in groups):
        return
    learning = [[group for group in stratum if group.split == TRAIN] for stratum in strata]
    choice = next((found for found in learning if len(found) > 1), None)
    choice = choice or [group for found in learning for group in found]
    if len(choice) > 1:
        min(choice, key=lambda group: len(group.rows)).split = split


def sizes(splits: Sequence[str]) -> dict[str, int]:
    """How many rows each split has."""
    counts = Counter(splits)
    return {split: counts[split] for split in (TRAIN, VALIDATION, TEST)}
