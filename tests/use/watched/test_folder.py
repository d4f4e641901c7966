"""The files of a watched folder: which are whole, and where answers go."""

import os
from pathlib import Path

import pytest

from workbench.core.errors import WorkbenchError
from workbench.use.watched.folder import QUIET_S, Folder, answered_name, is_meant


class Clock:
    """A time that passes when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Folder:
    (tmp_path / "in").mkdir()
    return Folder(tmp_path / "in", clock)


def names(folder: Folder) -> list[str]:
    return [arrived.path.name for arrived in folder.arrived()]


def test_a_file_is_taken_once_it_has_been_quiet(folder: Folder, clock: Clock) -> None:
    path = folder.path / "a.csv"
    path.write_text("half")
    assert names(folder) == []
    clock.now += QUIET_S - 0.1
    assert names(folder) == []
    path.write_text("half and more")
    clock.now += QUIET_S - 0.1
    assert names(folder) == [], "it has changed since"
    clock.now += QUIET_S
    assert names(folder) == ["a.csv"]
    first = folder.arrived()[0].digest
    path.write_text("something else")
    assert names(folder) == []
    clock.now += QUIET_S
    assert folder.arrived()[0].digest != first


def test_a_file_that_is_moved_over_another_is_a_new_one(folder: Folder, clock: Clock) -> None:
    (folder.path / "a.csv").write_text("one")
    names(folder)
    clock.now += QUIET_S
    (folder.path / ".tmp").write_text("two")
    os.replace(folder.path / ".tmp", folder.path / "a.csv")
    assert names(folder) == []
    clock.now += QUIET_S
    assert names(folder) == ["a.csv"]


def test_only_files_of_their_own_are_meant(folder: Folder, clock: Clock, tmp_path: Path) -> None:
    (folder.path / "sub.csv").mkdir()
    (folder.path / "empty.csv").touch()
    (folder.path / "note.txt").write_text("x")
    (tmp_path / "secret.csv").write_text("x")
    (folder.path / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder.path / "real.csv").write_text("x")
    names(folder)
    clock.now += QUIET_S
    assert names(folder) == ["real.csv"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mails.xlsx", True),
        ("MAILS.XLSX", True),
        ("answered mails.csv", True),
        ("~$mails.xlsx", False),
        (".mails.xlsx.part", False),
        (".mails.csv", False),
        ("mails answered.xlsx", False),
        ("Mails Answered (3).xlsx", False),
        ("mails.xlsx could not be answered.txt", False),
        ("mails.pdf", False),
    ],
)
def test_what_is_hidden_or_made_by_us_is_not_meant(name: str, meant: bool) -> None:
    assert is_meant(name) == meant
    assert not is_meant(answered_name(name, ".xlsx"))


def test_answers_never_take_the_place_of_another_file(folder: Folder, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.write_text("answers")
    (folder.path / "a answered.csv").write_text("somebody's own")
    assert folder.put(made, "a answered.csv") == "a answered (2).csv"
    assert folder.put(made, "a answered.csv") == "a answered (2).csv", "it is there already"
    assert (folder.path / "a answered.csv").read_text() == "somebody's own"
    assert sorted(p.name for p in folder.path.iterdir()) == [
        "a answered (2).csv",
        "a answered.csv",
    ]


def test_a_folder_that_is_gone_is_a_sentence(folder: Folder) -> None:
    folder.path.rmdir()
    with pytest.raises(WorkbenchError, match="cannot be looked into"):
        folder.arrived()
