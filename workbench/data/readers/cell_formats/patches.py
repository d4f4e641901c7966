"""Cells that show something else than their bare values, put in the place of those."""

from collections.abc import Callable, Iterable, Iterator

Shown = str | Callable[[str], str]
"""What a cell shows, or what makes that of its text."""
Patch = tuple[int, dict[int, Shown]]
"""The number of a row and some of its cells by their columns, from 0 at the sheet's corner."""


def apply_patches(
    rows: Iterable[list[str]], patches: Iterable[Patch], left: int = 0
) -> Iterator[list[str]]:
    """The rows, from the first of the sheet on, with the patches in them.

    Args:
        patches: in the order of their rows.
        left: the column that the rows begin with.
    """
    waiting = iter(patches)
    number, cells = next(waiting, (-1, {}))
    for at, row in enumerate(rows):
        while 0 <= number < at:
            number, cells = next(waiting, (-1, {}))
        if number == at:
            for column, shown in cells.items():
                if 0 <= column - left < len(row):
                    place = column - left
                    row[place] = shown if isinstance(shown, str) else shown(row[place])
        yield row
