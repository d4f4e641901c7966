"""The product's own processes on a home of their own, without a browser."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from storage.database import Store
from tests.faults.real import Machine, machine
from tests.helpers.writers import make_writer

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Web:
    """A web process that answers."""

    port: int
    process: psutil.Process

    def resident_mb(self) -> float:
        """The memory it holds now."""
        return float(self.process.memory_info().rss) / 2**20


@pytest.fixture
def web(home: Path) -> Iterator[Web]:
    """A web process that ends with the test."""
    with running_web(home) as found:
        yield found


@contextlib.contextmanager
def running_web(home: Path) -> Iterator[Web]:
    """`streamlit run app.py` without a worker."""
    home.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "WORKBENCH_HOME": str(home), "WORKBENCH_WORKER": "service"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health", process)
        yield Web(port, psutil.Process(process.pid))
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], timeout_s: float = 60.0) -> None:
    end = time.monotonic() + timeout_s
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the app does not answer at {url}")


@pytest.fixture
def computer(store: Store) -> Iterator[Machine]:
    """Worker, trainers and web of a fresh home, to be broken."""
    with machine(store) as found:
        yield found


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama that writes nonsense."""
    return make_writer(tmp_path_factory.mktemp("models") / "tiny")
