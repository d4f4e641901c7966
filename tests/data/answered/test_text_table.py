"""Answers in a text table: new cells, and every other byte as it was."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.core.errors import WorkbenchError
from workbench.data.answered.columns import AnswerColumn, Written
from workbench.data.answered.write import write_answers
from workbench.data.readers import Table, read_table


def answer(path: Path, columns: list[AnswerColumn] | None = None) -> tuple[Table, Written, Path]:
    """Answer each row of a file by its number."""
    table = read_table(path)
    columns = columns or [
        AnswerColumn("answer", {n: f"about {n}" for n in table.row_numbers.to_pylist()})
    ]
    out = path.with_name(f"out{path.suffix}")
    written = write_answers(path, out, kind=table.kind, options=table.options, columns=columns)
    return table, written, out


def check(table: Table, written: Written, out: Path, columns: list[AnswerColumn]) -> None:
    """Reading the new file gives the old table and the answers."""
    again = read_table(out, table.name, written.options)
    numbers = table.row_numbers.to_pylist()
    assert again.row_numbers.to_pylist() == numbers
    assert [c for c in again.columns if c not in written.titles] == table.columns
    for name in table.columns:
        assert again.cells(name) == table.cells(name)
    for title, column in zip(written.titles, columns, strict=True):
        assert again.cells(title) == [column.values.get(number) for number in numbers]


ROWS = [("text", "label")] + [(f"Where is order {n}?", "shipping") for n in range(12)]
LINES = [f"{a},{b}" for a, b in ROWS]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
@pytest.mark.parametrize("last", [True, False])
def test_nothing_but_the_cells_is_new(tmp_path: Path, end: str, encoding: str, last: bool) -> None:
    path = tmp_path / "in.csv"
    text = end.join(LINES).replace("order 3", "ord€r 3") + end * last
    path.write_bytes(text.encode(encoding))
    table, written, out = answer(path)
    new = out.read_bytes().decode(encoding)
    for number in range(2, 14):
        new = new.replace(f",about {number}{end}", end)
        new = new.removesuffix(f",about {number}")
    assert new.replace(",answer", "") == text
    assert out.read_bytes()[:3] == path.read_bytes()[:3]
    columns = [AnswerColumn("answer", {n: f"about {n}" for n in range(2, 14)})]
    check(table, written, out, columns)
    assert (written.titles, written.first_column, written.rows) == (("answer",), "C", 12)


def test_blank_lines_preamble_and_broken_lines_stay(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    lines = ["sep=;", "Export of May", "", "text;label", '"two\r\nlines; and ""more""";x', ""]
    lines += [f"text {n};b" for n in range(10)] + [";", "  "]
    path.write_bytes("\r\n".join(lines).encode())
    table, written, out = answer(path)
    expected = list(lines)
    expected[3] += ";answer"
    expected[4] += ";about 5"
    for at in range(6, 16):
        expected[at] += f";about {at + 1}"
    assert out.read_bytes() == "\r\n".join(expected).encode()
    check(table, written, out, [AnswerColumn("answer", {n: f"about {n}" for n in range(5, 17)})])


def test_short_rows_are_filled_up_and_trailing_separators_stay(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    lines = ["text,label,note,", *[f"text {n},b,c," for n in range(10)], "short", "a,b,,,"]
    path.write_text("\n".join(lines))
    table, written, out = answer(path)
    new = out.read_text().split("\n")
    assert new[0] == "text,label,note,answer,"
    assert new[1] == "text 0,b,c,about 2,"
    assert new[11:] == ["short,,,about 12", "a,b,,about 13,,"]
    check(table, written, out, [AnswerColumn("answer", {n: f"about {n}" for n in range(2, 14)})])


def test_quotes_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('"text","n"\n' + "".join(f'"text {n}",{n}\n' for n in range(12)))
    columns = [AnswerColumn("answer", {2: 'a "b"', 3: "c"}), AnswerColumn("sure", {2: 0.5, 3: 1.0})]
    _, _, out = answer(path, columns)
    assert out.read_text().split("\n")[:4] == [
        '"text","n","answer","sure"',
        '"text 0",0,"a ""b""",0.5',
        '"text 1",1,"c",1.0',
        '"text 2",2,,',
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-5", "-5"),
        ("a,b", '"a,b"'),
        ("a\nb", '"a\nb"'),
        (' a"', '" a"""'),
        ("a\x00b\x0b", '"a b "'),
        (True, "TRUE"),
        (None, ""),
        (float("nan"), ""),
    ],
)
def test_values(tmp_path: Path, value: str | None, written: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text("text,label\n" + "".join(f"text {n},{n % 2}\n" for n in range(12)))
    _, _, out = answer(path, [AnswerColumn("answer", {2: value, 3: "x"})])
    assert f"text 0,0,{written}\ntext 1,1,x\n" in out.read_text()


def test_an_encoding_without_a_sign_becomes_utf_8_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(("text,label\n" + "Straße,Öl\n" * 12).encode("cp1252"))
    columns = [AnswerColumn("answer", {2: "→ 你好"})]
    table, written, out = answer(path, columns)
    assert "'→'" in written.notes[0]
    assert "UTF-8" in written.notes[0]
    assert out.read_bytes().startswith(b"\xef\xbb\xbftext,label,answer\n")
    check(table, written, out, columns)


def test_a_single_column_gets_a_separator_that_no_text_holds(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("text\n" + "".join(f"Well, number {n}\n" for n in range(12)))
    _, written, out = answer(path, [AnswerColumn("answer", {2: "a;b"})])
    assert out.read_text().startswith('text;answer\nWell, number 0;"a;b"\nWell, number 1;\n')
    assert written.options.delimiter == ";"


def test_a_single_column_that_holds_all_separators_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("text\n" + "".join(f"a, b; c | d\t{n} is so.\n" for n in range(12)))
    table = read_table(path)
    if len(table.columns) == 1:
        with pytest.raises(WorkbenchError, match="XLSX"):
            answer(path)


def test_literal_quotes_cannot_hold_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "in.tsv"
    path.write_text("text\tlabel\n" + "".join(f'"big {n}\tb\n' for n in range(12)))
    _, written, out = answer(path, [AnswerColumn("answer", {2: "a\tb\nc", 3: 'say "x"'})])
    lines = out.read_text().split("\n")
    assert lines[1:3] == ['"big 0\tb\ta b c', '"big 1\tb\tsay "x"']
    assert "spaces took its place" in written.notes[0]


def test_titles_are_unique_and_column_names_that_come_again_get_them(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    lines = ["text,Answer", *[f"t{n},b" for n in range(6)], "text,Answer", *["u,b"] * 6]
    path.write_text("\n".join(lines))
    table = read_table(path)
    columns = [AnswerColumn("answer", {n: f"about {n}" for n in table.row_numbers.to_pylist()})]
    _, written, out = answer(path, columns)
    assert written.titles == ("answer (2)",)
    assert out.read_text().split("\n")[7] == "text,Answer,answer (2)"
    check(table, written, out, columns)


def test_a_table_without_names_gets_none(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("".join(f"{n},Where is order {n} of mine?\n" for n in range(12)))
    _, written, out = answer(path)
    assert out.read_text().startswith("0,Where is order 0 of mine?,about 1\n")
    assert "no column names" in written.notes[0]


CELL = st.text(
    st.sampled_from("\n\r\t,;\"'“” ")
    | st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.tuples(CELL, CELL), min_size=10, max_size=14),
    answers=st.lists(CELL, min_size=14, max_size=14),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]),
)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    answers: list[str],
    end: str,
    encoding: str,
) -> None:
    """All cells between quotes, so that what the reader makes of them is known."""
    path = tmp_path_factory.mktemp("any") / "in.csv"
    lines = [("text", "label"), *((f"t {n} {a}", f"l {b}") for n, (a, b) in enumerate(rows))]
    text = end.join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines
    )
    path.write_bytes((text + end).encode(encoding))
    table = read_table(path)
    numbers = table.row_numbers.to_pylist()
    given_ = {n: f"a {v}" for n, v in zip(numbers, answers, strict=False)}
    columns = [AnswerColumn("answer", given_)]
    _, written, out = answer(path, columns)
    again = read_table(out, table.name, written.options)
    assert again.row_numbers.to_pylist() == numbers
    assert again.cells("text") == table.cells("text")
    control = dict.fromkeys([*range(9), 11, 12, *range(14, 32)], " ")
    assert again.cells("answer") == [v.translate(control) for v in given_.values()]
    assert out.read_bytes()[:2] == path.read_bytes()[:2]
