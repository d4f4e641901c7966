"""What a process that is kept apart can do, and what it cannot."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.fakes.harness import until
from workbench.core.errors import WorkbenchError
from workbench.jobs.process import isolation

apart = pytest.mark.skipif(bool(isolation.why_not()), reason=isolation.why_not() or "it works")
TRIES = """
import socket, sys
own, other, secrets, database, port = sys.argv[1:]
def tried(what):
    try:
        return what() or "done"
    except OSError as error:
        return type(error).__name__
print(tried(lambda: open(own + "/x", "w").write("x") and None))
print(tried(lambda: open(other + "/x", "w").write("x") and None))
print(tried(lambda: ",".join(__import__("os").listdir(secrets)) or "empty"))
print(tried(lambda: open(database).read() or "empty"))
print(tried(lambda: socket.create_connection(("127.0.0.1", int(port)), 2).close()))
"""


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    own, other, secrets, database = (tmp_path / name for name in ("own", "other", "secrets", "db"))
    for folder in (own, other, secrets):
        folder.mkdir()
    (secrets / "hub").write_text("token")
    database.write_text("rows")
    return [own, other, secrets, database]


def tried(folders: list[Path], *, network: bool) -> list[str]:
    own, _, *hidden = folders
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = [*map(str, folders), str(server.getsockname()[1])]
        command = isolation.wrapped(
            [sys.executable, "-c", TRIES, *words], [own], hidden, network=network, ends_with_us=True
        )
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split()


@apart
def test_it_writes_to_its_own_folder_and_reaches_nobody(folders: list[Path]) -> None:
    assert tried(folders, network=False) == [
        "done",
        "OSError",
        "empty",
        "PermissionError",
        "ConnectionRefusedError",
    ]
    assert (folders[0] / "x").exists()
    assert not (folders[1] / "x").exists()


@apart
def test_who_asks_an_address_has_the_network(folders: list[Path]) -> None:
    assert tried(folders, network=True)[-1] == "done"


@apart
@pytest.mark.parametrize(("ending", "code"), [("sys.exit(3)", 3), ("os.kill(os.getpid(), 9)", -9)])
def test_the_programs_own_ending_is_told(tmp_path: Path, ending: str, code: int) -> None:
    program = [sys.executable, "-c", f"import os, sys; {ending}"]
    command = isolation.wrapped(program, [tmp_path], network=False, ends_with_us=True)
    assert isolation.exit_code(subprocess.run(command, check=False, timeout=60).returncode) == code


@apart
def test_a_pipe_is_handed_down_and_ends_with_its_other_end(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    program = [
        sys.executable,
        "-c",
        f"import os; print(os.read({reading}, 10)); os.read({reading}, 1)",
    ]
    command = isolation.wrapped(program, [tmp_path], network=False, ends_with_us=False)
    process = subprocess.Popen(command, pass_fds=(reading,), stdout=subprocess.PIPE, text=True)
    os.close(reading)
    os.write(writing, b"hello")
    assert process.stdout
    assert process.stdout.readline() == "b'hello'\n"
    assert process.poll() is None
    os.close(writing)
    assert process.wait(30) == 0
    process.stdout.close()


def test_where_it_is_not_possible_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    isolation.why_not.cache_clear()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(WorkbenchError, match="not possible here: bubblewrap is not installed"):
        isolation.wrapped(["true"], [], network=False, ends_with_us=True)
    isolation.why_not.cache_clear()


def test_a_system_without_namespaces_is_told_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolation.why_not.cache_clear()
    stub = tmp_path / "bwrap"
    stub.write_text("#!/bin/sh\necho 'No permissions to create a new namespace' >&2\nexit 1\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert isolation.why_not() == "No permissions to create a new namespace"
    isolation.why_not.cache_clear()


def test_it_is_off_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(isolation.VARIABLE, raising=False)
    assert not isolation.is_wanted()
    monkeypatch.setenv(isolation.VARIABLE, "bwrap")
    assert isolation.is_wanted()
    monkeypatch.setenv(isolation.VARIABLE, "docker")
    with pytest.raises(WorkbenchError, match="WORKBENCH_ISOLATE is 'docker', and there is only"):
        isolation.is_wanted()


def test_a_process_dies_with_who_asked_for_it(tmp_path: Path) -> None:
    if isolation.why_not():
        pytest.skip(isolation.why_not())
    command = isolation.wrapped(["sleep", "60"], [tmp_path], network=False, ends_with_us=True)
    process = subprocess.Popen(command)
    head = psutil.Process(process.pid)
    # Bubblewrap's own child names the program, too, before it is bound to us and becomes it.
    program = until(
        lambda: [c for c in head.children(recursive=True) if c.cmdline()[:1] == ["sleep"]]
    )[0]
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: not program.is_running() or program.status() == psutil.STATUS_ZOMBIE)
