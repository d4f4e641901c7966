"""Large files become tables on the disk: the same tables that small files become in memory."""

import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.helpers.conversion_jobs import converted, gzipped, json_lines, refused, table_in, zipped
from workbench.data.bulk import json_rows, read_file, sheet_rows
from workbench.data.readers import ReadOptions, Table, read_table, table_file
from workbench.data.readers.archives import room, unpack
from workbench.data.readers.tables import delimited, grid

ROWS = [{"text": f"message {i}", "label": "ab"[i % 2]} for i in range(30)]
CSV = "text,label\n" + "".join(f"{row['text']},{row['label']}\n" for row in ROWS)
NESTED = [
    {"id": i, "who": {"name": f"n{i}", "age": i}, "tags": ["a", i], "none": None, "ok": i > 3}
    for i in range(12)
]


@pytest.fixture(autouse=True)
def _nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_file, "SMALL_BYTES", 0)


def same(one: Table, other: Table) -> bool:
    """Whether two tables say the same and were read in the same way."""
    facts = [(t.columns, t.kind, t.options, t.sheets, t.notes, t.left_out) for t in (one, other)]
    assert facts[0] == facts[1]
    assert one.row_numbers.to_pylist() == other.row_numbers.to_pylist()
    return one.data.to_pylist() == other.data.to_pylist()


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
    book.save(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plain.csv", CSV),
        ("title.csv", "A report of last year\n\n" + CSV),
        ("quoted.csv", CSV + '"two\nlines, one cell",a\n"say ""yes""",b\n'),
        ("tabs.tsv", CSV.replace(",", "\t") + 'an open " quote\ta\n'),
        ("open.tsv", CSV.replace(",", "\t") + '"never closed\ta\nx\tb\n'),
        ("bare.csv", CSV.partition("\n")[2]),
        ("holes.csv", CSV + ",\n\nx,\n ,b\n"),
        ("ragged.csv", CSV * 40 + "one,two,three\n"),
        ("one column.txt", "text\n" + "A sentence that is long enough.\n" * 20),
        ("lines.jsonl", json_lines(ROWS)),
        ("nested.jsonl", json_lines(NESTED)),
        ("late.jsonl", json_lines([*ROWS, {"text": "x", "more": [1]}])),
        ("texts.jsonl", json_lines([f"text {i}" for i in range(12)])),
        ("list.json", json.dumps(ROWS)),
        ("pretty.json", json.dumps(NESTED, indent=2)),
        ("called.json", json_lines(ROWS)),
    ],
)
@pytest.mark.parametrize("batch", [7, 20_000])
def test_the_table_is_the_same_as_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, batch: int
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    in_memory = read_table(path)
    monkeypatch.setattr(grid, "_BATCH", batch)
    monkeypatch.setattr(json_rows, "_BATCH", batch)
    monkeypatch.setattr(json_rows, "_CHUNK", 64)
    monkeypatch.setattr(table_file, "_GROUP_ROWS", 10)

    result = converted(path, tmp_path / "job")

    assert result["status"] == "succeeded", result
    on_disk = table_in(tmp_path / "job")
    assert (result["rows"], on_disk.rows) == (len(in_memory), len(in_memory))
    if name == "called.json":
        assert on_disk.data.to_pylist() == in_memory.data.to_pylist()
    else:
        assert same(on_disk, in_memory)


def test_other_encodings_and_corrections_are_heeded(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(CSV.replace("message", "Größe").encode("cp1252"))

    assert converted(path, tmp_path / "job")["status"] == "succeeded"
    assert same(table_in(tmp_path / "job"), read_table(path))

    converted(path, tmp_path / "again", header_row=0, encoding="cp1252")
    again = read_table(path, "", ReadOptions(encoding="cp1252", header_row=0))
    assert same(table_in(tmp_path / "again"), again)


@pytest.mark.parametrize("small", [0, 1 << 20])
def test_a_workbook_is_the_same_as_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(read_file, "SMALL_BYTES", small)
    cells: list[list[Any]] = [["text", "label", "number"]]
    cells += [[f"message {i}", "ab"[i % 2], i / 2] for i in range(30)]
    path = tmp_path / "book.xlsx"
    workbook(path, {"Empty": [], "Mails": cells, "Other": [["a"], ["b"]]})

    assert converted(path, tmp_path / "job")["status"] == "succeeded"

    assert same(table_in(tmp_path / "job"), read_table(path))


def test_parquet_is_the_same_as_in_memory(tmp_path: Path) -> None:
    data = pa.table(
        {
            "text": [f"message {i}" if i % 5 else "" for i in range(100)],
            "number": [i / 2 for i in range(100)],
            "turns": [[{"role": "user", "content": str(i)}] for i in range(100)],
            "picture": [b"\x00" for _ in range(100)],
        }
    )
    path = tmp_path / "table.parquet"
    pq.write_table(data, path, row_group_size=30)

    assert converted(path, tmp_path / "job")["status"] == "succeeded"

    assert same(table_in(tmp_path / "job"), read_table(path))


def test_packed_tables_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "mails.csv"
    path.write_text(CSV)
    inside = zipped(tmp_path / "m.zip", {"__MACOSX/._x": b"", "deep/mails.csv": CSV.encode()})
    for packed in (gzipped(path), inside):
        result = converted(packed, tmp_path / packed.suffix)
        assert result["status"] == "succeeded", result
        assert same(table_in(tmp_path / packed.suffix), read_table(path))
        assert not (tmp_path / packed.suffix / "unpacked").exists()


def test_a_bomb_is_refused_before_it_bursts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "RATIO_FROM_BYTES", 1 << 20)
    path = tmp_path / "bomb.csv"
    path.write_bytes(b"text,label\n" * 800_000)
    inside = zipped(tmp_path / "bomb.zip", {"bomb.csv": path.read_bytes()})
    for packed in (gzipped(path), inside):
        assert "unpacks to more than 200 times its size" in refused(packed, tmp_path / "job")

    monkeypatch.setattr(room, "MOST_RATIO", 10**6)
    monkeypatch.setattr(room, "MOST_UNPACKED_BYTES", 2 << 20)
    for packed in (gzipped(path), inside):
        assert "unpacks to more than 2 MB" in refused(packed, tmp_path / "job")


def test_archives_that_hold_no_one_table_are_refused(tmp_path: Path) -> None:
    none = zipped(tmp_path / "none.zip", {"__MACOSX/a.csv": b"x", ".hidden": b"y", "folder/": b""})
    assert "none.zip is an empty archive" in refused(none, tmp_path / "job")
    two = zipped(tmp_path / "two.zip", {"a.csv": b"", "b.png": b"\x89PNG"})
    assert "two.zip holds 2 files, none of which can be read" in refused(two, tmp_path / "job")
    nested = zipped(tmp_path / "nested.zip", {"two.zip": two.read_bytes()})
    assert "two.zip is an archive within an archive" in refused(nested, tmp_path / "job")
    many = zipped(tmp_path / "many.zip", {f"{i}.csv": b"" for i in range(unpack.MOST_ENTRIES + 1)})
    assert "an archive of 10,001 files" in refused(many, tmp_path / "job")
    torn = tmp_path / "torn.csv.gz"
    source = tmp_path / "mails.csv"
    source.write_text(CSV)
    torn.write_bytes(gzipped(source).read_bytes()[:-20])
    assert "is a damaged archive" in refused(torn, tmp_path / "job")


def test_a_disk_without_room_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mails.csv"
    path.write_text(CSV)
    monkeypatch.setattr(room, "RESERVE_BYTES", 10**18)
    assert "only 0 bytes can be spared" in refused(path, tmp_path / "job")


def test_want_of_memory_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    path = tmp_path / "mails.csv"
    path.write_text(CSV)
    monkeypatch.setattr(table_file.TableWriter, "add", exhausted)
    assert "mails.csv holds cells or rows that are too large" in refused(path, tmp_path / "job")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("wide.csv", ",".join(f"c{i}" for i in range(5000)), "wide.csv has 5,000 columns"),
        ("wide.jsonl", json_lines([{f"c{i}": 1 for i in range(5000)}]), "has 5,000 columns"),
        ("quote.csv", CSV + '"open,a\n' + "x,b\n" * 200, "line 32 of quote.csv is not closed"),
        ("line.csv", CSV + "x" * 500 + "\n", "Line 32 of line.csv is longer than 300 characters"),
        ("line.jsonl", json_lines([*ROWS, "x" * 900]), "Line 31 of line.jsonl is longer than 800"),
        (
            "list.json",
            json.dumps([*ROWS, {"text": "x" * 3000}]),
            "Row 31 of list.json is longer than 800",
        ),
        ("torn.json", json.dumps(ROWS)[:-10], "Line 1 of torn.json is not valid JSON"),
        ("bad.jsonl", json_lines(ROWS) + "{no}\n", "Line 31 of bad.jsonl is not valid JSON"),
        (
            "endless.jsonl",
            json_lines(ROWS) + '{"text": ' + "7" * 5000 + "}\n",
            "Line 31 of endless.jsonl holds a number of more than 4,300 digits",
        ),
        (
            "endless.json",
            json.dumps(ROWS)[:-1] + ', {"text": ' + "7" * 5000 + "}]",
            "Row 31 of endless.json holds a number of more than 4,300 digits",
        ),
        ("mixed.jsonl", json_lines([*ROWS, 5]), "Line 31 of mixed.jsonl is not an object"),
        ("object.json", json.dumps({"rows": ROWS}, indent=1), "one object a line"),
        ("ragged.csv", "a,b\n" + "x,y,z\n" * 50, "Row 2 of ragged.csv has 3 cells"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, words: str
) -> None:
    monkeypatch.setattr(delimited, "LONGEST_ROW", 300 if "wide" not in name else 10**6)
    longest = 800 if "wide" not in name and "endless" not in name else 10**6
    monkeypatch.setattr(json_rows, "LONGEST", longest)
    monkeypatch.setattr(json_rows, "_CHUNK", 64)
    monkeypatch.setattr(read_file, "DOCUMENT_BYTES", 0)
    path = tmp_path / name
    path.write_text(text, "utf-8")
    assert words in refused(path, tmp_path / "job")


def test_a_parquet_file_with_columns_without_number_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({f"c{i}": ["x"] for i in range(3000)}), path)
    assert "wide.parquet has 3,000 columns" in refused(path, tmp_path / "job")
    monkeypatch.setattr("workbench.data.bulk.parquet_rows._LARGEST_FOOTER", 1000)
    assert "more columns or parts than can be handled" in refused(path, tmp_path / "job")


def test_a_workbook_with_too_much_text_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "book.xlsx"
    workbook(path, {"Mails": [["text", "label"], ["x", "a"]]})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", b"x" * 100)
    monkeypatch.setattr(sheet_rows, "LARGEST_TEXTS", 50)
    assert "save the sheet as CSV" in refused(path, tmp_path / "job")


def test_a_sample_has_the_first_rows_and_some_from_all_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mails.csv"
    path.write_text("text,label\n" + "".join(f"message {i},a\n" for i in range(5000)))
    monkeypatch.setattr(grid, "_BATCH", 100)
    monkeypatch.setattr(table_file, "_GROUP_ROWS", 100)
    monkeypatch.setattr(table_file, "_SAMPLE_FIRST", 50)
    monkeypatch.setattr(table_file, "_SAMPLE_EACH", 5)
    converted(path, tmp_path / "job")

    sample = table_file.read_sample(tmp_path / "job")

    assert sample.rows == 5000
    assert len(sample) < 120
    numbers = sample.row_numbers.to_pylist()
    assert numbers[:50] == list(range(2, 52))
    assert numbers[-1] > 4000
    assert sample.cells("text")[-1] == f"message {numbers[-1] - 2}"


def test_columns_that_are_not_asked_for_are_empty(tmp_path: Path) -> None:
    path = tmp_path / "mails.csv"
    path.write_text(CSV)
    converted(path, tmp_path / "job")

    table = table_file.read_whole(tmp_path / "job", ["label"])

    assert table.columns == ["text", "label"]
    assert table.cells("text") == [None] * 30
    assert table.cells("label")[:2] == ["a", "b"]
