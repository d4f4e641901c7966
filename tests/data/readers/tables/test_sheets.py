"""Spreadsheets, JSON and Parquet."""

import datetime as dt
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tests.helpers.shared_data import real
from workbench.core.errors import WorkbenchError
from workbench.data.readers import ReadOptions, read_table


def _book(tmp_path: Path, sheets: dict[str, list[list[Any]]], name: str = "b.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


def _json(tmp_path: Path, text: str, name: str = "d.json") -> Path:
    (tmp_path / name).write_text(text, "utf-8")
    return tmp_path / name


def test_cells_read_as_a_person_sees_them(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["when", "number", "yes", "text"],
        [dt.date(2024, 3, 5), 1, True, "007"],
        [dt.datetime(2024, 3, 5, 14, 30), 0.1 + 0.2, False, None],
        [dt.time(8, 15), 12345678901234, None, " x "],
    ]

    table = read_table(_book(tmp_path, {"S": rows}))

    assert table.cells("when") == ["2024-03-05", "2024-03-05 14:30:00", "8:15:00"]
    assert table.cells("number") == ["1", "0.3", "12345678901234"]
    assert table.cells("yes") == ["TRUE", "FALSE", None]
    assert table.cells("text") == ["007", None, " x "]
    assert table.row_numbers.to_pylist() == [2, 3, 4]


def test_the_first_sheet_with_cells_is_read_and_another_can_be_chosen(tmp_path: Path) -> None:
    path = _book(
        tmp_path,
        {"Cover": [], "Mails": [["text"], ["a b"]], "More": [["question", "answer"], ["q", "r"]]},
    )

    table = read_table(path)
    other = read_table(path, options=ReadOptions(sheet="More"))

    assert (table.options.sheet, table.sheets) == ("Mails", ("Cover", "Mails", "More"))
    assert other.columns == ["question", "answer"]
    with pytest.raises(WorkbenchError, match="no sheet 'Gone'"):
        read_table(path, options=ReadOptions(sheet="Gone"))


def test_row_numbers_count_from_the_top_of_the_sheet(tmp_path: Path) -> None:
    rows = [["Report"], [], ["text", "label"], ["a b", "x"], [], ["c d", "y"]]

    table = read_table(_book(tmp_path, {"S": rows}))

    assert table.columns == ["text", "label"]
    assert table.row_numbers.to_pylist() == [4, 6]


def test_a_workbook_called_csv_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = _book(tmp_path, {"S": [["text", "label"], ["a b", "x"]]}, "export.csv")

    assert read_table(path).kind == "xlsx"


def test_an_empty_workbook_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="is empty"):
        read_table(_book(tmp_path, {"S": [], "T": []}))


def test_json_lines_keep_their_line_numbers_and_nested_values(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Grüß"}]
    lines = [json.dumps({"id": i, "score": 0.5, "ok": True, "messages": turns}) for i in range(3)]

    table = read_table(_json(tmp_path, "\n\n".join(lines), "d.jsonl"))

    assert table.kind == "jsonl"
    assert table.row_numbers.to_pylist() == [1, 3, 5]
    assert table.cells("id") == ["0", "1", "2"]
    assert table.cells("ok")[0] == "true"
    assert json.loads(table.cells("messages")[0] or "") == turns
    assert table.columns == ["id", "score", "ok", "messages"]


def test_parts_of_an_object_become_columns_beside_it(tmp_path: Path) -> None:
    rows = [{"text": "a", "fields": {"total": "9.00", "date": None}}, {"text": "b", "fields": None}]

    table = read_table(_json(tmp_path, json.dumps(rows)))

    assert table.columns == ["text", "fields", "fields.total", "fields.date"]
    assert table.cells("fields.total") == ["9.00", None]


@pytest.mark.parametrize(
    "text",
    [
        '[{"q": "a", "r": "b"}, {"q": "c", "r": "d"}]',
        '{"version": 1, "data": [{"q": "a", "r": "b"}, {"q": "c", "r": "d"}]}',
        '{"q": ["a", "c"], "r": ["b", "d"]}',
        '{"q": "a", "r": "b"}\n{"q": "c", "r": "d"}\n',
    ],
)
def test_json_is_read_in_every_usual_form(tmp_path: Path, text: str) -> None:
    for name in ("d.json", "d.jsonl", "d.csv"):
        table = read_table(_json(tmp_path, text, name))

        assert table.cells("q") == ["a", "c"]
        assert table.cells("r") == ["b", "d"]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match=r"Line 2 of d\.jsonl is not valid JSON") as caught:
        read_table(_json(tmp_path, '{"a": 1}\n{"a": }\n{"a": 2}\n', "d.jsonl"))

    assert "character" in str(caught.value)
    with pytest.raises(WorkbenchError, match=r"JSON: invalid control character at character 8\."):
        read_table(_json(tmp_path, '{"a": "\n{"a": 2}\n', "d.jsonl"))


_ENDLESS, _DEEP = "7" * 6000, "[" * 4000 + "]" * 4000


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("d.jsonl", f'{{"a": 1}}\n{{"a": {_ENDLESS}}}\n', r"Line 2 of d\.jsonl holds a number"),
        ("d.json", f'[{{"a": 1}},\n{{"a": -{_ENDLESS}}}]', r"Line 2 of d\.json holds a number"),
        ("d.jsonl", f'{{"a": 1}}\n{{"a": {_DEEP}}}\n', r"Line 2 of d\.jsonl is nested too deep"),
        ("d.json", f'[{{"a": 1}},\n{{"a": {_DEEP}}}]', r"A part of d\.json is nested too deep"),
    ],
)
def test_what_python_cannot_hold_is_named(tmp_path: Path, name: str, text: str, place: str) -> None:
    with pytest.raises(WorkbenchError, match=place) as told:
        read_table(_json(tmp_path, text, name))
    assert str(told.value).endswith("write it as a text in quotes.")


def test_an_entity_in_a_workbook_is_named(tmp_path: Path) -> None:
    path = _book(tmp_path, {"One": [["a", "b"]] * 12, "Two": [["a", "b"]] * 12})
    cell = '<c r="B7" t="inlineStr"><is><t>{}</t>'
    _replace(path, "xl/worksheets/sheet2.xml", cell.format("b"), cell.format("&mine;"))

    with pytest.raises(WorkbenchError) as told:
        read_table(path, options=ReadOptions(sheet="Two"))
    assert str(told.value) == (
        "Row 7 of sheet 'Two' of b.xlsx refers to '&mine;', an entity of its own, which is not read "
        "here: open it in your spreadsheet program and save it again as XLSX."
    )


def test_a_torn_sheet_is_named(tmp_path: Path) -> None:
    path = _book(tmp_path, {"One": [["a", "b"]] * 12, "Two": [["a", "b"]] * 12})
    _replace(path, "xl/worksheets/sheet2.xml", 'r="B7"', 'r="7"')
    with pytest.raises(WorkbenchError, match=r"^Sheet 'Two' of b\.xlsx cannot be opened as a"):
        read_table(path, options=ReadOptions(sheet="Two"))


def _replace(path: Path, part: str, before: str, after: str) -> None:
    """Change a text within a part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert before.encode() in parts[part]
    parts[part] = parts[part].replace(before.encode(), after.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_line_that_is_no_object_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match=r"Line 2 of d\.jsonl is not an object"):
        read_table(_json(tmp_path, '{"a": 1}\n[1, 2]\n', "d.jsonl"))


def test_a_single_object_is_a_row_and_one_of_objects_is_no_table(tmp_path: Path) -> None:
    table = read_table(_json(tmp_path, '{"text": "a", "label": "b"}'))
    assert (len(table), table.columns) == (1, ["text", "label"])

    with pytest.raises(WorkbenchError, match="no single list of rows"):
        read_table(_json(tmp_path, '{"a": {"b": 1}}'))


def test_half_characters_do_not_break_anything(tmp_path: Path) -> None:
    table = read_table(_json(tmp_path, '[{"text": "a \\ud83d b"}]'))

    assert "a " in (table.cells("text")[0] or "")


def test_parquet_columns_become_text(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "n": [1.0, 2.5],
            "day": pd.to_datetime(["2024-03-05", "2024-03-06 10:00"], format="ISO8601"),
            "turns": [[{"role": "user", "content": "Hi"}], None],
            "raw": [b"\xff", b"\x00"],
        }
    )
    frame.to_parquet(tmp_path / "d.parquet")

    table = read_table(tmp_path / "d.parquet")

    assert table.cells("n") == ["1", "2.5"]
    assert table.cells("day") == ["2024-03-05", "2024-03-06 10:00"]
    assert json.loads(table.cells("turns")[0] or "") == [{"role": "user", "content": "Hi"}]
    assert table.columns == ["n", "day", "turns"]
    assert "'raw'" in table.notes[0]


def test_real_files_of_each_kind_are_read() -> None:
    sheet = read_table(real("meqsum/MeQSum.xlsx"))
    lines = read_table(real("sroie/receipts.jsonl"))
    nested = read_table(real("self_instruct/seed_tasks.jsonl"))

    assert (len(sheet), sheet.columns) == (1000, ["File", "CHQ", "Summary"])
    assert len(lines) == 626
    assert set(json.loads(lines.cells("fields")[0] or "")) == {
        "company",
        "date",
        "address",
        "total",
    }
    assert "instances.output" in nested.columns


def test_a_cover_sheet_is_passed_over_and_its_names_may_be_abbreviated(tmp_path: Path) -> None:
    table = [["Customer No.", "Message", "Kind"]]
    table += [[f"K-{i}", f"Where is parcel {i}?", "Delivery"] for i in range(12)]
    book = _book(tmp_path, {"Read me": [["Exported in March"]], "Mails": [["Mails"], [], *table]})
    found = read_table(book)
    assert found.options.sheet == "Mails"
    assert found.columns == ["Customer No.", "Message", "Kind"]
    assert len(found) == 12


def test_of_sheets_that_are_all_small_the_first_that_holds_anything_is_read(
    tmp_path: Path,
) -> None:
    small = [["text", "label"], ["a", "b"]]
    found = read_table(_book(tmp_path, {"Empty": [], "Small": small, "Other": small}))
    assert found.options.sheet == "Small"


_FIRST = [["Frage", "Antwort"], *[[f"Wo ist Paket {n}?", f"Unterwegs {n}"] for n in range(30)]]
_SECOND = [["Region", "Umsatz", "Anzahl"], *[[f"Region {n}", n * 100.5, n] for n in range(15)]]


def test_a_second_table_on_a_sheet_is_left_out_and_named(tmp_path: Path) -> None:
    path = _book(tmp_path, {"S": [*_FIRST, [], ["Umsätze 2025"], *_SECOND]})

    table = read_table(path)

    assert (len(table), table.columns, table.left_out) == (30, ["Frage", "Antwort"], {})
    assert "Another table begins in row 34 ('Region', 'Umsatz' and 'Anzahl')" in table.notes[0]
    other = read_table(path, options=ReadOptions(header_row=34))
    assert (len(other), other.columns) == (15, ["Region", "Umsatz", "Anzahl"])


def test_a_table_of_numbers_below_one_of_texts_is_another(tmp_path: Path) -> None:
    table = read_table(_book(tmp_path, {"S": [*_FIRST, [], *[row[:2] for row in _SECOND]]}))

    assert (len(table), table.row_numbers[-1].as_py()) == (30, 31)


def test_rows_below_a_gap_are_of_the_same_table(tmp_path: Path) -> None:
    rows = [["text", "label", "n"], ["no news", "Delivery", 1], ["broken cup", "Damage", 2]]
    rows += [[], ["still no news", "Delivery", 3], [], ["the lid is gone", "Damage", "unknown"]]
    rows += [[], ["nothing came", "Other", None], ["all is well", "Praise", 6], ["x", "Praise", 7]]

    table = read_table(_book(tmp_path, {"S": rows}))

    assert (len(table), table.notes) == (7, ())


def test_column_names_that_come_again_are_no_example(tmp_path: Path) -> None:
    table = read_table(_book(tmp_path, {"S": [*_FIRST, *_FIRST, [], *_FIRST]}))

    assert len(table) == 90
    assert "come again in rows 32, 64, where" in table.notes[0]


def test_hidden_rows_and_formulas_without_a_result_are_told(tmp_path: Path) -> None:
    rows = [["text", "label", "n"], *[[f"no news {n}", "=A1", n] for n in range(20)]]
    path = _book(tmp_path, {"Notes": [["-"]], "S": rows})
    book = openpyxl.load_workbook(path)
    book["S"].row_dimensions[5].hidden = book["S"].row_dimensions[6].hidden = True
    book.save(path)

    hidden, formulas = read_table(path).notes

    assert hidden.startswith("2 rows of the sheet are hidden, by a filter or by hand")
    assert formulas.startswith("Column B has 20 formulas whose results are not in the file")
    assert read_table(_book(tmp_path, {"S": [["text", "label"], *[["a", "b"]] * 9]})).notes == ()
