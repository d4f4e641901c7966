"""A table as a reader gives it: every cell a text or nothing, every row with its number."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa

from workbench.core.errors import WorkbenchError

TOO_MANY_CELLS = "too many cells"
MAX_COLUMNS = 1000
"""More than that is a matrix rather than a table of examples."""


@dataclass(frozen=True)
class ReadOptions:
    """How to read a file; an empty field means: find out."""

    encoding: str = ""
    """A Python codec name: utf-8, cp1252, utf-16 …"""
    delimiter: str = ""
    """One character between the cells of a text table."""
    quoting: str = ""
    """`quoted`: text between double quotes is one cell; `literal`: quotes are just text."""
    header_row: int | None = None
    """Number of the row with the column names; 0 if there is none."""
    sheet: str = ""
    """Name of the sheet of a workbook."""
    assistant: str = ""
    """Who answers in the conversations of mails and chats: a name, an address or `@domain`."""
    choice: str = ""
    """Which of the choices of the file's `Question` holds, by its name."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; those that older versions did not know only where they say something."""
        values = dataclasses.asdict(self)
        return values if self.choice else {k: v for k, v in values.items() if k != "choice"}


def options_from(values: dict[str, Any]) -> ReadOptions:
    """The options that `as_dict` wrote; what is not an option is passed over."""
    names = {f.name for f in dataclasses.fields(ReadOptions)}
    return ReadOptions(**{name: value for name, value in values.items() if name in names})


@dataclass(frozen=True)
class Meant:
    """What a file of a known shape is for, by that shape and not by a guess."""

    task: str
    """A name of `core.tasks`."""
    roles: Mapping[str, str]
    """Role → column or template; a role that is not here is guessed."""
    reason: str
    """Stands behind "because ...": "this is an export of Label Studio"."""


@dataclass(frozen=True)
class Choice:
    """One way to take what a file holds."""

    name: str
    """Kept in `ReadOptions.choice`, and typed on the command line: one word."""
    title: str
    """The analyst's words: "Only rows with one category"."""


@dataclass(frozen=True)
class Question:
    """What only the user can say of a file."""

    text: str
    """One sentence that ends with a question mark."""
    choices: tuple[Choice, ...]
    chosen: str = ""
    """The choice that the table was read by; empty as long as none was made, and then nothing is
    made of the table."""


_FEW_TEXTS = 50_000
"""A column with more different texts is no column of categories."""


@dataclass(frozen=True)
class Table:
    """What was read."""

    name: str
    """The file's name, as the user knows it."""
    data: pa.Table
    """String columns only; an empty cell is null."""
    row_numbers: pa.Int64Array
    """For each row its number as a person sees it: in a sheet with a header the first is 2."""
    kind: str
    """One of `kinds.TITLES`: what the file is, whatever it is called."""
    options: ReadOptions = field(default_factory=ReadOptions)
    """How it was read, every field filled in that matters for its kind."""
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences on what the reader did that the user may want to know."""
    left_out: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Reason → numbers of the rows that the reader left out for it."""
    unused: Mapping[str, int] = field(default_factory=dict)
    """What stands in the file and in no column (a key of a turn, a part of a record), in the file's
    words → how many rows have it."""
    rows_in_file: int = 0
    """More than there are here, where these are some of them; 0 if all are here."""
    people: tuple[str, ...] = ()
    """Who may be the one that answers in its conversations, the likeliest first."""
    meant: Meant | None = None
    question: Question | None = None
    filled_in_file: Mapping[str, int] = field(default_factory=dict)
    """How many rows have something in a column, for columns that were not read."""
    put_together: int = 0
    """How many rows of the file were put together to these; 0 where each is one of the file's."""

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return self.rows_in_file or len(self)

    @property
    def columns(self) -> list[str]:
        """The column names, in the table's order."""
        return list(self.data.column_names)

    def filled(self, column: str) -> int:
        """How many rows have something in this column."""
        here = int(self.data.num_rows - self.data.column(column).null_count)
        return max(here, self.filled_in_file.get(column, 0))

    def cells(self, column: str) -> list[str | None]:
        """The cells of one column, from top to bottom; those that say the same are one text."""
        values: list[str | None] = []
        known: dict[str | None, str | None] = {}
        for chunk in self.data.column(column).iterchunks():
            cells = chunk.to_pylist()
            if len(known) < _FEW_TEXTS:
                cells = [known.setdefault(cell, cell) for cell in cells]
            values += cells
        return values

    def __len__(self) -> int:
        return int(self.data.num_rows)


def column_names(header: list[str]) -> list[str]:
    """Names from a header's cells: trimmed, none empty, none twice."""
    names: list[str] = []
    taken = {cell.strip() for cell in header}
    for number, cell in enumerate(header, 1):
        name = " ".join(cell.split()) or f"Column {number}"
        count, unique = 2, name
        while unique in names or (count > 2 and unique in taken):
            unique, count = f"{name} ({count})", count + 1
        names.append(unique)
    return names


def check_width(columns: int, name: str) -> None:
    """Refuse what is too wide to choose columns from.

    Raises:
        WorkbenchError: more than `MAX_COLUMNS` columns.
    """
    if columns > MAX_COLUMNS:
        raise WorkbenchError(
            f"{name} has {columns:,} columns, more than the {MAX_COLUMNS:,} that can be handled: "
            "delete the columns that do not matter, or turn rows and columns round, and try again."
        )


def without_surrogates(text: str) -> str:
    """The text with half characters (they exist in JSON escapes only) replaced."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


class Sink(Protocol):
    """Takes a table batch by batch, for who does not want it in memory."""

    def reading(self, position: Callable[[], int]) -> None:
        """A file is opened, of which so many bytes have been read."""
        ...

    def begin(self, names: list[str]) -> None:
        """The columns; whatever was taken before is void."""
        ...

    def add(self, batch: pa.RecordBatch, numbers: Sequence[int]) -> None:
        """Some rows, an empty cell being null, and their numbers."""
        ...
