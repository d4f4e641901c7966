"""Where answers have room in Excel workbooks: behind and beside all that is in use."""

import re
from pathlib import Path

import pytest

from tests.data.answered.excel.answering import SHEET, TABLE, answer
from tests.helpers import patched, raw_books
from tests.helpers.raw_books import book, data, sheet_of, text
from workbench.data.answered.columns import AnswerColumn
from workbench.data.answered.write import write_answers
from workbench.data.readers import ReadOptions

DRAWING = (
    '<xdr:wsDr xmlns:xdr="urn:x"><xdr:twoCellAnchor><xdr:from><xdr:col>3</xdr:col><xdr:colOff>0'
    "</xdr:colOff></xdr:from><xdr:to><xdr:col>9</xdr:col><xdr:colOff>{}</xdr:colOff></xdr:to>"
    "</xdr:twoCellAnchor></xdr:wsDr>"
)
VML = (
    '<xml xmlns:x="urn:x"><x:ClientData ObjectType="{}"><x:Anchor> 1, 15, 0, 2, 11, 15, 3, 4'
    "</x:Anchor></x:ClientData></xml>"
)
BUSY = {
    "a merged title": (
        "",
        '<mergeCells count="1"><mergeCell ref="A20:F20"/></mergeCells>',
        {},
        "G",
    ),
    "a picture": ("", "", {"xl/drawings/d.xml": ("drawing", DRAWING.format(99))}, "K"),
    "a chart that ends at an edge": (
        "",
        "",
        {"xl/drawings/d.xml": ("drawing", DRAWING.format(0))},
        "J",
    ),
    "a button": ("", "", {"xl/drawings/v.vml": ("vmlDrawing", VML.format("Button"))}, "M"),
    "the box of a comment": (
        "",
        "",
        {"xl/drawings/v.vml": ("vmlDrawing", VML.format("Note"))},
        "C",
    ),
    "a comment": (
        "",
        "",
        {
            "xl/comments1.xml": (
                "comments",
                f'<comments xmlns="{raw_books.MAIN}"><authors/><commentList><comment ref="E4" '
                'authorId="0"><text/></comment></commentList></comments>',
            )
        },
        "F",
    ),
    "a pivot table": (
        "",
        "",
        {"xl/pivotTables/p.xml": ("pivotTable", '<p><location ref="F3:H9"/></p>')},
        "I",
    ),
    "another table": (
        "",
        "",
        {
            "xl/tables/table1.xml": (
                "table",
                TABLE.format(raw_books.MAIN, 11, "").replace("A1:B11", "E1:G5"),
            )
        },
        "H",
    ),
    "sparklines": (
        "",
        '<extLst><ext uri="{A}" xmlns:x14="urn:a" xmlns:xm="urn:b"><x14:sparkline><xm:f>A1:B2</xm:f>'
        "<xm:sqref>E2</xm:sqref></x14:sparkline></ext></extLst>",
        {},
        "F",
    ),
    "empty cells with a look": ('<row r="30"><c r="H30" s="2"/></row>', "", {}, "C"),
    "a remark": (f'<row r="30">{text("H30", "see above")}</row>', "", {}, "I"),
}


@pytest.mark.parametrize(("row", "behind", "beside", "expected"), BUSY.values(), ids=BUSY.keys())
def test_new_columns_stand_behind_all_that_is_in_use(
    tmp_path: Path, row: str, behind: str, beside: dict[str, tuple[str, str]], expected: str
) -> None:
    sheet = sheet_of(data().replace("</sheetData>", row + "</sheetData>"), behind=behind)
    path = book(tmp_path / "b.xlsx", sheet, beside=beside)
    out, options = tmp_path / "out.xlsx", ReadOptions(header_row=1, sheet="Daten")
    columns = [AnswerColumn("Answer", {2: "a"}), AnswerColumn("How sure", {2: 0.5})]
    written = write_answers(path, out, kind="xlsx", options=options, columns=columns)
    assert written.first_column == expected
    assert set(patched.changed_parts(path, out)) <= {SHEET, "xl/styles.xml"}


def test_empty_cells_where_answers_go_are_filled(tmp_path: Path) -> None:
    styled = "".join(f'<c r="{letter}2" s="2"/>' for letter in "CDEF")
    begin = data().index('<row r="2"')
    sheet = data()[:begin] + data()[begin:].replace("</row>", styled + "</row>", 1)
    _, written, new = answer(book(tmp_path / "b.xlsx", sheet_of(sheet)))
    assert written.first_column == "C"
    begin = new.index(b'<row r="2"')
    row = new[begin : new.index(b"</row>", begin)]
    assert re.findall(rb'r="([A-Z]2)"', row) == [b"A2", b"B2", b"C2", b"D2", b"E2", b"F2"]
