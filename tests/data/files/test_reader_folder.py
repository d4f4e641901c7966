"""Folders of readers: each goes with the process that asks, at the latest when the next one starts."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.core.paths import CHECKOUT
from workbench.data.bulk.frames import FOLDER_PREFIX
from workbench.data.files import reader_folder


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files that no other process uses."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    reader_folder._sweep_once.cache_clear()
    yield tmp_path
    reader_folder._sweep_once.cache_clear()


def _grow_old(path: Path) -> None:
    then = time.time() - 3600
    os.utime(path, (then, then))


def test_a_folder_is_held_until_it_is_removed() -> None:
    made = reader_folder.ReaderFolder()
    (made.path / "unpacked").write_text("x")
    _grow_old(made.path)
    reader_folder.sweep()
    assert made.path.is_dir()

    made.remove()
    made.remove()
    assert not made.path.exists()


def test_the_next_start_removes_what_a_killed_process_left(temporary: Path) -> None:
    code = (
        "import os, signal, tempfile\n"
        f"tempfile.tempdir = {str(temporary)!r}\n"
        "from workbench.data.files import reader_folder\n"
        "print(reader_folder.ReaderFolder().path, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    left = Path(told.stdout.strip())
    assert left.is_dir()
    _grow_old(left)

    own = reader_folder.ReaderFolder()
    assert not left.exists()
    assert own.path.is_dir()
    own.remove()


def test_what_is_young_or_of_another_name_is_left(temporary: Path) -> None:
    young, other = temporary / f"{FOLDER_PREFIX}young", temporary / "other-old"
    link = temporary / f"{FOLDER_PREFIX}link"
    for folder in (young, other):
        folder.mkdir()
    link.symlink_to(other, target_is_directory=True)
    _grow_old(other)
    reader_folder.sweep()
    assert young.is_dir()
    assert other.is_dir()
    assert link.is_symlink()
