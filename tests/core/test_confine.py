"""A reader that was taken over reaches nothing but the file that it is asked about."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import files
from tests.fakes import broken_reader
from workbench.core import confine
from workbench.core.errors import WorkbenchError
from workbench.data.files import hand_over, reader, reader_process

LANDLOCK = confine.version()
pytestmark = pytest.mark.skipif(not LANDLOCK, reason="this kernel has no Landlock")


@pytest.fixture(autouse=True)
def _taken_over(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Readers that do what their file says."""
    reader.end_all()
    monkeypatch.setattr(reader_process, "PROGRAM", broken_reader.__name__)
    yield
    reader.end_all()


def tried(folder: Path, act: str, on: object = "") -> str:
    """What became of what the file told the reader to do."""
    path = folder / f"{act}.csv"
    path.write_text(f"{act}\n{on}\n", "utf-8")
    reader.forget(path)
    with pytest.raises(WorkbenchError) as told:
        reader.read_table(path)
    return str(told.value)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "private.txt"
    path.write_text("secret")
    return path


@pytest.mark.parametrize("act", ["open", "write", "remove"])
def test_no_other_file_can_be_reached(tmp_path: Path, other: Path, act: str) -> None:
    assert tried(tmp_path, act, other) == "refused: PermissionError"
    assert other.read_text() == "secret"


@pytest.mark.parametrize("act", ["write", "remove"])
def test_the_file_itself_can_only_be_read(tmp_path: Path, act: str) -> None:
    assert tried(tmp_path, act) == "refused: PermissionError"
    assert (tmp_path / f"{act}.csv").read_text() == f"{act}\n\n"


def test_what_was_asked_about_before_is_out_of_reach(tmp_path: Path) -> None:
    assert tried(tmp_path, "open") == "done"
    assert tried(tmp_path, "open", tmp_path / "open.csv") == "refused: PermissionError"
    assert tried(tmp_path, "list", files.home()) == "refused: PermissionError"
    assert [list(left.iterdir()) for left in files.folder("reading").iterdir()] == [[]]


@pytest.mark.parametrize("place", ["/proc/self/root{}", "/proc/self/cwd/../..{}", "/../..{}"])
def test_no_way_around_leads_to_it(tmp_path: Path, other: Path, place: str) -> None:
    assert "refused" in tried(tmp_path, "open", place.format(other))


@pytest.mark.skipif(LANDLOCK < 4, reason="this kernel's Landlock knows of no network")
@pytest.mark.parametrize("act", ["connect", "listen"])
def test_no_address_can_be_reached(tmp_path: Path, act: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1] if act == "connect" else 0
        assert tried(tmp_path, act, port) == "refused: PermissionError"


@pytest.mark.skipif(LANDLOCK < 6, reason="this kernel's Landlock knows of no signals")
def test_no_other_process_can_be_ended(tmp_path: Path) -> None:
    assert tried(tmp_path, "signal", os.getpid()) == "refused: PermissionError"


def test_no_program_can_be_run(tmp_path: Path) -> None:
    assert tried(tmp_path, "run", "/usr/bin/env") == "refused: PermissionError"


def test_a_file_that_cannot_have_a_second_name_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "mails.csv"
    path.write_text("text,label\nWhere is it?,Delivery\n")
    assert reader.read_table(path).data.num_rows == 1


def test_a_reader_whose_folder_went_with_its_home_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "mails.csv"
    path.write_text("text,label\nWhere is it?,Delivery\n")
    assert reader.read_table(path).data.num_rows == 1
    shutil.rmtree(files.folder("reading"))
    assert reader.read_table(path).data.num_rows == 1


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    left = files.folder("reading") / "999999999-x"
    left.mkdir()
    (left / "file").write_text("x")
    own = hand_over.folder()
    assert [found.name for found in files.folder("reading").iterdir()] == [own.name]


def test_without_landlock_files_are_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confine, "version", lambda: 0)
    assert confine.confine([], []) is False
    (tmp_path / "a").write_text("still open")
    assert (tmp_path / "a").read_text() == "still open"
