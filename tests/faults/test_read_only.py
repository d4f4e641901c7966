"""A home on a disk that may only be read, really: a tmpfs that is mounted anew."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.schema import open_store
from tests.faults.real import CHECKOUT
from tests.pages.opened import open_page
from workbench.projects import projects

COMMANDS = (
    ["jobs"],
    ["doctor"],
    ["worker"],
    ["import", "{table}", "--project", "New"],
    ["backup", "{home}/b.zip"],
    ["restore", "{table}"],
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "questions.csv"
    path.write_text("text,category\n" + "where is it,delivery\nhow to pay,payment\n" * 20)
    return path


@pytest.fixture
def read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A used home whose disk may not be written to any more."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("this machine does not let us mount a disk (it takes root)")
    monkeypatch.setenv("WORKBENCH_HOME", str(disk / "home"))
    try:
        store = open_store()
        projects.create_project(store, "Before")
        store.close()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        yield disk / "home"
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_every_command_says_so_in_one_sentence(
    read_only: Path, table: Path, command: list[str]
) -> None:
    words = [word.format(home=read_only, table=table) for word in command]
    done = subprocess.run(
        [sys.executable, "-m", "workbench", *words],
        cwd=CHECKOUT,
        env={**os.environ, "WORKBENCH_HOME": str(read_only)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "cannot be written to (Read-only file system)" in done.stderr
    assert str(read_only) in done.stderr


def test_the_page_says_so_in_one_sentence(read_only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_page()
    assert at.title[0].value == "Your projects cannot be opened"
    assert "cannot be written to (Read-only file system)" in at.error[0].value
