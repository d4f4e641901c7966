"""What tests of splits say in short: rows by their groups, and words that are like no other."""

from collections import defaultdict


def by_group(groups: list[str | None], splits: list[str]) -> dict[str | None, set[str]]:
    """The sides on which the rows of each group are."""
    sides: dict[str | None, set[str]] = defaultdict(set)
    for group, split in zip(groups, splits, strict=True):
        sides[group].add(split)
    return sides


def word(number: int) -> str:
    """A word of letters for a number."""
    return "".join(chr(97 + int(digit)) for digit in str(number))
