"""Text tables: separators, encodings, headers, quotes, rows that do not fit."""

from pathlib import Path

import pytest

from tests.helpers.shared_data import real
from workbench.core.errors import WorkbenchError
from workbench.data.readers import ReadOptions, Table, read_table


def _write(tmp_path: Path, text: str | bytes, name: str = "mails.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _read(tmp_path: Path, text: str | bytes, name: str = "mails.csv", **options: object) -> Table:
    return read_table(_write(tmp_path, text, name), "", ReadOptions(**options))  # type: ignore[arg-type]


def _refused(tmp_path: Path, text: str | bytes, name: str = "mails.csv", **options: object) -> str:
    with pytest.raises(WorkbenchError) as caught:
        _read(tmp_path, text, name, **options)
    return str(caught.value)


ROWS = "text,label\n" + "".join(f"hello number {i},{'ab'[i % 2]}\n" for i in range(12))


def test_rows_carry_the_number_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    table = _read(tmp_path, "text,label\na b,x\n\nc d,y\n")

    assert table.columns == ["text", "label"]
    assert table.row_numbers.to_pylist() == [2, 4]
    assert table.cells("text") == ["a b", "c d"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found_though_others_stand_in_the_text(
    tmp_path: Path, delimiter: str
) -> None:
    others = "".join(set(",;|") - {delimiter})
    lines = [f'"one{others} two{delimiter} {i}"{delimiter}cat{i % 3}' for i in range(20)]

    table = _read(tmp_path, delimiter.join(["message", "kind"]) + "\n" + "\n".join(lines))

    assert table.options.delimiter == delimiter
    assert table.columns == ["message", "kind"]
    assert table.cells("message")[0] == f"one{others} two{delimiter} 0"


def test_decimal_commas_do_not_pass_for_separators(tmp_path: Path) -> None:
    table = _read(tmp_path, "name;wert\nErste Zeile;1,5\nZweite Zeile;2,5\n")

    assert table.columns == ["name", "wert"]
    assert table.cells("wert") == ["1,5", "2,5"]


def test_prose_with_commas_is_one_column(tmp_path: Path) -> None:
    table = _read(tmp_path, "text\nHello, you there\nHow are you?\nFine, well, good\n")

    assert table.columns == ["text"]
    assert len(table) == 3


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str, found: str) -> None:
    text = "text,label\n" + "".join(
        f"Die Lieferung nach Köln für {i} € ist “überfällig”,Größe\n" for i in range(12)
    )

    table = _read(tmp_path, text.encode(encoding))

    assert table.options.encoding == found
    assert table.columns == ["text", "label"]
    assert table.cells("text")[3] == "Die Lieferung nach Köln für 3 € ist “überfällig”"


def test_a_broken_character_names_its_line(tmp_path: Path) -> None:
    good = "text,label\nGrüße aus Köln,a\nÄpfel und Öl,b\n".encode()

    sentence = _refused(tmp_path, good + b"caf\xe9,a\n" + "süß,b\n".encode())

    assert "Line 4 of mails.csv" in sentence
    assert "UTF-8" in sentence


def test_a_chosen_encoding_that_does_not_fit_names_the_line(tmp_path: Path) -> None:
    text = "text,label\nplain,a\ncafé,b\n".encode("cp1252")

    assert "Line 3" in _refused(tmp_path, text, encoding="utf-8")
    assert _read(tmp_path, text, encoding="cp1252").cells("text") == ["plain", "café"]


def test_a_file_without_column_names_keeps_its_first_row(tmp_path: Path) -> None:
    table = _read(tmp_path, "Wow, loved it.\t1\nNot good.\t0\nWould not go back.\t0\n", "r.txt")

    assert table.columns == ["Column 1", "Column 2"]
    assert table.row_numbers.to_pylist() == [1, 2, 3]
    assert table.options.header_row == 0


def test_labels_that_come_again_are_no_column_names(tmp_path: Path) -> None:
    lines = "".join(f"great thing {i},positive\nbad thing {i},negative\n" for i in range(5))

    assert _read(tmp_path, lines).options.header_row == 0


def test_a_title_above_the_column_names_is_passed_over(tmp_path: Path) -> None:
    table = _read(tmp_path, "Report of March,\n,\nquestion,answer\nWho?,Me\nWhy?,So\n")

    assert table.columns == ["question", "answer"]
    assert table.row_numbers.to_pylist() == [4, 5]


def test_the_header_row_can_be_corrected(tmp_path: Path) -> None:
    assert _read(tmp_path, ROWS, header_row=0).columns == ["Column 1", "Column 2"]
    assert _read(tmp_path, ROWS, header_row=3).row_numbers.to_pylist()[0] == 4
    assert "no row 99" in _refused(tmp_path, ROWS, header_row=99)


def test_column_names_are_never_empty_nor_twice(tmp_path: Path) -> None:
    table = _read(tmp_path, "text,,text, label \na b,c,d,e\nf g,h,i,j\n")

    assert table.columns == ["text", "Column 2", "text (2)", "label"]


def test_an_open_quote_names_the_line_where_it_opens(tmp_path: Path) -> None:
    text = ROWS + '"never closed,a\nnext,b\n"more, text",a\n'

    assert "line 14 of mails.csv" in _refused(tmp_path, text)


def test_an_open_quote_at_the_end_is_found_too(tmp_path: Path) -> None:
    assert "line 14 of mails.csv" in _refused(tmp_path, ROWS + '"never closed,a\nnext,b\n')


def test_text_after_a_closing_quote_is_kept(tmp_path: Path) -> None:
    table = _read(tmp_path, ROWS + '"odd" one,a\nlast,b\n')

    assert table.cells("text")[-2:] == ["odd one", "last"]


def test_quotes_between_tabs_are_just_text(tmp_path: Path) -> None:
    lines = "".join(f'"Best" film {i}\t1\n"so so\t0\n' for i in range(5))

    table = _read(tmp_path, lines, "films.txt")

    assert table.options.quoting == "literal"
    assert table.cells("Column 1")[:2] == ['"Best" film 0', '"so so']


def test_cells_may_hold_line_ends(tmp_path: Path) -> None:
    table = _read(tmp_path, 'text,label\n"one\ntwo",a\nthree,b\n')

    assert table.cells("text") == ["one\ntwo", "three"]
    assert table.row_numbers.to_pylist() == [2, 3]


def test_a_row_with_too_many_cells_is_named(tmp_path: Path) -> None:
    sentence = _refused(tmp_path, ROWS + "one, two,a\n" + "x,b\n")

    assert "Row 14 of mails.csv has 3 cells" in sentence
    assert "2 columns" in sentence


def test_one_such_row_in_hundreds_is_left_out_with_its_number(tmp_path: Path) -> None:
    table = _read(tmp_path, ROWS + "x y,b\n" * 200 + "one, two,a\n")

    assert table.left_out == {"too many cells": (214,)}
    assert len(table) == 212


def test_missing_cells_at_the_end_are_empty(tmp_path: Path) -> None:
    assert _read(tmp_path, ROWS + "no label\n").cells("label")[-1] is None


def test_many_columns_can_be_read_and_far_too_many_are_refused(tmp_path: Path) -> None:
    wide = [",".join(f"c{i}" for i in range(n)) + "\n" + ",".join("x" * n) for n in (300, 1001)]

    assert len(_read(tmp_path, wide[0]).columns) == 300
    assert "1,001 columns" in _refused(tmp_path, wide[1])


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.csv", "a.csv is empty"),
        (b"\xef\xbb\xbf \r\n", "a.csv", "a.csv is empty"),
        (b"text,label\n", "a.csv", "no rows below"),
        (b"%PDF-1.7 ...", "a.xlsx", "a PDF document"),
        (b"<!DOCTYPE html><html><table>", "a.xlsx", "a web page"),
        (b"\x89PNG\r\n\x1a\n....", "a.csv", "a picture"),
        (b"\x1f\x8b\x08\x00rest", "a.csv", "compressed"),
        (bytes(range(256)) * 20, "a.csv", "binary data"),
        (b"PK\x03\x04 broken", "a.xlsx", "damaged"),
        (b"PAR1 broken", "a.parquet", "damaged Parquet"),
    ],
)
def test_what_is_no_table_is_said_in_a_sentence(
    tmp_path: Path, content: bytes, name: str, words: str
) -> None:
    sentence = _refused(tmp_path, content, name)

    assert words in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="There is no file"):
        read_table(tmp_path / "gone.csv")


def test_banking77_is_read_whole() -> None:
    table = read_table(real("banking77/train.csv"))

    assert (len(table), table.columns) == (10_003, ["text", "category"])
    assert None not in table.cells("category")


def test_reviews_without_column_names_are_read() -> None:
    table = read_table(real("uci_sentiment/yelp_labelled.txt"))

    assert len(table) == 1000
    assert set(table.cells("Column 2")) == {"0", "1"}
    assert table.cells("Column 1")[0] == "Wow... Loved this place."
