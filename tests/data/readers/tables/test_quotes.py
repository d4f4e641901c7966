"""Cells between other signs than double quotes: whole, or refused by the sign's name."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.core.errors import WorkbenchError
from workbench.data.readers import ReadOptions, Table, read_table
from workbench.data.readers.tables.quotes import ESCAPED, LITERAL, QUOTED, SINGLE, TYPOGRAPHIC

LABELS = ["late", "broken", "refund"]


def _read(tmp_path: Path, text: str, name: str = "t.csv", **options: str) -> Table:
    path = tmp_path / name
    path.write_text(text, "utf-8", newline="")
    return read_table(path, options=ReadOptions(**options))  # type: ignore[arg-type]


def _texts(delimiter: str) -> list[str]:
    return [
        f"Parcel {n} is late{delimiter} it's urgent{delimiter} they said{'!' * (n % 3)}"
        for n in range(24)
    ]


_ENCLOSED: dict[str, Callable[[str], str]] = {
    SINGLE: lambda text: "'" + text.replace("'", "''") + "'",
    TYPOGRAPHIC: lambda text: f"“{text}”",
    ESCAPED: lambda text: '"\\"' + text + '\\""',
}


@pytest.mark.parametrize("header", ["", "label|text"])
@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
@pytest.mark.parametrize("style", _ENCLOSED)
def test_cells_between_any_quotes_are_whole(
    tmp_path: Path, style: str, delimiter: str, header: str
) -> None:
    texts = _texts(delimiter)
    rows = [
        f"{label}{delimiter}{_ENCLOSED[style](text)}"
        for label, text in zip(itertools.cycle(LABELS), texts, strict=False)
    ]

    table = _read(tmp_path, "\n".join([*filter(None, [header.replace("|", delimiter)]), *rows]))

    assert (table.options.delimiter, table.options.quoting) == (delimiter, style)
    assert len(table.columns) == 2
    expected = [f'"{text}"' for text in texts] if style == ESCAPED else texts
    assert table.cells(table.columns[1]) == expected
    assert set(table.cells(table.columns[0])) == set(LABELS)


@pytest.mark.parametrize("pair", ["„“", "„”", "«»", "»«", "‚‘", "「」"])
def test_typographic_quotes_of_any_country_enclose_cells(tmp_path: Path, pair: str) -> None:
    rows = [f"{pair[0]}{text}{pair[1]};{LABELS[n % 3]}" for n, text in enumerate(_texts(";"))]

    table = _read(tmp_path, "text;label\n" + "\n".join(rows))

    assert table.cells("text") == _texts(";")


def test_a_cell_between_single_quotes_may_hold_line_ends(tmp_path: Path) -> None:
    rows = "".join(f"'late', 'Parcel {n},\nnot here, it''s late'\n" for n in range(12))

    table = _read(tmp_path, rows.replace(", '", ",'"))

    assert table.cells("Column 2")[3] == "Parcel 3,\nnot here, it's late"


def test_only_the_cells_that_need_quotes_may_have_them(tmp_path: Path) -> None:
    plain = "".join(f"Parcel {n} is late,late\n" for n in range(20))

    table = _read(tmp_path, "text,label\n" + plain + "'Late, and it''s broken',broken\n")

    assert table.cells("text")[-1] == "Late, and it's broken"


@pytest.mark.parametrize(
    "text",
    [
        "'Fargo' is the best film, ever",
        "'tis the season",
        "the dogs' house",
        "“Great” is what I say",
        "“Be yourself.”",
        "C:\\new\\folder",
        "rock 'n' roll",
    ],
)
def test_quotes_within_texts_stay(tmp_path: Path, text: str) -> None:
    plain = "".join(f"Parcel {n} is late,{LABELS[n % 3]}\n" for n in range(20))
    cell = f'"{text}"' if "," in text else text

    table = _read(tmp_path, f"text,label\n{plain}{cell},late\n")

    assert table.cells("text")[-1] == text
    assert table.options.quoting == QUOTED


def test_a_backslash_before_a_doubled_quote_protects_nothing(tmp_path: Path) -> None:
    rows = "".join(f'"{{""path"": ""C:\\"", ""n"": {n}}}",a\n' for n in range(12))

    table = _read(tmp_path, "text,label\n" + rows)

    assert table.cells("text")[0] == '{"path": "C:\\", "n": 0}'


def test_an_escaped_backslash_is_one(tmp_path: Path) -> None:
    rows = "".join(f'"say \\"hi\\" to C:\\\\dir {n}, please",a\n' for n in range(12))

    table = _read(tmp_path, "text,label\n" + rows)

    assert table.cells("text")[0] == 'say "hi" to C:\\dir 0, please'


def test_a_single_quote_that_never_closes_is_named(tmp_path: Path) -> None:
    good = "".join(f"late;'Parcel {n}; not here'\n" for n in range(12))

    with pytest.raises(WorkbenchError, match=r"single quote \('\) that opens in line 13 of t\.csv"):
        _read(tmp_path, good + "late;'Parcel; not here\n" + good)


@pytest.mark.parametrize("delimiter", [";", ",", "|", "\t", "^"])
def test_the_line_that_names_the_separator_is_obeyed(tmp_path: Path, delimiter: str) -> None:
    header = delimiter.join(["text", "label", "city", "day"])
    rows = [delimiter.join([f"Parcel {n}", LABELS[n % 3], "Cork", "Monday"]) for n in range(12)]

    table = _read(tmp_path, f"sep={delimiter}\r\n" + "\r\n".join([header, *rows]))

    assert table.options.delimiter == delimiter
    assert table.columns == ["text", "label", "city", "day"]
    assert table.row_numbers.to_pylist()[0] == 3


def test_how_quotes_are_taken_can_be_said(tmp_path: Path) -> None:
    rows = "".join(f"Parcel {n},'late'\n" for n in range(12))

    assert _read(tmp_path, rows, quoting=SINGLE).cells("Column 2")[0] == "late"
    assert _read(tmp_path, rows, quoting=LITERAL).cells("Column 2")[0] == "'late'"
