"""Who may read the home: its owner, whatever the umask was and whatever an earlier version left."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import files
from storage.guard import private
from storage.schema import open_store


@pytest.fixture(autouse=True)
def _umask_of_most_people(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process that has just been started."""
    monkeypatch.setattr(private, "_users_umask", None)
    monkeypatch.setattr(private, "_not_closed", set())
    monkeypatch.setattr(private, "_narrowing", {})
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def wide_home(home: Path) -> Path:
    """A home as an earlier version left it."""
    (home / "uploads" / "ab").mkdir(parents=True)
    (home / "uploads" / "ab" / "x").write_text("secret")
    (home / "serve" / "1").mkdir(parents=True)
    (home / "serve" / "1" / "run.sh").write_text("")
    for path in (home, *home.rglob("*")):
        path.chmod(0o755)
    return home


def open_to_others(home: Path) -> list[Path]:
    return [path for path in (home, *home.rglob("*")) if mode(path) & 0o077]


def test_a_fresh_home_and_what_is_made_in_it_is_its_owners_alone(home: Path) -> None:
    open_store().close()
    (files.folder("logs") / "web.log").write_text("")
    (home / "whatever.txt").write_text("")
    assert open_to_others(home) == []
    assert private.news(home) == ""


def test_folders_above_a_home_are_as_any_program_makes_them(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = home / "team" / "ann"
    monkeypatch.setenv("WORKBENCH_HOME", str(deep))
    files.home()
    assert [mode(path) for path in (home, home / "team", deep)] == [0o755, 0o755, 0o700]


def test_an_open_home_is_closed_at_the_next_start_and_told_once(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").write_text("")
    wide_home(home)
    (home / "models").symlink_to(outside)
    (home / "uploads" / "link").symlink_to(outside / "mine")
    files.home()
    assert mode(home) == 0o700  # at once, before anything else is looked at
    open_store().close()
    assert [path for path in open_to_others(home) if not path.is_symlink()] == []
    assert mode(home / "serve" / "1" / "run.sh") == 0o700
    assert [mode(outside), mode(outside / "mine")] == [0o755, 0o644]
    assert "could read 6 files and folders" in private.news(home)
    assert caplog.text.count("could read 6 files and folders") == 1
    open_store().close()
    assert caplog.text.count("could read") == 1
    private.told(home)
    assert private.news(home) == ""


def test_it_is_looked_through_only_once_unless_it_was_opened_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store().close()
    looks: list[Path] = []
    walk = private._walk
    monkeypatch.setattr(private, "_walk", lambda path: (looks.append(path), walk(path))[1])
    open_store().close()
    assert looks == []
    (home / "opened").write_text("")
    (home / "opened").chmod(0o644)
    home.chmod(0o755)
    open_store().close()
    assert looks == [home]
    assert open_to_others(home) == []


def test_a_large_home_is_narrowed_beside_the_work(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide_home(home)
    monkeypatch.setattr(private, "_AT_ONCE_S", -1.0)
    open_store().close()
    private._narrowing[home].join()
    assert open_to_others(home) == []
    assert "could read 6" in private.news(home)


@pytest.mark.parametrize("refuses", [True, False])
def test_a_disk_without_permissions_works_and_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, refuses: bool
) -> None:
    wide_home(home)

    def chmod(path: Path, _mode: int) -> None:
        if refuses:
            raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr(Path, "chmod", chmod)
    open_store().close()
    open_store().close()
    assert private.news(home) == ""
    assert "Others who use this computer may be able to read" in private.problem(home)
    assert caplog.text.count("set WORKBENCH_HOME to a new folder") == 1


def test_a_folder_around_other_things_is_left_as_it_is(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody whose home of the workbench is all of their files, or /tmp."""
    caplog.set_level(logging.WARNING)
    wide_home(home)
    monkeypatch.setenv("HOME", str(home / "serve"))
    open_store().close()
    assert mode(home) == 0o755
    assert mode(home / "uploads" / "ab" / "x") == 0o755
    assert "not a folder of your own" in caplog.text
    home.chmod(0o700)
    open_store().close()
    assert mode(home / "uploads" / "ab" / "x") == 0o755


@pytest.mark.parametrize(("existing", "expected"), [(None, 0o644), (0o600, 0o600)])
def test_what_is_taken_elsewhere_has_the_mode_that_any_program_gives(
    home: Path, tmp_path: Path, existing: int | None, expected: int
) -> None:
    files.home()
    out = tmp_path / "out.csv"
    if existing:
        out.write_text("")
        out.chmod(existing)
    with private.taken_elsewhere(out, home):
        out.unlink(missing_ok=True)
        out.write_text("a,b")
    assert mode(out) == expected
    with private.taken_elsewhere(home / "in.csv", home):
        (home / "in.csv").write_text("a,b")
    assert mode(home / "in.csv") == 0o600
