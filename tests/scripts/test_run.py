"""`make run`: on this machine alone, unless people have accounts."""

import http.server
import socket
import subprocess
import sys
import threading

import pytest

from scripts import run
from storage.database import Store
from tests.helpers import accounts


def test_beyond_this_machine_it_does_not_start_without_accounts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(run.subprocess, "Popen", lambda command, **_: started.append(command))
    monkeypatch.setattr(sys, "argv", ["run.py", "--host", "0.0.0.0"])
    with pytest.raises(SystemExit, match="nobody has an account here: make the first one"):
        run.main()
    assert not started
    accounts.make_quick(monkeypatch)
    accounts.person(store, "Ada", administrator=True)
    assert run.usable_host("0.0.0.0") == "0.0.0.0"


def test_an_address_of_another_machine_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.make_quick(monkeypatch)
    accounts.person(store, "Ada", administrator=True)
    with pytest.raises(SystemExit, match=r"192\.0\.2\.1 cannot be listened on"):
        run.usable_host("192.0.2.1")


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"The port {port} cannot be used"):
            run.usable_port(port)
        assert run.free_port(port) != port


def test_what_answers_at_the_port_of_another_program_is_not_the_app() -> None:
    """Two that are started at the same moment find the same port free; only one gets it."""
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler
    ) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        ours = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)"])
        port = other.server_address[1]
        assert not run.answers(f"http://127.0.0.1:{port}/README.md", ours, port)
        other.shutdown()
    assert ours.wait() == 0


def test_the_next_port_is_tried_if_another_program_was_sooner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[int] = []

    def refused(port: int, host: str) -> tuple[int, bool]:
        tried.append(port)
        return (1, False) if len(tried) == 1 else (0, True)

    monkeypatch.setattr(run, "run", refused)
    monkeypatch.setattr(run, "why_not", lambda port, host: "taken" if port in tried else None)
    monkeypatch.setattr(sys, "argv", ["run.py"])
    assert run.main() == 0
    assert tried == [run.FIRST_PORT, run.FIRST_PORT + 1]
