"""Files are read by a process of its own, which may come to harm; this one does not."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.fakes import broken_reader
from workbench.core.errors import WorkbenchError
from workbench.core.paths import CHECKOUT
from workbench.data.bulk import frames
from workbench.data.files import reader, reader_process
from workbench.data.files.reader_process import ReaderProcess
from workbench.data.readers import ReadOptions
from workbench.data.readers import read_table as read_here


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Readers that come to harm over files that say so."""
    reader.end_all()
    monkeypatch.setattr(reader_process, "PROGRAM", broken_reader.__name__)
    yield
    reader.end_all()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that has to answer within a second."""
    monkeypatch.setattr(reader, "CPU_S", 1)
    monkeypatch.setattr(reader, "_WALL", 0.7)


def _file(folder: Path, first: str = "text,label") -> Path:
    path = folder / f"{first[:9]}.csv"
    path.write_text(f"{first}\nWhere is my parcel?,Delivery\nIt broke.,Damaged\n", "utf-8")
    return path


def _started() -> list[int]:
    """The readers that this process has."""
    found = psutil.Process().children()
    return [child.pid for child in found if reader_process.PROGRAM in child.cmdline()]


def test_a_table_comes_as_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mails.csv"
    rows = "Where is ä?;a\n;b\n" * 200
    path.write_text(f"text;label\n{rows}x;y;z\n", "utf-8")

    found = reader.read_table(path, "Mails.csv", ReadOptions(quoting="literal"))

    here = read_here(path, "Mails.csv", ReadOptions(quoting="literal"))
    assert found == here
    assert found.data.schema == here.data.schema
    assert found.left_out == {"too many cells": (402,)}


def test_a_sentence_comes_as_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    with pytest.raises(WorkbenchError, match=r"Mine\.csv is empty"):
        reader.read_table(path, "Mine.csv")
    with pytest.raises(WorkbenchError, match="There is no file"):
        reader.read_table(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "harm", ["abort", "killed", "exit", "leave", "exception", "panic", "babble"]
)
@pytest.mark.usefixtures("broken")
def test_what_harms_a_reader_costs_a_sentence(home: Path, tmp_path: Path, harm: str) -> None:
    with pytest.raises(WorkbenchError) as told:
        reader.read_table(_file(tmp_path, harm), "Mails.csv")

    assert str(told.value) == (
        "Mails.csv could not be read: it is damaged, or made to do harm. "
        "Use another file, or save it anew as CSV."
    )
    assert harm in (home / "logs" / "reader.log").read_text("utf-8")
    assert len(reader.read_table(_file(tmp_path))) == 2


@pytest.mark.usefixtures("broken")
def test_what_lies_too_deep_is_said_so(home: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match=r"Mails\.csv could not be read: .* too deep"):
        reader.read_table(_file(tmp_path, "recursion"), "Mails.csv")
    assert "RecursionError" in (home / "logs" / "reader.log").read_text("utf-8")
    assert len(reader.read_table(_file(tmp_path))) == 2


@pytest.mark.parametrize("harm", ["hang", "busy"])
@pytest.mark.usefixtures("broken", "quick")
def test_a_reader_that_hangs_is_ended(tmp_path: Path, harm: str) -> None:
    with pytest.raises(WorkbenchError, match="could not be read in the time"):
        reader.read_table(_file(tmp_path, harm))
    assert not _started()


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS keeps no limit of memory")
@pytest.mark.parametrize("harm", ["memory", "alloc"])
@pytest.mark.usefixtures("broken")
def test_a_reader_gets_no_more_memory_than_is_set_aside(tmp_path: Path, harm: str) -> None:
    with pytest.raises(WorkbenchError, match=rf"{harm}\.csv needs more memory than is set aside"):
        reader.read_table(_file(tmp_path, harm))
    assert not _started()


@pytest.mark.usefixtures("broken")
def test_what_harmed_a_reader_is_not_read_again_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, "abort")
    with pytest.raises(WorkbenchError):
        reader.read_table(path)
    asked: list[object] = []
    ask = ReaderProcess.ask
    monkeypatch.setattr(
        ReaderProcess, "ask", lambda self, *how: (asked.append(how), ask(self, *how))[1]
    )

    with pytest.raises(WorkbenchError, match="could not be read"):
        reader.read_table(path)
    assert not asked

    reader.forget(path)
    with pytest.raises(WorkbenchError, match="could not be read"):
        reader.read_table(path)
    assert asked


@pytest.mark.usefixtures("broken")
def test_what_harmed_a_reader_is_called_as_the_user_calls_it(tmp_path: Path) -> None:
    """Whatever was asked of it before, and under which name."""
    path = _file(tmp_path, "weigh")
    assert not reader.is_heavy(path)
    for name in ("Mails.csv", "Other mails.csv"):
        with pytest.raises(WorkbenchError, match=f"^{name} could not be read"):
            reader.read_table(path, name)


@pytest.mark.usefixtures("broken")
def test_what_harmed_a_reader_is_read_in_another_way(tmp_path: Path) -> None:
    path = _file(tmp_path, "abort")
    with pytest.raises(WorkbenchError):
        reader.read_table(path)
    path.write_text("text,label\na,b\n", "utf-8")
    assert len(reader.read_table(path)) == 1


def test_one_process_reads_file_after_file(tmp_path: Path) -> None:
    path = _file(tmp_path)
    reader.read_table(path)
    first = _started()
    for _ in range(5):
        reader.read_table(path)
    assert first
    assert _started() == first


def test_threads_get_their_own_answers(tmp_path: Path) -> None:
    paths = [_file(tmp_path, f"text{number},label") for number in range(12)]
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(reader.read_table, paths))
    assert [table.columns[0] for table in found] == [f"text{number}" for number in range(12)]
    assert len(_started()) <= reader.MOST_AT_ONCE


def test_a_reader_that_left_is_replaced(tmp_path: Path) -> None:
    path = _file(tmp_path)
    reader.read_table(path)
    waiting = [psutil.Process(pid) for pid in _started()]
    for process in waiting:
        process.kill()
    psutil.wait_procs(waiting, timeout=20)
    assert not _started()
    assert len(reader.read_table(path)) == 2


@pytest.mark.parametrize("harm", ["", "hang"])
def test_a_reader_ends_with_its_parent(tmp_path: Path, harm: str) -> None:
    """Be it idle or in the midst of a file."""
    path = _file(tmp_path, harm or "text,label")
    code = (
        "import sys, os, threading, pathlib\n"
        "from workbench.data.files import reader, reader_process\n"
        f"reader_process.PROGRAM = {broken_reader.__name__!r}\n"
        "process = reader_process.ReaderProcess()\n"
        "print(process._process.pid, process._folder.path, flush=True)\n"
        f"reader._idle.append(process)\n"
        f"path = pathlib.Path({str(path)!r})\n"
        "threading.Thread(target=reader.read_table, args=(path,), daemon=True).start()\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    pid, folder = parent.stdout.readline().decode().split()
    child = psutil.Process(int(pid))
    assert Path(folder).is_dir()
    parent.kill()
    parent.communicate()
    psutil.wait_procs([child], timeout=20)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert not list(Path(folder).glob("*")), "empty, or gone where a reader may remove it"


def test_what_a_reader_says_is_not_believed(tmp_path: Path) -> None:
    table = read_here(_file(tmp_path))
    facts, rows = frames.facts_and_rows(table)
    assert frames.table_of(facts, bytearray(rows)) == table
    with pytest.raises(frames.Torn):
        frames.table_of(facts, bytearray(rows)[:-300])
    with pytest.raises(frames.Torn):
        frames.table_of({}, bytearray(rows))


def test_who_asks_loads_no_reader() -> None:
    """Neither the pages nor the command line could read a file by mistake."""
    code = (
        "import importlib, pathlib, sys\n"
        "import workbench.cli, workbench.ui.frame\n"
        "for path in sorted(pathlib.Path('workbench/ui').rglob('*.py')):\n"
        "    importlib.import_module('.'.join(path.with_suffix('').parts))\n"
        "readers = ('plain', 'archives', 'documents', 'tables.sheets', 'tables.jsons')\n"
        "names = [f'workbench.data.readers.{name}' for name in readers]\n"
        "print([name for name in (*names, 'python_calamine', 'pypdfium2') if name in sys.modules])\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"
