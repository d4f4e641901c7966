"""A table comes back as it was written, whatever the format."""

import csv
import io
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.corpus import books
from workbench.data.readers import ReadOptions, read_table
from workbench.data.readers.tables.quotes import QUOTED

Rows = list[list[str]]
_HEADER = ["text", "label", "note", "answer"]
_QUICK = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_numbers = itertools.count()


def _rows(cell: st.SearchStrategy[str]) -> st.SearchStrategy[Rows]:
    """Tables of one to four columns; the first is never blank, since empty rows are passed over."""
    first = cell.map(lambda text: text if text.strip() else "x" + text)
    widths = st.integers(1, 4)
    return widths.flatmap(
        lambda width: st.lists(
            st.tuples(first, *[cell] * (width - 1)).map(list), min_size=1, max_size=6
        )
    )


_ANY = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r\t")
_WESTERN = st.characters(codec="cp1252", exclude_categories=["Cc"], include_characters="\n\r\t")
_WORDS = [
    "Where is",
    "my parcel,",
    "über",
    "(5 €)",
    'a "new" one;',
    "it's 3 | 4",
    "100",
    "好\nnext",
]
_prose = _rows(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6).map(" ".join))


def _csv(rows: Rows, delimiter: str, quoting: int, encoding: str, end: str = "\r\n") -> bytes:
    stream = io.StringIO(newline="")
    written = csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    written.writerows([_HEADER[: len(rows[0])], *rows])
    return stream.getvalue().encode(encoding)


def _objects(rows: Rows) -> list[dict[str, str]]:
    return [dict(zip(_HEADER, row, strict=False)) for row in rows]


def _parquet(rows: Rows) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(_objects(rows)), stream)
    return stream.getvalue()


_FORMATS: dict[str, Callable[[Rows], bytes]] = {
    "t.csv": lambda rows: _csv(rows, ",", csv.QUOTE_MINIMAL, "utf-8"),
    "t.tsv": lambda rows: _csv(rows, "\t", csv.QUOTE_ALL, "utf-16"),
    "t.xlsx": lambda rows: books.xlsx({"Sheet": [_HEADER[: len(rows[0])], *rows]}),
    "t.ods": lambda rows: books.ods({"Sheet": [_HEADER[: len(rows[0])], *rows]}),
    "t.json": lambda rows: json.dumps(_objects(rows), indent=1).encode(),
    "t.jsonl": lambda rows: "".join(json.dumps(row) + "\n" for row in _objects(rows)).encode(),
    "t.parquet": _parquet,
}


def _read_back(folder: Path, name: str, raw: bytes, options: ReadOptions | None = None) -> Rows:
    path = folder / f"{next(_numbers)}-{name}"
    path.write_bytes(raw)
    table = read_table(path, options=options)
    assert table.columns == _HEADER[: len(table.columns)]
    return [[cell or "" for cell in row.values()] for row in table.data.to_pylist()]


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@_QUICK
@given(
    rows=_rows(st.text(_ANY, max_size=12)),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_text_survives_a_text_table(
    tmp_path: Path, delimiter: str, quoting: int, rows: Rows, encoding: str
) -> None:
    options = ReadOptions(delimiter=delimiter, quoting=QUOTED, header_row=1)

    raw = _csv(rows, delimiter, quoting, encoding)

    assert _read_back(tmp_path, "any.csv", raw, options) == rows


@_QUICK
@given(rows=_rows(st.text(_WESTERN, max_size=12)))
def test_western_text_survives_its_windows_encoding(tmp_path: Path, rows: Rows) -> None:
    options = ReadOptions("cp1252", ";", QUOTED, 1)

    raw = _csv(rows, ";", csv.QUOTE_MINIMAL, "cp1252")

    assert _read_back(tmp_path, "western.csv", raw, options) == rows


@pytest.mark.parametrize("name", ["t.json", "t.jsonl", "t.parquet"])
@_QUICK
@given(rows=_rows(st.text(_ANY, max_size=12)))
def test_any_text_survives_formats_with_types(tmp_path: Path, name: str, rows: Rows) -> None:
    assert _read_back(tmp_path, name, _FORMATS[name](rows)) == rows


@pytest.mark.parametrize("name", _FORMATS)
@_QUICK
@given(rows=_prose)
def test_a_table_of_prose_is_found_out_in_every_format(
    tmp_path: Path, name: str, rows: Rows
) -> None:
    assert _read_back(tmp_path, name, _FORMATS[name](rows)) == rows
