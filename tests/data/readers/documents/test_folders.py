"""Texts in folders: a row each, and the folder as its category."""

import itertools
from pathlib import Path

import pytest

from tests.helpers.conversion_jobs import converted, table_in, zipped
from workbench.data.columns.guessing import guess_roles, guess_task
from workbench.data.readers import Table, read_table
from workbench.data.readers.documents.folders import folders_of

KINDS = {
    "late": ["Where is my parcel? It was due on Monday, they said", "Late, late, late."],
    "broken": ["The mug came in pieces.\nI want another, please.", "Torn, wet; useless"],
    "praise": ["Lovely shop", "Thanks!\n\nA great help, all of you.\n"],
}


def _zip(tmp_path: Path, names: str, times: int = 4) -> Path:
    """A ZIP whose files are called by a pattern with {kind}, {part} and {n}."""
    parts: dict[str, bytes] = {}
    for n, (kind, texts) in itertools.product(range(times), KINDS.items()):
        for text in texts:
            name = names.format(kind=kind, part=("train", "test")[n % 2], n=len(parts))
            parts[name] = f"{n}: {text}".encode()
    return zipped(tmp_path / "z.zip", parts)


def _of_folders(table: Table) -> set[str | None]:
    return set(table.cells("folder"))


@pytest.mark.parametrize(
    "names", ["{kind}/{n}.txt", "top/{kind}/{n}", "all/texts/{kind}/{n}.md", "{kind}\\{n}.text"]
)
def test_each_text_is_a_row_and_its_folder_the_category(tmp_path: Path, names: str) -> None:
    table = read_table(_zip(tmp_path, names))

    assert len(table) == 24
    assert _of_folders(table) == set(KINDS)
    assert guess_task(table).task == "classification"
    assert guess_roles(table, "classification") == {"text": "text", "label": "folder"}
    assert table.notes == ("Each file is a row, and its folder, one of 3, is its category.",)


@pytest.mark.parametrize("names", ["{part}/{kind}/{n}.txt", "imdb/{kind}/{part}/{n}.txt"])
def test_train_and_test_are_parts_and_no_categories(tmp_path: Path, names: str) -> None:
    table = read_table(_zip(tmp_path, names))

    assert _of_folders(table) == set(KINDS)
    assert set(table.cells("split")) == {"train", "test"}
    assert guess_roles(table, "classification")["label"] == "folder"
    assert "folders test and train" in table.notes[0]


def test_parts_alone_are_no_categories(tmp_path: Path) -> None:
    table = read_table(_zip(tmp_path, "{part}/{n}.txt"))

    assert "folder" not in table.columns
    assert guess_task(table).task == "language-modelling"


def test_a_job_reads_them_alike(tmp_path: Path) -> None:
    assert converted(_zip(tmp_path, "{kind}/{n}.txt"), tmp_path / "job")["status"] == "succeeded"

    table = table_in(tmp_path / "job")

    assert _of_folders(table) == set(KINDS)
    assert guess_task(table).task == "classification"


def test_a_text_of_several_paragraphs_stays_whole_and_a_long_one_is_cut(tmp_path: Path) -> None:
    parts = {f"{'ab'[n % 2]}/{n}.md": b"# One\n\nFirst.\n\n# Two\n\nSecond." for n in range(8)}
    parts["a/long.md"] = b"\n\n".join([b"A paragraph of a very long text. " * 20] * 40)

    table = read_table(zipped(tmp_path / "z.zip", parts))

    assert table.cells("text")[0] == "First.\n\nTwo\n\nSecond."
    assert table.cells("file").count("a/long.md") > 10


@pytest.mark.parametrize(
    ("names", "are"),
    [
        (["a/1", "a/2", "a/3", "b/1", "b/2", "b/3"], True),
        (["a/1", "b/1", "c/1", "d/1"], False),
        (["2023/1", "2023/2", "2023/3", "2024/1", "2024/2", "2024/3"], False),
        (["a/1", "a/2", "a/3", "b/1", "b/2", "b/3", "read me", "licence"], False),
        (["a/1", "a/2", "a/3"], False),
        (["x/pos/1", "x/pos/2", "x/pos/3", "x/neg/1", "x/neg/2", "x/neg/3"], True),
    ],
)
def test_folders_are_categories_if_few_hold_several_each(names: list[str], are: bool) -> None:
    assert folders_of(names).are_categories is are


def test_folders_of_several_levels_are_one_name() -> None:
    names = ["bank/cards/1.txt", "bank/loans/2.txt", "shop/cards/3.txt"]

    assert folders_of(names).folder == ["bank/cards", "bank/loans", "shop/cards"]


def test_lists_of_many_lines_stay_lists(tmp_path: Path) -> None:
    lines = "".join(f"A sentence, number {n}, about it.\n" for n in range(40)).encode()

    table = read_table(zipped(tmp_path / "z.zip", {"good.txt": lines, "bad.txt": lines}))

    assert table.columns == ["Column 1", "file"]
    assert len(table) == 80


def _mails(tmp_path: Path, kinds: tuple[str, str]) -> Table:
    parts = {
        f"{kinds[n % 2]}/{n}.eml": (
            f"From: a{n}@quillberry.example\nTo: b@quillberry.example\nSubject: Nº {n}\n"
            f"Date: Tue, 5 Mar 2024 10:{n:02}:00 +0000\n\nText number {n}.\n"
        ).encode()
        for n in range(12)
    }
    return read_table(zipped(tmp_path / "z.zip", parts))


def test_mails_in_folders_are_sorted_by_them(tmp_path: Path) -> None:
    table = _mails(tmp_path, ("spam", "ham"))

    assert table.columns == ["subject", "from", "to", "date", "text", "folder", "file"]
    assert table.cells("folder") == ["spam", "ham"] * 6
    assert guess_task(table).task == "classification"
    roles = guess_roles(table, "classification")
    assert roles == {"text": "subject: {subject}\ntext: {text}", "label": "folder"}


def test_the_folders_of_a_mail_program_are_no_categories(tmp_path: Path) -> None:
    assert "folder" not in _mails(tmp_path, ("Inbox", "Sent")).columns
