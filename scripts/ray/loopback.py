"""A real Ray cluster on this computer: machines that are added and lost, and a line that is cut."""

import contextlib
import itertools
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil

RAY = (sys.executable, "-m", "ray.scripts.scripts")
START_TIMEOUT_S = 45
"""Ray's patience with a job for which there is no machine; 900 by default."""
_STORE_BYTES = 100 * 2**20


class Loopback:
    """A head node without room for jobs, and machines with room for one each."""

    def __init__(self, folder: Path) -> None:
        self.token_file = folder / "token"
        self.token_file.write_text(secrets.token_hex(32))
        self.token_file.chmod(0o600)
        self._folder = folder
        # Sockets lie below it, whose paths may have 107 characters.
        self._temporary = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))
        self._port, self._dashboard = free_port(), free_port()
        self._head: subprocess.Popen[bytes] | None = None
        self._machines: list[subprocess.Popen[bytes]] = []
        self._numbers = itertools.count(1)

    @property
    def address(self) -> str:
        """Of the Jobs API."""
        return f"http://127.0.0.1:{self._dashboard}"

    def start_head(self) -> None:
        """Start the head node and wait until it takes jobs."""
        self._head = self._start(
            "head", "--head", f"--port={self._port}", f"--dashboard-port={self._dashboard}",
            "--dashboard-host=127.0.0.1", f"--temp-dir={self._temporary}", "--num-cpus=0",
        )  # fmt: skip
        self._wait(lambda: self._ask("/api/jobs/") is not None)

    def add_machine(self) -> None:
        """Add a machine with room for one job, and wait until the head knows it."""
        address = f"--address=127.0.0.1:{self._port}"
        name = f"machine-{next(self._numbers)}"
        self._machines.append(self._start(name, address, "--num-cpus=1"))
        self._wait(lambda: self.machines >= len(self._machines))

    @property
    def machines(self) -> int:
        """How many machines the head knows beside itself."""
        told = self._ask("/nodes?view=summary") or {}
        nodes = told.get("data", {}).get("summary", [])
        return sum(node.get("raylet", {}).get("state") == "ALIVE" for node in nodes) - 1

    def lose_machine(self, process: psutil.Process) -> None:
        """End, without a word, the machine on which a process works, and all that it runs."""
        for machine in self._machines:
            below = psutil.Process(machine.pid).children(recursive=True)
            if process in below:
                self._machines.remove(machine)
                _kill_all(machine)
                return
        raise SystemExit(f"{process} works on no machine of the cluster.")

    def lose_head(self) -> None:
        """End the head node without a word."""
        if self._head is not None:
            _kill_all(self._head)
        self._head = None

    def end_machines(self) -> None:
        """End all machines but the head node."""
        for machine in self._machines:
            _kill_all(machine)
        self._machines = []

    def end(self) -> None:
        """Leave nothing."""
        self.end_machines()
        self.lose_head()
        subprocess.run(["rm", "-rf", str(self._temporary)], check=False)

    def _start(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*RAY, "start", "--block", "--disable-usage-stats", *options,
                 f"--object-store-memory={_STORE_BYTES}",
                 f"--dashboard-agent-listen-port={free_port()}"],
                env={
                    **os.environ,
                    "RAY_AUTH_MODE": "token",
                    "RAY_AUTH_TOKEN_PATH": str(self.token_file),
                    "RAY_JOB_START_TIMEOUT_SECONDS": str(START_TIMEOUT_S),
                    "WORKBENCH_SCRATCH": str(self._folder / name),
                    "OMP_NUM_THREADS": "1",
                },
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _ask(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token_file.read_text()}"}
        with contextlib.suppress(httpx.HTTPError, ValueError):
            answer = httpx.get(self.address + path, headers=headers, timeout=10, trust_env=False)
            return answer.json() if answer.status_code == 200 else None
        return None

    def _wait(self, condition: Callable[[], bool], timeout_s: float = 300.0) -> None:
        until = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > until:
                raise SystemExit(f"The cluster did not start: see {self._folder}.")
            time.sleep(0.5)


class Line:
    """What lies between this computer and the cluster: a port that can be cut off."""

    def __init__(self, to_port: int) -> None:
        self._to, self.is_cut = to_port, False
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            near, _ = self._server.accept()
            if self.is_cut:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                near.close()
                continue
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while (chunk := one.recv(65536)) and not self.is_cut:
                other.sendall(chunk)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        tree = [psutil.Process(process.pid)]
        tree += tree[0].children(recursive=True)
        for one in tree:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def loopback(folder: Path) -> Iterator[Loopback]:
    """A cluster while the block runs."""
    cluster = Loopback(folder)
    try:
        yield cluster
    finally:
        cluster.end()
