"""Text tables: CSV, TSV, and any other separator.

Python's own `csv` reads 100,000 rows in well under a second and, unlike faster parsers, lets a
row keep its number and a broken quote be traced to the line where it opened.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from workbench.core.errors import WorkbenchError
from workbench.data.readers import encodings
from workbench.data.readers.kinds import CSV
from workbench.data.readers.table import ReadOptions, Sink, Table
from workbench.data.readers.tables.grid import Grid, to_grid
from workbench.data.readers.tables.quotes import LITERAL, SIGNS, find_quoting, parse
from workbench.data.readers.tables.separators import (
    DELIMITERS,
    ONE_COLUMN,
    SAID,
    SAMPLE,
    find_delimiter,
)

LONGEST_ROW = 4_000_000
"""Characters; a longer row is a mistake in the file, and would fill the memory."""
TITLES = {**DELIMITERS, ONE_COLUMN: "None (one column)"}


def read(path: Path, name: str, options: ReadOptions) -> Table:
    """The table in a text file.

    Raises:
        WorkbenchError: it breaks somewhere; says in which line, and what to do.
    """
    grid, resolved = read_grid(path, name, options)
    return Table(
        name,
        grid.data,
        grid.row_numbers,
        CSV,
        resolved,
        notes=tuple(grid.notes),
        left_out=grid.left_out,
    )


def read_grid(
    path: Path, name: str, options: ReadOptions, sink: Sink | None = None
) -> tuple[Grid, ReadOptions]:
    """The cells of a text file, and how they were read; with a sink they go there.

    Raises:
        WorkbenchError: it breaks somewhere; says in which line, and what to do.
    """
    encoding = options.encoding or encodings.detect(path, name)
    if options.encoding:
        encodings.check(path, _codec(encoding), name)
    sample = _sample(path, encoding)
    delimiter = options.delimiter or find_delimiter(sample, name)
    quoting = options.quoting or find_quoting(sample, delimiter)
    file = _File(path, name, encoding, delimiter, options.header_row, sink)
    try:
        grid = file.read(quoting)
    except _OpenQuote as error:
        if options.quoting or delimiter in ",;":
            raise WorkbenchError(str(error)) from None
        quoting = LITERAL
        grid = file.read(quoting)
    return grid, ReadOptions(encoding, delimiter, quoting, grid.header_row)


@dataclass(frozen=True)
class _File:
    """A text file, of which all is known but what its quotes mean."""

    path: Path
    name: str
    encoding: str
    delimiter: str
    header_row: int | None
    sink: Sink | None

    def read(self, quoting: str) -> Grid:
        with (
            self.path.open("rb") as raw,
            io.TextIOWrapper(raw, _codec(self.encoding), newline="") as stream,
        ):
            if self.sink:
                self.sink.reading(raw.tell)
            found = rows(stream, self.delimiter, quoting, self.name)
            return to_grid(found, self.header_row, self.name, self.sink)


class _OpenQuote(WorkbenchError):
    """A quote that is opened and never closed."""


class HasLines(Protocol):
    """Gives one line after another, each with its end; "" behind the last one."""

    def readline(self, limit: int = ..., /) -> str:
        """The next line, or as much of it as `limit` allows."""
        ...


def rows(stream: "HasLines", delimiter: str, quoting: str, name: str) -> Iterator[list[str]]:
    """The rows of the file; a stray quote inside one line is taken as Excel takes it.

    The line that tells spreadsheet programs the separator is an empty row.
    """
    lines = _Lines(stream, name, quoting)
    reader = parse(lines, delimiter, quoting, strict=True)
    while True:
        lines.begin_row()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = _mend(lines, delimiter, quoting)
        yield [] if lines.number == 1 and SAID.match(lines.current[0]) else row


def _mend(lines: "_Lines", delimiter: str, quoting: str) -> list[str]:
    if len(lines.current) == 1 and not lines.ended:
        return next(parse(iter(lines.current), delimiter, quoting))
    raise lines.open_quote()


class _Lines:
    """The lines of a file, remembering those of the row being read."""

    def __init__(self, stream: "HasLines", name: str, quoting: str) -> None:
        self._stream, self._name, self._quoting = stream, name, quoting
        self.current: list[str] = []
        self._held = 0
        self.number = 0
        self.ended = False

    def begin_row(self) -> None:
        self.current, self._held = [], 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(LONGEST_ROW)
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        self.current.append(line)
        self._held += len(line)
        if self._held >= LONGEST_ROW:
            self._refuse()
        return line

    def _refuse(self) -> None:
        if len(self.current) > 1:
            raise self.open_quote()
        raise WorkbenchError(
            f"Line {self.number} of {self._name} is longer than {LONGEST_ROW:,} characters: see "
            "whether the line ends are missing, or take that row out."
        )

    def open_quote(self) -> _OpenQuote:
        opened = self.number - len(self.current) + 1
        called, sign = SIGNS[self._quoting]
        also = ' or double every quote inside the text ("")' if sign == '"' else ""
        also = also or " or choose other quote signs under 'How the file was read'"
        return _OpenQuote(
            f"The {called} that opens in line {opened} of {self._name} is not closed where its "
            f"cell ends: add the missing {sign},{also}."
        )


def _sample(path: Path, encoding: str) -> str:
    with path.open(encoding=_codec(encoding), newline="") as stream:
        sample = stream.read(SAMPLE)
    if len(sample) < SAMPLE:
        return sample
    return sample[: sample.rfind("\n") + 1] or sample


def _codec(encoding: str) -> str:
    """UTF-8 is read with or without its mark."""
    return "utf-8-sig" if encoding == "utf-8" else encoding
