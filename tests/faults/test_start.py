"""What `make run` says when it cannot start as it was asked to."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.faults.conftest import ROOT


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def started_on(port: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/run.py", "--port", str(port)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_a_taken_port_is_one_sentence(taken: int) -> None:
    found = started_on(taken)
    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr == (
        f"The port {taken} cannot be used (address already in use): choose another one from 1024 "
        "to 65535, or leave --port out.\n"
    )


@pytest.mark.parametrize("port", [-1, 0, 65_536, 10**30])
def test_an_impossible_port_is_one_sentence(port: int) -> None:
    found = started_on(port)
    assert (found.returncode, found.stderr.count("\n")) == (1, 1)
    assert found.stderr.startswith(f"The port {port} cannot be used (there is none of this number)")
