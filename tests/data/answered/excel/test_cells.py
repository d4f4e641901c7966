"""Cells with answers in Excel workbooks: their values, looks and widths."""

from pathlib import Path

import openpyxl
import pytest

from tests.data.answered.excel.answering import SHEET, answer, said
from tests.helpers import patched, raw_books
from tests.helpers.raw_books import book, data, sheet_of, text
from workbench.data.answered.columns import AnswerColumn


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a & b <c> ]]>", '<c r="C2" t="inlineStr"><is><t>a &amp; b &lt;c&gt; ]]&gt;</t></is></c>'),
        (" edge", '<c r="C2" t="inlineStr"><is><t xml:space="preserve"> edge</t></is></c>'),
        ("a\x0bb\x00", '<c r="C2" t="inlineStr"><is><t>a_x000B_b_x0000_</t></is></c>'),
        ("_x0041_", '<c r="C2" t="inlineStr"><is><t>_x005F_x0041_</t></is></c>'),
        ("\ud800", '<c r="C2" t="inlineStr"><is><t>\ufffd\ufffd\ufffd</t></is></c>'),
        (True, '<c r="C2" t="b"><v>1</v></c>'),
        (3, '<c r="C2"><v>3</v></c>'),
        (0.1, '<c r="C2"><v>0.1</v></c>'),
        (None, ""),
        ("", ""),
        (float("nan"), ""),
    ],
)
def test_what_an_answer_becomes(tmp_path: Path, value: str | float | None, cell: str) -> None:
    columns = [AnswerColumn("Answer", {2: value})]
    _, _, new = answer(book(tmp_path / "b.xlsx", sheet_of(data())), columns=columns)
    begin = new.index(b'<row r="2"')
    row = new[begin : new.index(b"</row>", begin)].decode()
    assert row.partition("<t>c</t></is></c>")[2] == cell


def test_texts_come_back_as_they_were(tmp_path: Path) -> None:
    texts = ["a\x0bb", "_x0041_", " a ", "two\nlines", "=1+1", "😀 & <b>", "-", "ä" * 9]
    columns = [AnswerColumn("Answer", dict(enumerate(texts, 2)))]
    path = book(tmp_path / "b.xlsx", sheet_of(data()))
    out, written, _ = answer(path, columns=columns)
    assert said(out, written)[0][: len(texts)] == texts


def test_a_text_that_is_too_long_is_cut_and_told(tmp_path: Path) -> None:
    columns = [AnswerColumn("Answer", {2: "x" * 40_000, 3: "😀" * 20_000, 4: "y" * 32_767})]
    out, written, _ = answer(book(tmp_path / "b.xlsx", sheet_of(data())), columns=columns)
    one, two, three = said(out, written)[0][:3]
    assert one == "x" * 32_763 + " […]"
    assert two is not None
    assert len(two.encode("utf-16-le")) // 2 in (32_766, 32_767)
    assert three == "y" * 32_767
    assert written.notes == (
        "2 texts had more characters than a cell can hold and were cut there; a mark at the end "
        "says so.",
    )


def test_titles_differ_from_those_of_shared_and_rich_texts(tmp_path: Path) -> None:
    shared = (
        f'<sst xmlns="{raw_books.MAIN}"><si><t>other</t></si><si><r><t>Ans</t></r><r><t>wer</t></r>'
        '<rPh sb="0" eb="1"><t>no</t></rPh></si></sst>'
    )
    sheet = sheet_of(data().replace(text("B1", "label"), '<c r="B1" t="s"><v>1</v></c>'))
    path = book(tmp_path / "b.xlsx", sheet, shared=shared)
    _, written, _ = answer(path)
    assert written.titles == ("Answer (2)", "How sure")


def test_the_new_cells_look_like_their_neighbours(tmp_path: Path) -> None:
    sheet = sheet_of(
        data(style=' s="1"').replace(text("B1", "label"), text("B1", "label", ' s="2"'))
    )
    long = AnswerColumn("Answer", dict.fromkeys(range(2, 12), "word " * 30))
    sure = AnswerColumn("sure", dict.fromkeys(range(2, 12), 0.5), is_share=True)
    out, _, new = answer(book(tmp_path / "b.xlsx", sheet), columns=[long, sure])
    assert b'<c r="C1" s="2" t="inlineStr">' in new
    made = openpyxl.load_workbook(out).active
    assert made is not None
    assert made["C2"].number_format == "General"
    assert made["C2"].alignment.wrap_text
    assert made["D2"].number_format == "0%"
    assert made["B2"].number_format == "mm-dd-yy"
    assert not made["C2"].protection.locked
    styles = patched.part(out, "xl/styles.xml").decode()
    known = raw_books.STYLES.partition("</cellXfs>")
    new_styles = styles.removesuffix(known[1] + known[2])
    assert new_styles.startswith(known[0].replace('cellXfs count="3"', 'cellXfs count="5"'))


def test_a_text_that_looks_like_a_formula_stays_text_when_it_is_edited(tmp_path: Path) -> None:
    columns = [AnswerColumn("Answer", {2: "=1+1", 3: "plain"})]
    out, _, _ = answer(book(tmp_path / "b.xlsx", sheet_of(data())), columns=columns)
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    assert [sheet[place].quotePrefix for place in ("C2", "C3")] == [True, False]
    assert sheet["C2"].data_type != "f" or patched.part(out, SHEET).count(b"<f>") == 0


def test_styles_in_two_forms_are_left_alone(tmp_path: Path) -> None:
    styles = raw_books.STYLES.replace(
        "</cellXfs>",
        '<mc:AlternateContent xmlns:mc="urn:mc"><mc:Fallback><xf/></mc:Fallback>'
        "</mc:AlternateContent></cellXfs>",
    )
    path = book(tmp_path / "b.xlsx", sheet_of(data(style=' s="1"')), styles=styles)
    out, _, new = answer(path)
    assert patched.changed_parts(path, out) == [SHEET]
    assert b'<c r="C2" s="1" t="inlineStr">' in new
    assert b'<c r="D2"><v>0.25</v></c>' in new


@pytest.mark.parametrize(
    ("cols", "expected"),
    [
        ("", "<cols>{C}{D}</cols>"),
        (
            '<cols><col min="1" max="2" width="9"/></cols>',
            '<cols><col min="1" max="2" width="9"/>{C}{D}</cols>',
        ),
        (
            '<cols><col min="2" max="16384" width="0" hidden="1" style="1"/></cols>',
            '<cols><col min="2" max="2" width="0" hidden="1" style="1"/>{C1}{D1}'
            '<col min="5" max="16384" width="0" hidden="1" style="1"/></cols>',
        ),
        (
            '<cols>\n<col min="4" max="4" width="5"/>\n<col min="6" max="7" width="5"/>\n</cols>',
            '<cols>\n{C}{D}\n<col min="6" max="7" width="5"/>\n</cols>',
        ),
    ],
)
def test_widths_never_speak_of_a_column_twice(tmp_path: Path, cols: str, expected: str) -> None:
    _, _, new = answer(book(tmp_path / "b.xlsx", sheet_of(data(), cols)))
    for name, number in (("C", 3), ("D", 4)):
        for dress, style in (("", ""), ("1", ' style="1"')):
            width = 12 if name == "C" else 14
            tag = f'<col min="{number}" max="{number}" width="{width}"{style} customWidth="1"/>'
            expected = expected.replace(f"{{{name}{dress}}}", tag)
    begin, end = new.index(b"<cols>"), new.index(b"</cols>") + 7
    assert new[begin:end].decode() == expected
