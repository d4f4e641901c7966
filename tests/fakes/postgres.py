"""A PostgreSQL server of the tests' own: in a temporary folder, reached by a socket, without fsync."""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

ADMIN = "postgres"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
}


def binaries() -> Path | None:
    """The folder with initdb and postgres, the newest version first; None without them."""
    folders = sorted(
        glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4])
    )
    on_path = shutil.which("postgres")
    folders = ([os.path.dirname(os.path.realpath(on_path))] if on_path else []) + folders
    found = [Path(f) for f in folders if (Path(f) / "initdb").exists()]
    return found[-1] if found else None


def _unprivileged() -> dict[str, Any]:
    """Whom the server runs as, since it refuses to run as root; for `subprocess`."""
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    who = names.get(ADMIN) or names["nobody"]
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


class Server:
    """A running server; `url(name)` leads to one of its databases."""

    def __init__(self, folder: Path, bin: Path) -> None:
        self._folder, self._bin = folder, bin
        self._user = _unprivileged() if os.geteuid() == 0 else {}
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make the cluster."""
        if self._user:
            os.chown(self._folder, self._user["user"], self._user["group"])
        data = ["-D", str(self._folder / "data"), "-U", ADMIN, "-A", "trust", "-E", "UTF8"]
        self._run([str(self._bin / "initdb"), *data, "--locale=C", "--no-sync"])

    def start(self) -> None:
        """Start and wait until it answers."""
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        self._process = subprocess.Popen(
            [
                str(self._bin / "postgres"),
                *("-D", str(self._folder / "data"), "-k", str(self._folder)),
                *settings,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            **self._user,
        )
        end = time.monotonic() + 30
        while True:
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        """End at once, whoever is connected."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def execute(self, statement: str) -> None:
        """One statement, outside of a transaction, in the administrator's database."""
        address = f"host={self._folder} user={ADMIN} dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://{ADMIN}@/{name}?host={self._folder}"

    @contextlib.contextmanager
    def database(self, name: str, template: str = "template0") -> Iterator[str]:
        """A database for one test, a copy of another; its address."""
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.url(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, command: list[str]) -> None:
        options: dict[str, Any] = {**self._user, "cwd": self._folder}
        done = subprocess.run(command, capture_output=True, text=True, **options)
        assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def running(bin: Path) -> Iterator[Server]:
    """A server, as long as it is needed."""
    folder = Path(tempfile.mkdtemp(prefix="workbench-pg-", dir="/tmp"))  # sockets have short names
    server = Server(folder, bin)
    try:
        server.prepare()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
