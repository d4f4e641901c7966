"""Files that a spreadsheet opens, without formulas in them."""

import io

import openpyxl
import pandas as pd
import pytest

from workbench.core.errors import WorkbenchError
from workbench.data.export.spreadsheet import CSV, XLSX, to_bytes

EVIL = '=HYPERLINK("http://evil.example","click")'


def test_csv_reads_back_with_its_accents_lines_and_quotes() -> None:
    table = pd.DataFrame({"text": ['Größe "L"\nund mehr', EVIL], "n": [1, 2], "=x": ["", None]})
    content = to_bytes(table, CSV)
    assert content.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(io.BytesIO(content))
    assert list(back.columns) == ["text", "n", "'=x"]
    assert list(back["text"]) == ['Größe "L"\nund mehr', f"'{EVIL}"]
    assert list(back["n"]) == [1, 2]


def test_a_workbook_holds_formulas_as_they_were_typed_but_as_text() -> None:
    table = pd.DataFrame({"text": [EVIL, "bell \x07"], "share": [0.5, None]})
    sheet = openpyxl.load_workbook(io.BytesIO(to_bytes(table, XLSX))).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["text", "share"],
        [EVIL, 0.5],
        ["bell ", None],
    ]
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].quotePrefix


def test_a_text_too_long_for_a_cell_is_named() -> None:
    table = pd.DataFrame({"reply": ["short", "x" * 32_768]})
    with pytest.raises(WorkbenchError, match=r"column 'reply', row 3 .* save the table as CSV"):
        to_bytes(table, XLSX)
    assert len(to_bytes(table, CSV)) > 32_768


def test_another_kind_is_refused() -> None:
    with pytest.raises(WorkbenchError, match="not as 'pdf'"):
        to_bytes(pd.DataFrame(), "pdf")
