"""Documents in pieces, several files as one table, and what is no document."""

import io
from pathlib import Path

import pytest

from storage import files
from tests.corpus import make, writers
from tests.helpers.conversion_jobs import zipped
from workbench.core.errors import WorkbenchError
from workbench.data.files import sources
from workbench.data.readers import Table, read_table
from workbench.data.readers.documents.chunks import MOST_CHARACTERS, Paragraph, chunk
from workbench.data.readers.html_text import text_of

FILES = make.FILES


def _read(tmp_path: Path, content: str | bytes, name: str) -> Table:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(tmp_path / name)


def test_short_paragraphs_go_together_and_long_ones_are_cut_at_a_sentence() -> None:
    sentence = "This is a sentence of forty-five characters. "
    long = (sentence * 50).strip()

    pieces = list(chunk([Paragraph("One."), Paragraph("Two."), Paragraph(long)]))

    assert len(pieces) == 2
    assert all(len(piece.text) <= MOST_CHARACTERS for piece in pieces)
    assert all(piece.text.endswith("characters.") for piece in pieces)
    assert " ".join(piece.text for piece in pieces) == f"One.\n\nTwo.\n\n{long}"


def test_what_stands_under_another_heading_stays_apart() -> None:
    pieces = chunk([Paragraph("a", "One", 1), Paragraph("b", "One", 2), Paragraph("c", "Two", 2)])

    assert [(p.text, p.heading, p.page) for p in pieces] == [("a\n\nb", "One", 1), ("c", "Two", 2)]


def test_text_without_a_single_space_is_cut_too() -> None:
    assert [len(p.text) for p in chunk([Paragraph("x" * 3500)])] == [1500, 1500, 500]


def test_a_pdf_has_whole_words_and_sentences_without_headers_and_footers() -> None:
    text = "\n\n".join(read_table(FILES / "documents/handbook.pdf").cells("text"))  # type: ignore[arg-type]

    assert "two days later it is at its destination." in text
    assert "what is sent back later than that is taken back only if it is as new." in text
    assert "Quillberry handbook" not in text
    assert "\n\n1" not in text


def test_headings_of_markdown_are_none_within_code() -> None:
    table = read_table(FILES / "documents/handbook.md")

    assert table.cells("heading") == ["Handbook", "Sending", "Taking back"]
    assert "# this is no heading" in (table.cells("text")[1] or "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("One sentence a line.\nAnother one.\nA third.\n", "csv"),
        ("good film\t1\nbad film\t0\n", "csv"),
        ("A paragraph.\n\nAnother one.\n", "document"),
        ("a,b\n1,2\n3,4\n", "csv"),
        ("word " * 400, "document"),
    ],
)
def test_a_text_is_a_document_if_it_has_paragraphs(tmp_path: Path, text: str, kind: str) -> None:
    assert _read(tmp_path, text, "t.txt").kind == kind


def test_html_becomes_the_text_that_is_seen() -> None:
    html = "<style>p {}</style><p>One&nbsp;<b>two</b></p><p>three<br>four</p><script>x()</script>"

    assert text_of(html) == "One two\n\nthree\nfour"


def test_files_of_one_shape_are_put_one_below_the_other(tmp_path: Path) -> None:
    parts = {
        "b.csv": b"Label,text\nx,third text\n",
        "a.csv": b"text;label\nfirst text;x\nsecond text;y\n",
        "other.csv": b"code,meaning\n1,open\n",
        "broken.csv": b'text,label\n"open,a\n' + b"x,b\n" * 3,
    }

    table = read_table(zipped(tmp_path / "z.zip", parts))

    assert table.columns == ["Label", "text", "file"]
    assert table.cells("text") == ["third text", "first text", "second text"]
    assert table.cells("file") == ["b.csv", "a.csv", "a.csv"]
    assert table.row_numbers.to_pylist() == [1, 2, 3]
    assert "1 file with other columns was left out: other.csv." in table.notes
    assert any("line 2 of broken.csv is not closed" in note for note in table.notes)


def test_a_column_called_file_keeps_its_name(tmp_path: Path) -> None:
    part = b"text,file\nsome words,x.pdf\n"

    table = read_table(zipped(tmp_path / "z.zip", {"a.csv": part, "b.csv": part}))

    assert table.columns == ["text", "file", "file (2)"]
    assert table.cells("file (2)") == ["a.csv", "b.csv"]


def test_rows_with_too_many_cells_are_said_for_each_file(tmp_path: Path) -> None:
    rows = "text,label\n" + "some words,a\n" * 150
    parts = {"a.csv": (rows + "one, two,b\n").encode(), "b.csv": rows.encode()}

    table = read_table(zipped(tmp_path / "z.zip", parts))

    assert (len(table), table.left_out) == (300, {})
    assert "1 row was left out of a.csv: too many cells." in table.notes


def test_several_files_are_kept_as_one_that_is_the_same_for_the_same_files() -> None:
    def kept() -> sources.Source:
        streams = [io.BytesIO(f"text,label\nmail {n},a\n".encode()) for n in (1, 2, 3)]
        return sources.keep_all(
            list(zip(streams, ["march.csv", "c/march.csv", "may.csv"], strict=True))
        )

    source = kept()

    assert source.name == "3 files (march.csv, …)"
    assert kept().digest == source.digest
    table = sources.open_source(source)
    assert table.cells("text") == ["mail 1", "mail 2", "mail 3"]
    assert table.cells("file") == ["march.csv", "march (2).csv", "may.csv"]
    assert sources.title_of(source.name) == "march and 2 more"
    assert sources.title_of("mails.2024.csv") == "mails.2024"


def test_one_file_is_kept_as_it_is() -> None:
    source = sources.keep_all([(io.BytesIO(b"text\na b\n"), "mails.csv")])

    assert files.object_path(source.digest).read_bytes() == b"text\na b\n"
    assert source.name == "mails.csv"


def test_a_document_that_is_a_template_without_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match=r"d\.docx holds no text"):
        _read(tmp_path, writers.docx(["# Only a heading"]), "d.docx")
