"""Seconds and memory of putting three columns of answers into large files of every kind.

    .venv/bin/python scripts/data/bench_answered.py [--rows 100000] [--columns 30]

Each file is written to in a process of its own; memory is the most that it held, imports included.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

from tests.helpers import raw_books  # noqa: E402
from workbench.core.words import size  # noqa: E402
from workbench.data.answered.columns import AnswerColumn, letters  # noqa: E402
from workbench.data.answered.write import write_answers  # noqa: E402
from workbench.data.readers import ReadOptions  # noqa: E402

_SAID = "Where is order {}, please? It was due last week and nobody answers the phone."
Make = Callable[[Path, int, int], tuple[str, ReadOptions]]


def main() -> int:
    """Make the files, and write to each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=30)
    given = parser.parse_args()
    print(f"{given.rows:,} rows of {given.columns} columns, three columns of answers:")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in FILES.items():
            path = Path(folder) / name
            kind, options = make(path, given.rows, given.columns)
            context = multiprocessing.get_context("spawn")
            with context.Pool(1) as pool:
                seconds, memory = pool.apply(_measured, (path, kind, options, given.rows))
            print(
                f"{name:>14}  {size(path.stat().st_size):>8}  {seconds:6.1f} s  {size(memory):>8}"
            )
            path.unlink()
    return 0


def _measured(path: Path, kind: str, options: ReadOptions, rows: int) -> tuple[float, int]:
    """Seconds, and the most bytes that this process held."""
    first = (options.header_row or 0) + 1
    numbers = range(first, rows + first)
    columns = [
        AnswerColumn("Category", {n: f"category {n % 17}" for n in numbers}),
        AnswerColumn("How sure", {n: n % 100 / 100 for n in numbers}, is_share=True),
        AnswerColumn("Please check", {n: n % 5 == 0 for n in numbers}),
    ]
    begin = time.monotonic()
    out = path.with_name(f"out-{path.name}")
    write_answers(path, out, kind=kind, options=options, columns=columns)
    seconds = time.monotonic() - begin
    out.unlink()
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _workbook(path: Path, rows: int, columns: int) -> tuple[str, ReadOptions]:
    raw_books.book(path.with_name("small"), "")
    with (
        zipfile.ZipFile(path.with_name("small")) as small,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for part in small.namelist():
            if "sheet1" not in part:
                target.writestr(part, small.read(part))
        with target.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            for piece in _sheet(rows, columns):
                stream.write(piece.encode())
    return "xlsx", ReadOptions(sheet="Daten", header_row=1)


def _sheet(rows: int, columns: int) -> Iterator[str]:
    before, _, behind = raw_books.sheet_of("<sheetData>|</sheetData>").partition("|")
    names = [letters(number) for number in range(1, columns + 1)]
    yield before
    for row in range(1, rows + 2):
        texts = [f"name {at}" if row == 1 else _SAID.format(row) for at in range(3)]
        cells = [raw_books.text(f"{names[at]}{row}", text) for at, text in enumerate(texts)]
        if row == 1:
            cells += [raw_books.text(f"{n}1", f"column {n}") for n in names[3:]]
        else:
            cells += [f'<c r="{n}{row}" s="2"><v>{row}.25</v></c>' for n in names[3:]]
        yield f'<row r="{row}" spans="1:{columns}">{"".join(cells)}</row>'
    yield behind


def _open_document(path: Path, rows: int, columns: int) -> tuple[str, ReadOptions]:
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    number = '<table:table-cell office:value-type="float" office:value="{0}"><text:p>{0}</text:p>'
    number += "</table:table-cell>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        mime = "application/vnd.oasis.opendocument.spreadsheet"
        target.writestr("mimetype", mime, zipfile.ZIP_STORED)
        with target.open("content.xml", "w", force_zip64=True) as stream:
            stream.write(
                f"<office:document-content{spaces}><office:body><office:spreadsheet><table:table "
                'table:name="Daten"><table:table-column/>'.encode()
            )
            for row in range(1, rows + 2):
                cells = [text.format(_SAID.format(row))] * 3
                cells += [text.format("c") if row == 1 else number.format(row)] * (columns - 3)
                line = f"<table:table-row>{''.join(cells)}</table:table-row>"
                stream.write(line.encode())
            stream.write(
                b"</table:table></office:spreadsheet></office:body></office:document-content>"
            )
    return "xlsx", ReadOptions(sheet="Daten", header_row=1)


def _text_table(path: Path, rows: int, columns: int) -> tuple[str, ReadOptions]:
    with path.open("w") as stream:
        stream.write(",".join(f"column {at}" for at in range(columns)) + "\n")
        for row in range(rows):
            said = f'"{_SAID.format(row)}",' * 3
            stream.write(said + ",".join([f"{row}.25"] * (columns - 3)) + "\n")
    return "csv", ReadOptions("utf-8", ",", "quoted", 1)


def _json_lines(path: Path, rows: int, columns: int) -> tuple[str, ReadOptions]:
    with path.open("w") as stream:
        for row in range(rows):
            values = {f"column {at}": _SAID.format(row) if at < 3 else row for at in range(columns)}
            stream.write(json.dumps(values) + "\n")
    return "jsonl", ReadOptions("utf-8")


def _parquet(path: Path, rows: int, columns: int) -> tuple[str, ReadOptions]:
    texts = [_SAID.format(row) for row in range(rows)]
    numbers = list(range(rows))
    values = {f"column {at}": texts if at < 3 else numbers for at in range(columns)}
    pq.write_table(pa.table(values), path, row_group_size=20_000)
    return "parquet", ReadOptions()


FILES: dict[str, Make] = {
    "excel.xlsx": _workbook,
    "office.ods": _open_document,
    "text.csv": _text_table,
    "lines.jsonl": _json_lines,
    "table.parquet": _parquet,
}

if __name__ == "__main__":
    raise SystemExit(main())
