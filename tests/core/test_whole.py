"""What is written appears whole or not at all, and leaves nothing beside it."""

import threading
from pathlib import Path

import pytest

from storage import sweep
from workbench.core.whole import whole_file, whole_folder


class Broken(Exception):
    """What goes wrong."""


def half_of(path: Path) -> None:
    path.write_text("half")
    raise Broken


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("flushed", [True, False])
def test_a_file_takes_the_place_of_the_former_one(tmp_path: Path, flushed: bool) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")
    with whole_file(target, flushed=flushed) as part:
        part.write_text("new")
        assert target.read_text() == "old"
    assert (target.read_text(), names(tmp_path)) == ("new", ["a.json"])


def test_of_a_file_that_fails_nothing_is_left(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")
    with pytest.raises(Broken), whole_file(target) as part:
        half_of(part)
    with pytest.raises(FileNotFoundError), whole_file(target):
        pass  # nobody wrote it
    assert (target.read_text(), names(tmp_path)) == ("old", ["a.json"])


def test_what_a_killed_process_leaves_of_a_file_is_swept(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a.json") as part:
        part.write_text("new")
        assert sweep._PART.fullmatch(part.name)


def test_two_threads_may_write_the_same_file(tmp_path: Path) -> None:
    target, both = tmp_path / "a.json", threading.Barrier(2)

    def write(text: str) -> None:
        with whole_file(target) as part:
            part.write_text(text)
            both.wait(10)

    other = threading.Thread(target=write, args=("one",))
    other.start()
    write("two")
    other.join()
    assert target.read_text() in ("one", "two")
    assert names(tmp_path) == ["a.json"]


@pytest.mark.parametrize(("over", "kept"), [(True, "new"), (False, "old")])
def test_a_folder_takes_the_place_of_the_former_one_or_leaves_it(
    tmp_path: Path, over: bool, kept: str
) -> None:
    target = tmp_path / "adapter"
    with whole_folder(target, over=over) as part:
        (part / "weights").write_text("old")
    with whole_folder(target, over=over) as part:
        (part / "weights").write_text("new")
    assert ((target / "weights").read_text(), names(tmp_path)) == (kept, ["adapter"])
    assert target.stat().st_mode & 0o077 == 0  # for its owner alone


def test_of_a_folder_that_fails_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(Broken), whole_folder(tmp_path / "adapter") as part:
        half_of(part / "weights")
    assert names(tmp_path) == []
