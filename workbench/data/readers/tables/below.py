"""What stands below a table on the same sheet: its column names again, or another table."""

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from workbench.core.words import joined
from workbench.data.readers.tables.header import NUMBER, USUAL, names_columns

_LOOK = 20
"""Rows above and below that are looked at."""
_SHOWN = 3
"""Names and row numbers in a sentence."""

Row = tuple[int, Sequence[str]]


class Ahead:
    """Numbered rows, the next of which can be looked at before they come."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self._held: deque[Row] = deque()

    def __iter__(self) -> Iterator[Row]:
        while True:
            if self._held:
                yield self._held.popleft()
            elif (row := next(self._rows, None)) is not None:
                yield row
            else:
                return

    def peek(self) -> list[Row]:
        """The next rows, up to one that is empty."""
        while len(self._held) < _LOOK and (row := next(self._rows, None)) is not None:
            self._held.append(row)
        return list(
            itertools.takewhile(lambda row: any(cell.strip() for cell in row[1]), self._held)
        )


def another(
    row: Row, below: Sequence[Row], above: Sequence[Sequence[str]], names: Sequence[str]
) -> Row | None:
    """The row with the column names of another table, if that begins with a row below a gap.

    It is that row, or the next one below a title, and looks like column names, two or more: usual
    ones, or more than the table has, or such that a column of texts holds only numbers from here on.

    Args:
        below: the rows after it.
        above: the rows of the table so far.
        names: the table's own column names.
    """
    is_title = sum(map(bool, map(str.strip, row[1]))) == 1 and len(names) > 1
    head, *rest = below if is_title and below else [row, *below]
    return head if _names_another(head[1], [cells for _, cells in rest], above, names) else None


def _names_another(
    row: Sequence[str],
    below: Sequence[Sequence[str]],
    above: Sequence[Sequence[str]],
    names: Sequence[str],
) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    if len(cells) < 2 or len(below) < 2 or not names_columns(row, below):
        return False
    if all(cell.lower() in USUAL for cell in cells) or len(cells) > len(names):
        return True
    return any(
        row[index].strip() and _numbers(below, index) and _texts(above[-_LOOK:], index)
        for index in range(len(row))
    )


def _column(rows: Iterable[Sequence[str]], index: int) -> list[str]:
    cells = (row[index].strip() for row in rows if index < len(row))
    return [cell for cell in cells if cell]


def _numbers(rows: Iterable[Sequence[str]], index: int) -> bool:
    cells = _column(rows, index)
    return len(cells) > 1 and all(NUMBER.fullmatch(cell) for cell in cells)


def _texts(rows: Iterable[Sequence[str]], index: int) -> bool:
    cells = _column(rows, index)
    return bool(cells) and not any(NUMBER.fullmatch(cell) for cell in cells)


def describe(repeated: Sequence[int], other: Row | None = None) -> list[str]:
    """Sentences on what is not read.

    Args:
        repeated: the rows that say the column names again.
        other: the row with the column names of another table.
    """
    found = []
    if repeated:
        rows = ", ".join(f"{row}" for row in repeated[:_SHOWN])
        rows += " …" if len(repeated) > _SHOWN else ""
        found.append(
            f"The column names come again in row{'s'[: len(repeated) > 1]} {rows}, where they are no "
            "example and were left out."
        )
    if other:
        number, row = other
        names = [f"'{cell.strip()}'" for cell in row if cell.strip()]
        more = [f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
        found.append(
            f"Another table begins in row {number} ({joined([*names[:_SHOWN], *more])}) and was not "
            f"read. To read it instead, choose {number} as the row with the column names; to use "
            "both, put each of them on a sheet of its own."
        )
    return found
