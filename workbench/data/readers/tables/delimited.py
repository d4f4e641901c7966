"""Text tables: CSV, TSV, and any other separator.

Python's own `csv` reads 100,000 rows in well under a second and, unlike faster parsers, lets a
row keep its number and a broken quote be traced to the line where it opened.
"""

import csv
import io
import itertools
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.data.readers import encodings
from workbench.data.readers.kinds import CSV
from workbench.data.readers.table import ReadOptions, Sink, Table
from workbench.data.readers.tables.grid import Grid, to_grid

_SAMPLE = 1 << 18
LONGEST_ROW = 4_000_000
"""Characters; a longer row is a mistake in the file, and would fill the memory."""
ONE_COLUMN = "\x1f"
"""Stands for no separator at all."""
DELIMITERS = {",": "Comma  ,", ";": "Semicolon  ;", "\t": "Tab", "|": "Vertical bar  |"}
TITLES = {**DELIMITERS, ONE_COLUMN: "None (one column)"}
QUOTED, LITERAL = "quoted", "literal"
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


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
    quoting = options.quoting or _find_quoting(sample, delimiter)
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
            rows = _rows(stream, self.delimiter, quoting, self.name)
            return to_grid(rows, self.header_row, self.name, self.sink)


def find_delimiter(sample: str, name: str = "") -> str:
    """The separator that cuts most lines into the same number of cells, at least two.

    Where none does, the text is one column, and the separator a character that no text holds.
    """
    best, best_score = "", 0.0
    for delimiter in _order_delimiters(name):
        score = max(_regularity(sample, delimiter, q) for q in (QUOTED, LITERAL))
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best or ONE_COLUMN


def _order_delimiters(name: str) -> list[str]:
    tabs_first = name.lower().endswith((".tsv", ".txt", ".tab"))
    return sorted(DELIMITERS, key=lambda d: d != "\t") if tabs_first else list(DELIMITERS)


def _regularity(sample: str, delimiter: str, quoting: str) -> float:
    """Share of lines with the usual number of cells; 0 for one column or an uneven text."""
    rows = [row for row in _parse_sample(sample, delimiter, quoting) if row]
    if not rows:
        return 0.0
    widths = [len(row) for row in rows]
    usual, count = Counter(widths).most_common(1)[0]
    share = count / len(widths)
    if usual > 1 and share >= 0.7 and widths[0] >= usual - 1 > 0:
        return share
    return 0.5 if _broken_table(rows[0], widths) else 0.0


def _broken_table(header: list[str], widths: list[int]) -> bool:
    """Whether the first row names columns that the others keep to or, wrongly, exceed."""
    names = all(0 < len(cell.split()) <= 3 and len(cell) <= 30 for cell in header)
    enough = sum(1 for width in widths if width >= len(header)) / len(widths)
    return len(header) > 1 and names and enough >= 0.9


def _parse_sample(sample: str, delimiter: str, quoting: str) -> list[list[str]]:
    rows = list(itertools.islice(_reader(io.StringIO(sample, newline=""), delimiter, quoting), 500))
    return rows[:-1] if len(rows) > 1 and len(sample) >= _SAMPLE else rows


def _find_quoting(sample: str, delimiter: str) -> str:
    """Whether quotes enclose cells. Tab and bar are often written without any quoting."""
    if delimiter in ",;" or '"' not in sample:
        return QUOTED
    try:
        for _ in _reader(io.StringIO(sample, newline=""), delimiter, QUOTED, strict=True):
            pass
    except csv.Error:
        return LITERAL
    return QUOTED


class _OpenQuote(WorkbenchError):
    """A double quote that is opened and never closed."""


def _rows(stream: io.TextIOBase, delimiter: str, quoting: str, name: str) -> Iterator[list[str]]:
    """The rows of the file; a stray quote inside one line is taken as Excel takes it."""
    lines = _Lines(stream, name)
    reader = _reader(lines, delimiter, quoting, strict=True)
    while True:
        lines.begin_row()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = _mend(lines, delimiter, name)
        yield row


def _mend(lines: "_Lines", delimiter: str, name: str) -> list[str]:
    if len(lines.current) == 1 and not lines.ended:
        return next(_reader(iter(lines.current), delimiter, QUOTED))
    raise lines.open_quote()


class _Lines:
    """The lines of a file, remembering those of the row being read."""

    def __init__(self, stream: io.TextIOBase, name: str) -> None:
        self._stream, self._name = stream, name
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
        return _OpenQuote(
            f"The double quote that opens in line {opened} of {self._name} is not closed where its "
            'cell ends: add the missing ", or double every quote inside the text ("").'
        )


def _reader(
    lines: Iterator[str] | io.StringIO, delimiter: str, quoting: str, *, strict: bool = False
) -> Iterator[list[str]]:
    if quoting == LITERAL:
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=delimiter, strict=strict, skipinitialspace=False)


def _sample(path: Path, encoding: str) -> str:
    with path.open(encoding=_codec(encoding), newline="") as stream:
        sample = stream.read(_SAMPLE)
    if len(sample) < _SAMPLE:
        return sample
    return sample[: sample.rfind("\n") + 1] or sample


def _codec(encoding: str) -> str:
    """UTF-8 is read with or without its mark."""
    return "utf-8-sig" if encoding == "utf-8" else encoding
