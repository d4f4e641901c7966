"""Answers in a text table (CSV, TSV …): new cells at the end of each record, all else byte for byte.

Encoding, mark, separator, quotes, line ends, blank lines and what stands above the table stay. Only
where the encoding has no sign for an answer the file becomes UTF-8, and a note says so. Texts that a
spreadsheet would run as a formula get an apostrophe, as in every CSV file that is made here.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from workbench.core.cells import harmless
from workbench.core.errors import WorkbenchError
from workbench.data.answered.columns import (
    AnswerColumn,
    Tally,
    Value,
    Written,
    check_rows,
    letters,
    unique_titles,
)
from workbench.data.answered.text_lines import TextLines, codec_of
from workbench.data.readers.encodings import CHOICES
from workbench.data.readers.table import ReadOptions, without_surrogates
from workbench.data.readers.tables import delimited
from workbench.data.readers.tables.quotes import ESCAPED, LITERAL, SINGLE, TYPOGRAPHIC
from workbench.data.readers.tables.separators import DELIMITERS, ONE_COLUMN

_LINE_END = re.compile(r"(?:\r\n|\r|\n)$")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NUMBER = re.compile(r"[-+]?[\d.,]+(?:[eE][-+]?\d+)?%?")
_LOOKED_AT = 200


@dataclass(frozen=True)
class Record:
    """One row of the file."""

    number: int
    cells: list[str]
    raw: list[bytes]
    """Its lines, as they stand in the file."""
    lines: list[str]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not any(cell.strip() for cell in self.cells)


def write(
    source: Path, out: Path, options: ReadOptions, columns: Sequence[AnswerColumn]
) -> Written:
    """The text table with new columns.

    Args:
        options: as the reader has filled them in: encoding, separator, quotes, row of the header.

    Raises:
        WorkbenchError: it cannot be read so, or no sign is free to separate a second column.
    """
    form = _look(source, options)
    check_rows(columns, range(form.header_row + 1, form.records + 1), source.name)
    titles = unique_titles(columns, form.header)
    tally = Tally()
    encoding = _encoding(options.encoding, columns, titles, tally)
    writer = _Writer(form, columns, titles, encoding, tally)
    with source.open("rb") as stream, out.open("wb") as target:
        target.writelines(writer.written(_records(stream, source.name, options)))
    if not form.header_row:
        tally.more.append("The file has no column names, so the new columns have none either.")
    resolved = ReadOptions(
        encoding or options.encoding, form.delimiter, options.quoting, form.header_row
    )
    first = letters(form.width + 1)
    return Written(titles, first, tally.rows, resolved, tally.notes())


def _records(stream: IO[bytes], name: str, options: ReadOptions) -> Iterator["Record | bytes"]:
    """The mark of the file, if any, and its records."""
    lines = TextLines(stream, options.encoding or "utf-8")
    yield lines.mark
    rows = delimited.rows(lines, options.delimiter, options.quoting, name)
    for number, row in enumerate(rows, 1):
        raw, lines.taken = lines.taken, []
        yield Record(number, row, raw, [line.decode(lines.codec) for line in raw])


@dataclass
class _Form:
    """How the file is written."""

    delimiter: str
    quoting: str
    header_row: int
    codec: str
    header: list[str] = field(default_factory=list)
    records: int = 0
    width: int = 0
    """Cells of the widest record, without empty ones at its end."""
    quotes_texts: bool = True
    quotes_numbers: bool = True


def _look(source: Path, options: ReadOptions) -> _Form:
    """Read the file once."""
    header_row = options.header_row or 0
    free = [options.delimiter] if options.delimiter != ONE_COLUMN else list(_order(source.name))
    with source.open("rb") as stream:
        codec = codec_of(stream, options.encoding or "utf-8")[0]
    form = _Form("", options.quoting, header_row, codec)
    looked = 0
    with source.open("rb") as stream:
        for record in _records(stream, source.name, options):
            form.records = 0 if isinstance(record, bytes) else record.number
            if isinstance(record, bytes) or record.number < header_row or record.is_empty:
                continue
            if record.number == header_row:
                form.header = record.cells
            form.width = max(form.width, len(record.cells) - _trailing(record, options.delimiter))
            if len(free) > 1 or options.delimiter == ONE_COLUMN:
                free = [sign for sign in free if _is_free(sign, record)]
            if looked < _LOOKED_AT:
                looked += 1
                _see_quotes(form, record)
    if not free:
        raise WorkbenchError(
            f"{source.name} has one column, and all signs that could separate a second one stand in "
            "its texts: save it as a spreadsheet (XLSX), and choose that."
        )
    form.delimiter = free[0]
    return form


def _order(name: str) -> Iterable[str]:
    signs = list(DELIMITERS)
    return signs if name.lower().endswith(".csv") else sorted(signs, key=lambda sign: sign != "\t")


def _is_free(sign: str, record: Record) -> bool:
    """Whether a record of one cell would remain one cell if this sign separated cells."""
    body = "".join(record.lines)
    return sign not in body or (body[:1] == '"' and body.rstrip("\r\n")[-1:] == '"')


def _see_quotes(form: _Form, record: Record) -> None:
    body = "".join(record.lines)
    for cell in filter(None, record.cells):
        bare = _enclosed(cell, form.quoting) not in body
        if _NUMBER.fullmatch(cell):
            form.quotes_numbers &= not bare
        else:
            form.quotes_texts &= not bare


def _enclosed(text: str, quoting: str) -> str:
    if quoting == ESCAPED:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if quoting == TYPOGRAPHIC:
        return f"“{text}”"
    sign = "'" if quoting == SINGLE else '"'
    return sign + text.replace(sign, sign * 2) + sign


def _trailing(record: Record, delimiter: str) -> int:
    """How many empty cells end a record as bare separators."""
    body = _LINE_END.sub("", record.lines[-1]) if record.lines else ""
    bare = len(body) - len(body.rstrip(delimiter))
    empty = 0
    for cell in reversed(record.cells):
        if cell:
            break
        empty += 1
    return min(bare, empty, len(record.cells) - 1) if delimiter != ONE_COLUMN else 0


def _encoding(
    encoding: str, columns: Sequence[AnswerColumn], titles: Sequence[str], tally: Tally
) -> str:
    """The encoding that the file has to take so that it holds all answers; "" if it can stay."""
    if not encoding or encoding.startswith("utf"):
        return ""
    texts = (v for column in columns for v in column.values.values() if isinstance(v, str))
    for text in (*titles, *texts):
        try:
            without_surrogates(text).encode(encoding)
        except UnicodeEncodeError as error:
            sign = error.object[error.start]
            tally.more.append(
                f"The file was {CHOICES.get(encoding, encoding)}, which has no sign '{sign}': it is "
                "UTF-8 now, so that all answers can stand in it."
            )
            return "utf-8-sig"
    return ""


class _Writer:
    """Writes the records with their answers."""

    def __init__(
        self,
        form: _Form,
        columns: Sequence[AnswerColumn],
        titles: Sequence[str],
        encoding: str,
        tally: Tally,
    ) -> None:
        self._form, self._columns, self._titles = form, columns, titles
        self._is_recoded, self._tally = bool(encoding), tally
        self._codec = "utf-8" if encoding else form.codec
        self._empty: list[Value] = [None] * len(columns)

    def written(self, records: Iterable[Record | bytes]) -> Iterator[bytes]:
        """The bytes of the new file."""
        for record in records:
            if isinstance(record, bytes):
                yield codecs.BOM_UTF8 if self._is_recoded else record
            elif record.number < self._form.header_row or record.is_empty:
                yield self._kept(record.lines, record.raw)
            else:
                yield self._longer(record, self._values(record))

    def _kept(self, lines: Sequence[str], raw: Sequence[bytes]) -> bytes:
        return "".join(lines).encode(self._codec) if self._is_recoded else b"".join(raw)

    def _values(self, record: Record) -> Sequence[Value]:
        if record.number == self._form.header_row:
            return self._titles
        values = [column.values.get(record.number) for column in self._columns]
        if any(value is not None for value in values):
            self._tally.rows += 1
            return values
        is_header = self._form.header_row and record.cells == self._form.header
        return self._titles if is_header else self._empty

    def _longer(self, record: Record, values: Sequence[Value]) -> bytes:
        """The record with new cells behind its last filled one, and its own end."""
        found = _LINE_END.search(record.lines[-1])
        end = found[0] if found else ""
        bare = _trailing(record, self._form.delimiter)
        bare = max(0, min(bare, len(record.cells) - self._form.width))
        body = record.lines[-1].removesuffix(end)
        kept = body[: len(body) - bare] if bare else body
        padding = self._form.delimiter * max(0, self._form.width - len(record.cells) + bare)
        if len(record.cells) - bare > self._form.width:
            padding = ""
        new = "".join(self._form.delimiter + cell for cell in map(self._cell, values))
        behind = padding + new + body[len(kept) :] + end
        raw_kept = record.raw[-1]
        cut = len((body[len(kept) :] + end).encode(self._form.codec))
        raw_kept = raw_kept[: len(raw_kept) - cut]
        before = self._kept([*record.lines[:-1], kept], [*record.raw[:-1], raw_kept])
        return before + behind.encode(self._codec, "replace")

    def _cell(self, value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return self._quoted("TRUE" if value else "FALSE", self._form.quotes_texts)
        if not isinstance(value, str):
            return self._quoted(repr(value), self._form.quotes_numbers) if value == value else ""
        text = _CONTROL.sub(" ", without_surrogates(value))
        self._tally.altered += text != value
        return self._quoted(str(harmless(text)), self._form.quotes_texts)

    def _quoted(self, text: str, always: bool) -> str:
        quoting, delimiter = self._form.quoting, self._form.delimiter
        if quoting in (LITERAL, TYPOGRAPHIC):
            return self._on_one_line(text, always and quoting == TYPOGRAPHIC)
        own = {SINGLE: "'", ESCAPED: '"\\'}.get(quoting, '"')
        signs = f"{delimiter}\r\n{own}"
        if always or any(sign in text for sign in signs) or text != text.strip():
            return _enclosed(text, quoting)
        return text

    def _on_one_line(self, text: str, encloses: bool) -> str:
        """Without quotes that protect them, line breaks and separators become spaces."""
        plain = re.sub(rf"\s*[\r\n]+\s*|{re.escape(self._form.delimiter)}", " ", text)
        if encloses:
            plain = plain.replace("”", '"').replace("“", '"')
        self._tally.altered += plain != text
        return _enclosed(plain, TYPOGRAPHIC) if encloses else plain
