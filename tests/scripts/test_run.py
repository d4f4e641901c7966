"""`make run`: on this machine alone, unless people have accounts."""

import socket
import sys

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
