"""Sheets cut into rows: nothing is lost, wherever the file is cut for reading."""

import io
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import WorkbenchError
from workbench.data.answered import sheet_xml
from workbench.data.answered.excel.row_cells import cells, last_cell
from workbench.data.answered.sheet_xml import Head, Row, Tail, pieces

CELLS = st.sampled_from(
    [
        '<c r="{}"><v>1</v></c>',
        '<c r="{}" s="12"/>',
        "<c r='{}' t='inlineStr'><is><t>a &gt; b</t></is></c>",
        '<c r="{}" t="str"><f>A1&gt;"x"</f><v>c</v></c>',
        '<c r="{}" t="inlineStr"><is><r><rPr><color rgb="A"/><charset val="1"/></rPr><t>x</t></r>'
        "</is></c>",
        '<c r="{}"><!-- </row> <c r="Z1"/> </row> --><v>2</v></c>',
        '<c r="{}" t="inlineStr"><is><t><![CDATA[</row></sheetData><row>]]></t></is></c>',
    ]
)
GAPS = st.sampled_from(["", "\n  ", "<!-- <row r='9'> -->", "<?x </sheetData> ?>"])


@st.composite
def sheets(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """A sheet, and each row's number with how many cells it has."""
    prefix = draw(st.sampled_from(["", "x:"]))
    text, number, told = draw(GAPS), 0, []
    for _ in range(draw(st.integers(0, 5))):
        number += draw(st.integers(1, 3))
        found = draw(st.lists(CELLS, max_size=4))
        body = "".join(cell.format(f"{'ABCD'[at]}{number}") for at, cell in enumerate(found))
        text += f'<row r="{number}" note="a>b">{body}</row>' if body else f'<row r="{number}"/>'
        text += draw(GAPS)
        told.append((number, len(found)))
    whole = f"<worksheet><sheetPr/><sheetData>{text}</sheetData><pageMargins/></worksheet>"
    if prefix:
        for name in ("worksheet", "sheetData", "row", "c ", "c>", "v>", "is>", "t>", "f>"):
            whole = whole.replace(f"<{name}", f"<x:{name}").replace(f"</{name}", f"</x:{name}")
    return whole, told


@settings(max_examples=60, deadline=None)
@given(sheets(), st.integers(1, 90))
def test_pieces_are_the_whole(sheet: tuple[str, list[tuple[int, int]]], chunk: int) -> None:
    whole, told = sheet
    with mock.patch.object(sheet_xml, "_CHUNK", chunk):
        found = list(pieces(io.BytesIO(whole.encode()), "b.xlsx"))
    head = found[0]
    assert isinstance(head, Head)
    rest = b"".join(piece.raw for piece in found if not isinstance(piece, Head))
    assert head.before + head.tag + rest == whole.encode()
    rows = [piece for piece in found if isinstance(piece, Row)]
    assert [(row.number, len(cells(row, head.prefix))) for row in rows] == told
    assert isinstance(found[-1], Tail)
    for row in rows:
        listed = cells(row, head.prefix)
        assert [cell.column for cell in listed] == list(range(1, len(listed) + 1))
        assert last_cell(row, head.prefix) == (listed[-1] if listed else None)


@pytest.mark.parametrize("end", [30, 55, 70])
def test_a_sheet_that_breaks_off_is_a_sentence(end: int) -> None:
    whole = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(WorkbenchError, match="breaks off"):
        list(pieces(io.BytesIO(whole[:end]), "b.xlsx"))


def test_a_chart_and_utf_16_are_sentences() -> None:
    with pytest.raises(WorkbenchError, match="holds no cells"):
        list(pieces(io.BytesIO(b"<chartsheet><drawing/></chartsheet>"), "b.xlsx"))
    wide = "<worksheet><sheetData/></worksheet>".encode("utf-16")
    with pytest.raises(WorkbenchError, match="UTF-16"):
        list(pieces(io.BytesIO(wide), "b.xlsx"))
