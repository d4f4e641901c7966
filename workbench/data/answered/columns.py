"""Columns of answers that go into a file, and what became of them."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.core.cells import MAX_CHARS
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.data.readers.table import ReadOptions

CUT = " […]"
"""Stands where a text was cut."""
_LONGEST_TITLE = 200
"""Characters; a table of Excel takes 255, and a title may get a number."""
Value = str | float | bool | None


@dataclass(frozen=True)
class AnswerColumn:
    """One column of answers."""

    title: str
    values: Mapping[int, Value]
    """By the number of the row in the file, as `Table.row_numbers` has it; None stays empty."""
    is_share: bool = False
    """Whether its numbers lie between 0 and 1 and are shown as percentages, where a file can."""


@dataclass(frozen=True)
class Written:
    """What was written into a file."""

    titles: tuple[str, ...]
    """As they stand there: none is that of another column."""
    first_column: str
    """The letters of the first new column; "" where columns have none."""
    rows: int
    """How many rows have an answer."""
    options: ReadOptions
    """By which the new file is read as the old one was."""
    notes: tuple[str, ...] = ()
    """Sentences on what the user has to know: texts that were cut, a signature that is void …"""


@dataclass
class Tally:
    """What had to be changed of the answers, counted while they are written."""

    rows: int = 0
    cut: int = 0
    altered: int = 0
    more: list[str] = field(default_factory=list)

    def notes(self) -> tuple[str, ...]:
        """Sentences on it."""
        found = list(self.more)
        if self.cut:
            found.append(
                f"{plural(self.cut, 'text')} had more characters than a cell can hold and "
                f"{_was(self.cut)} cut there; a mark at the end says so."
            )
        if self.altered:
            found.append(
                f"In {plural(self.altered, 'text')} something stood that the file cannot hold "
                "(line breaks, separators or unreadable characters); spaces took its place."
            )
        return tuple(found)


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def unique_titles(columns: Sequence[AnswerColumn], taken: Iterable[str]) -> tuple[str, ...]:
    """Each column's title on one line, made different from all others, whatever their case."""
    known = {" ".join(title.split()).casefold() for title in taken}
    titles = []
    for column in columns:
        name = " ".join(column.title.split())[:_LONGEST_TITLE].rstrip() or "Answer"
        count, unique = 2, name
        while unique.casefold() in known:
            unique, count = f"{name} ({count})", count + 1
        known.add(unique.casefold())
        titles.append(unique)
    return tuple(titles)


def answered_rows(columns: Sequence[AnswerColumn]) -> set[int]:
    """The numbers of the rows that get anything."""
    return {row for column in columns for row, value in column.values.items() if value is not None}


def check_rows(columns: Sequence[AnswerColumn], there: Container[int], name: str) -> None:
    """Refuse answers to rows that a file does not have: it was read in another way.

    Raises:
        WorkbenchError: with the first of them.
    """
    missing = min((row for row in answered_rows(columns) if row not in there), default=None)
    if missing is not None:
        raise WorkbenchError(
            f"Answers cannot be put into {name}: it has no row {missing:,} to put one into."
        )


def letters(column: int) -> str:
    """What a sheet calls a column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(name: str) -> int:
    """The number of a column by its letters."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number


def shortened(text: str, tally: Tally) -> str:
    """The text, cut where a cell ends, which counts a rare sign (an emoji) as two."""
    if len(text) * 2 <= MAX_CHARS or _units(text) <= MAX_CHARS:
        return text
    tally.cut += 1
    kept = text[: MAX_CHARS - len(CUT)]
    while _units(kept) > MAX_CHARS - len(CUT):
        kept = kept[: -max(1, (_units(kept) - MAX_CHARS + len(CUT)) // 2)]
    return kept + CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
