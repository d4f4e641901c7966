"""Words with tags are sentences with fields to pull out."""

from pathlib import Path

import pytest

from tests.helpers import two_ways
from workbench.core.errors import WorkbenchError
from workbench.data.columns import guessing
from workbench.data.readers import read_table

BIO = "Anna B-WHO\nBerg I-WHO\nleft O\nPort B-WHERE\nHolm I-WHERE\n, O\nfast O\n! O\n\n"
COLUMNS = "-DOCSTART- -X- -X- O\n\n" + "".join(
    f"{line.split()[0]}\tNN\tI-NP\t{line.split()[1]}\n" if line else "\n"
    for line in BIO.splitlines()
)
FIELDS = '{"WHO": ["Anna Berg"], "WHERE": ["Port Holm"]}'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.conll", BIO * 3),
        ("a.txt", BIO * 3),
        ("a.bio", "# id = 1\n" + BIO * 3),
        ("a.tsv", COLUMNS),
    ],
)
def test_each_sentence_is_a_row(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    table = two_ways.read(path)
    assert table.kind == "tagged"
    assert set(table.cells("text")) == {"Anna Berg left Port Holm, fast!"}
    assert set(table.cells("fields")) == {FIELDS}
    assert guessing.guess_task(table).task == "extraction"
    assert guessing.guess_all_roles(table, "extraction") == {"text": "text", "response": "fields"}


def test_marks_side_by_side_and_other_letters(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "Anna B-WHO\nNoor B-WHO\nHolm S-WHERE\nDen B-WHERE\nHaag E-WHERE\n\nNo O\none O\n"
    )
    table = read_table(path)
    assert table.cells("fields") == [
        '{"WHO": ["Anna", "Noor"], "WHERE": ["Holm", "Den Haag"]}',
        "{}",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "word tag\nAnna B-WHO\nleft O\nfast O\nso O\n",
        "Anna left\nNobody knew\nWhy O\n\nWe B-have\n",
        "blood group O\nanother group O\na third group O\nand group O\n",
    ],
)
def test_other_texts_are_not_of_this_kind(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    assert read_table(tmp_path / "a.txt").kind != "tagged"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#FORMAT=WebAnno TSV 3.3\n\n#Text=Anna\n1-1\t0-4\tAnna\tWHO\n", "export it as CoNLL"),
        ("T1\tWHO 0 4\tAnna\nT2\tWHERE 9 13\tHolm\n", "marks of BRAT without their text"),
    ],
)
def test_what_is_half_of_something_is_refused_with_a_way_on(
    tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(WorkbenchError, match=words):
        read_table(tmp_path / "a.txt")
