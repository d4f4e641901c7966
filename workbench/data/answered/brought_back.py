"""Which answers people changed in a file that was answered, whatever else they did to it.

Rows are found again by what stands in their other columns, so they may be sorted, put in, taken out;
columns may be moved, renamed or taken out. Nothing hidden in the file is needed for that. Rows that
say the same are told apart by their answers, then by their order.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from workbench.data.readers.table import Table

_Key = TypeVar("_Key", str, tuple[str, ...])
_ALIKE = 0.5
"""Share of equal cells by which a column under another name is known."""


@dataclass(frozen=True)
class AnswerChange:
    """One answer that is not what it was."""

    row: int
    """The number of the row in the file that was written."""
    brought_row: int
    """Its number in the file that came back."""
    title: str
    """The column's name in the file that was written."""
    before: str | None
    after: str | None
    """None where somebody emptied the cell."""


@dataclass(frozen=True)
class BroughtBack:
    """What came back."""

    changes: tuple[AnswerChange, ...]
    """In the order of the rows that were written."""
    pairs: Mapping[int, int]
    """Each row that was found again: its number as written → as brought back."""
    lost: tuple[int, ...]
    """Rows that were written and did not come back."""
    new: tuple[int, ...]
    """Rows that came back and were not written."""
    columns: Mapping[str, str]
    """Each column of answers that was found again: its name as written → as brought back."""


def changed_answers(written: Table, brought: Table, titles: Sequence[str]) -> BroughtBack:
    """Compare two readings of one file, before and after people worked in it.

    Args:
        titles: the columns of `written` that hold answers.
    """
    names = _same_columns(written, brought)
    answers = {title: names[title] for title in titles if title in names}
    others = _kept({n: found for n, found in names.items() if n not in titles}, written, brought)
    before = _Side(written, list(others), list(answers))
    after = _Side(brought, list(others.values()), list(answers.values()))
    pairs = _pairs(before, after)
    changes = [
        AnswerChange(
            before.numbers[here],
            after.numbers[there],
            title,
            before.answers[at][here],
            after.answers[at][there],
        )
        for here, there in sorted(pairs.items())
        for at, title in enumerate(answers)
        if _plain(before.answers[at][here]) != _plain(after.answers[at][there])
    ]
    found = set(pairs.values())
    return BroughtBack(
        tuple(changes),
        {before.numbers[here]: after.numbers[there] for here, there in pairs.items()},
        tuple(n for at, n in enumerate(before.numbers) if at not in pairs),
        tuple(n for at, n in enumerate(after.numbers) if at not in found),
        answers,
    )


def _kept(names: dict[str, str], written: Table, brought: Table) -> dict[str, str]:
    """The columns by which rows can be found.

    A program that saves a file may write all dates of one anew, or leave out the zeros before its
    numbers.
    """
    shares = {n: _share(written.cells(n), brought.cells(found)) for n, found in names.items()}
    return {n: found for n, found in names.items() if shares[n] >= _ALIKE} or names


def _plain(cell: str | None) -> str:
    """A cell as far as it matters: programs change blanks and line ends when they save."""
    return " ".join(cell.split()) if cell else ""


class _Side:
    """One of the two tables: its rows by what stands in the columns that both have."""

    def __init__(self, table: Table, others: Sequence[str], answers: Sequence[str]) -> None:
        self.numbers: list[int] = table.row_numbers.to_pylist()
        self.others = [[_plain(cell) for cell in table.cells(name)] for name in others]
        self.answers = [table.cells(name) for name in answers]

    def keys(self, with_answers: bool) -> list[tuple[str, ...]]:
        """What each row is known by."""
        columns = list(self.others)
        if with_answers:
            columns += [[_plain(cell) for cell in cells] for cells in self.answers]
        return list(zip(*columns, strict=True)) if columns else [()] * len(self.numbers)


def _same_columns(written: Table, brought: Table) -> dict[str, str]:
    """The columns that both have: by name, whatever its case; then by their cells."""
    by_name = {_name(name): name for name in reversed(brought.columns)}
    found = {n: by_name.pop(_name(n)) for n in written.columns if _name(n) in by_name}
    mine = [name for name in written.columns if name not in found]
    theirs = [name for name in brought.columns if name not in found.values()]
    shares = {(m, t): _share(written.cells(m), brought.cells(t)) for m in mine for t in theirs}
    for pair in sorted(shares, key=lambda pair: -shares[pair]):
        if shares[pair] >= _ALIKE and pair[0] not in found and pair[1] not in found.values():
            found[pair[0]] = pair[1]
    return {name: found[name] for name in written.columns if name in found}


def _name(title: str) -> str:
    return _plain(title).casefold()


def _share(cells: Sequence[str | None], others: Sequence[str | None]) -> float:
    """How much of another column stands in this one, in any order; 0 of one that is hardly filled."""
    mine, theirs = (Counter(filter(None, map(_plain, column))) for column in (cells, others))
    enough = theirs.total() * 2 >= len(others) > 0
    return (mine & theirs).total() / theirs.total() if enough else 0.0


def _pairs(before: _Side, after: _Side) -> dict[int, int]:
    """Rows by their places on both sides: the same in all, in all but answers, in some."""
    pairs: dict[int, int] = {}
    for with_answers in (True, False):
        _pair(pairs, before.keys(with_answers), after.keys(with_answers))
    for mine, theirs in zip(before.others, after.others, strict=True):
        _pair(pairs, mine, theirs, only_unique=True)
    _pair_by_number(pairs, before, after)
    return pairs


def _pair(
    pairs: dict[int, int],
    mine: Sequence[_Key],
    theirs: Sequence[_Key],
    *,
    only_unique: bool = False,
) -> None:
    """Add pairs of the rows that are left and have the same key, in their order.

    Args:
        only_unique: whether a key must be that of one row on each side, and say something.
    """
    taken = set(pairs.values())
    waiting: defaultdict[_Key, list[int]] = defaultdict(list)
    for place in reversed(range(len(theirs))):
        if place not in taken:
            waiting[theirs[place]].append(place)
    left = [place for place in range(len(mine)) if place not in pairs]
    counts = Counter(mine[place] for place in left)
    for place in left:
        there = waiting.get(mine[place], [])
        if only_unique and (not mine[place] or counts[mine[place]] > 1 or len(there) != 1):
            continue
        if there:
            pairs[place] = there.pop()


def _pair_by_number(pairs: dict[int, int], before: _Side, after: _Side) -> None:
    """Rows of the same number, of which a part still says the same: somebody mended the question."""
    taken = set(pairs.values())
    places = {number: at for at, number in enumerate(after.numbers) if at not in taken}
    for place, number in enumerate(before.numbers):
        there = places.get(number)
        if place in pairs or there is None:
            continue
        both = zip(before.others, after.others, strict=True)
        if any(mine[place] and mine[place] == theirs[there] for mine, theirs in both):
            pairs[place] = there
