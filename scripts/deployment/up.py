"""Starts on loopback what compose.yaml starts in containers: PostgreSQL, worker, two webs, Caddy.

    python scripts/deployment/up.py [--tls] [--base-path /workbench] [--confined] [--home FOLDER]

Commands, settings and health checks are read from compose.yaml, so that both cannot drift apart;
only ports and paths are others. `--confined` runs each process as a container would: nothing but the
home may be written to. PostgreSQL's programs and Caddy have to be installed. Ctrl-C ends all of it.
"""

import argparse
import contextlib
import math
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.fakes import postgres  # noqa: E402
from workbench.jobs.launchers.priority import step_back  # noqa: E402

COMPOSE = ROOT / "compose.yaml"
CADDYFILE = ROOT / "deploy" / "Caddyfile"
WEBS = ("web-1", "web-2")
PORTS = {"web-1": "8501", "web-2": "8502", "worker": "8601", "server": "8600"}
"""What the services listen on in compose.yaml."""
_WAIT_S = 180.0
_SHARES = 1024
"""Of the processor, for a container that says nothing; a step of niceness is a factor of 1.25."""
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def services(settings: Mapping[str, str]) -> dict[str, Any]:
    """The services of compose.yaml, its variables filled in as Compose does.

    Raises:
        ValueError: one that has to be set is not.
    """
    found = _filled(yaml.safe_load(COMPOSE.read_text("utf-8")), settings)
    return dict(found["services"])


def _filled(value: Any, settings: Mapping[str, str]) -> Any:
    """As Compose does it: in the texts of what was read, never in the file."""
    if isinstance(value, dict):
        return {key: _filled(inner, settings) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, settings) for inner in value]
    return _VARIABLE.sub(partial(_said, settings), value) if isinstance(value, str) else value


def _said(settings: Mapping[str, str], match: re.Match[str]) -> str:
    name, how, rest = match.groups()
    if said := settings.get(name, ""):
        return said
    if how == "?":
        raise ValueError(f"{name}: {rest}")
    return rest or ""


@dataclass
class Deployment:
    """All of it, running."""

    folder: Path
    home: Path
    address: str
    """Where people open it, with the base path, without a slash at the end."""
    database_url: str
    token: str
    """Of /metrics."""
    ports: dict[str, int]
    services: dict[str, Any]
    confined: bool = False
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def certificate(self) -> Path:
        """Of Caddy's own authority, where TLS is on."""
        return self.folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"

    def environment(self, name: str) -> dict[str, str]:
        """What a service of compose.yaml is told, with this machine's paths."""
        told = {key: str(text) for key, text in self.services[name]["environment"].items()}
        told = {
            key: text.replace("/run/secrets", str(self.folder / "secrets"))
            for key, text in told.items()
        }
        if "WORKBENCH_WORKER_PORT" in told:
            told["WORKBENCH_WORKER_PORT"] = str(self.ports["worker"])
        kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
        # What the image sets, see Dockerfile.
        image = {
            "HOME": "/tmp" if self.confined else str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "WORKBENCH_HOME": str(self.home),
            "WORKBENCH_WORKER": "service",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        return kept | image | told

    def command(self, words: list[str]) -> list[str]:
        """A command of compose.yaml with this machine's ports and Python."""
        ports = {PORTS[name]: str(port) for name, port in self.ports.items() if name in PORTS}
        found = [ports.get(word, word) for word in words]
        return [sys.executable, *found[1:]] if found[0] == "python" else found

    def start(self, name: str) -> None:
        """Start a service (again); its output goes to NAME.log beside the home."""
        command = self.command(self.services[name]["command"])
        if self.confined:
            command = [*self._confinement(), *command]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        shares = int(self.services[name].get("cpu_shares", _SHARES))
        if shares < _SHARES:
            step_back(self.processes[name].pid, round(math.log(_SHARES / shares, 1.25)))

    def _confinement(self) -> list[str]:
        """As a container with `read_only`: the file system may be read, /tmp is its own."""
        socket_folder = self.database_url.rpartition("host=")[2]
        own = [self.home, self.folder / "secrets", Path(socket_folder)]
        binds = [word for path in own for word in ("--bind", str(path), str(path))]
        return ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
                *binds, "--cap-drop", "ALL", "--"]  # fmt: skip

    def is_well(self, name: str) -> str:
        """What the service's health check says against it; empty if all is well."""
        test = self.services[name]["healthcheck"]["test"]
        done = subprocess.run(
            self.command(test[1:]),
            cwd=ROOT, env=self.environment(name), capture_output=True, text=True, check=False,
        )  # fmt: skip
        return "" if done.returncode == 0 else (done.stdout or done.stderr).strip() or "no"

    def wait(self, name: str, for_s: float = _WAIT_S) -> None:
        """Wait until the service is well.

        Raises:
            RuntimeError: it ended, or is not well in time.
        """
        until, said = time.monotonic() + for_s, "no"
        while time.monotonic() < until:
            if self.processes[name].poll() is not None:
                raise RuntimeError(f"{name} has ended: {self.log(name)[-2000:]}")
            if not (said := self.is_well(name)):
                return
            time.sleep(0.3)
        raise RuntimeError(f"{name}: {said}\n{self.log(name)[-2000:]}")

    def log(self, name: str) -> str:
        """What it has written so far."""
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def stop(self, name: str, *, kill: bool = False) -> float:
        """End a service as Compose does: SIGTERM, then SIGKILL after its grace; seconds it took.

        As with a container, whatever the process has started is killed as soon as it has ended.

        Args:
            kill: SIGKILL at once.
        """
        process = self.processes[name]
        grace = str(self.services[name].get("stop_grace_period", "10s"))
        head = psutil.Process(process.pid)
        children = head.children(recursive=True)
        # Under bubblewrap the program is a child of its, which passes no signal on.
        asked = children[0] if self.confined and name != "caddy" and children else head
        began = time.monotonic()
        asked.kill() if kill else asked.terminate()
        with contextlib.suppress(psutil.TimeoutExpired):
            asked.wait(float(grace.removesuffix("s")))
        took = time.monotonic() - began
        for one in (head, *children):
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()
        return took

    def end(self) -> None:
        """End everything."""
        for name in reversed(list(self.processes)):
            if self.processes[name].poll() is None:
                self.stop(name)


@contextlib.contextmanager
def deployed(
    home: Path,
    *,
    base_path: str = "",
    tls: bool = False,
    confined: bool = False,
    settings: Mapping[str, str] | None = None,
    before: Callable[[Deployment], None] = lambda _: None,
) -> Iterator[Deployment]:
    """The deployment, all well, as long as the block runs.

    Args:
        settings: further ones, as in .env.
        before: is called before anything but the database has started.

    Raises:
        RuntimeError: a program is missing, or a service does not start.
    """
    bin, caddy = postgres.binaries(), shutil.which("caddy")
    if bin is None or caddy is None:
        raise RuntimeError("PostgreSQL's programs and caddy have to be installed.")
    with (
        tempfile.TemporaryDirectory(prefix="workbench-up-", dir="/tmp") as name,
        postgres.running(bin) as database,
    ):
        database.execute("CREATE DATABASE workbench")
        # Its folder holds the socket, which processes without root's privileges may open, too.
        Path(database.url("").rpartition("host=")[2]).chmod(0o711)
        folder, token = Path(name), os.urandom(16).hex()
        said = {"WORKBENCH_NAME": "localhost", "WORKBENCH_BASE_PATH": base_path, **(settings or {})}
        ports = {service: free_port() for service in (*PORTS, "caddy", "caddy-health")}
        scheme = "https" if tls else "http"
        found = Deployment(
            folder, home, f"{scheme}://localhost:{ports['caddy']}{base_path}",
            database.url("workbench"), token, ports, services(said), confined,
        )  # fmt: skip
        home.mkdir(parents=True, exist_ok=True)
        (folder / "secrets").mkdir()
        (folder / "secrets" / "database_url").write_text(found.database_url)
        (folder / "secrets" / "metrics_token").write_text(token)
        (folder / "secrets" / "identity_provider").touch()
        before(found)
        try:
            for service in ("worker", *WEBS):
                found.start(service)
            for service in ("worker", *WEBS):
                found.wait(service)
            _start_caddy(found, caddy, scheme, base_path)
            yield found
        finally:
            found.end()


def _start_caddy(found: Deployment, caddy: str, scheme: str, base_path: str) -> None:
    storage = f"storage file_system {found.folder / 'caddy'}"
    webs = " ".join(f"127.0.0.1:{found.ports[name]}" for name in WEBS)
    environment = {
        **os.environ,
        "HOME": str(found.folder),
        "WORKBENCH_BASE_PATH": base_path,
        "WORKBENCH_CADDY_HEALTH": str(found.ports["caddy-health"]),
        "WORKBENCH_CADDY_OPTIONS": f"skip_install_trust\n\tauto_https disable_redirects\n\t{storage}",
        "WORKBENCH_NAME": f"{scheme}://localhost:{found.ports['caddy']}",
        "WORKBENCH_SERVER": f"127.0.0.1:{found.ports['server']}",
        "WORKBENCH_TLS": "tls internal" if scheme == "https" else "",
        "WORKBENCH_WEBS": webs,
    }
    command = [caddy, *found.services["caddy"]["command"][1:]]
    command = [str(CADDYFILE) if word == "/etc/caddy/Caddyfile" else word for word in command]
    with (found.folder / "caddy.log").open("ab") as log:
        found.processes["caddy"] = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    until = time.monotonic() + 30
    while time.monotonic() < until and found.processes["caddy"].poll() is None:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", found.ports["caddy"]), 1),
        ):
            return
        time.sleep(0.1)
    raise RuntimeError(f"Caddy does not start: {found.log('caddy')[-2000:]}")


def main() -> int:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--home", type=Path, help="where everything is kept; else it goes at the end"
    )
    parser.add_argument("--base-path", default="", help="such as /workbench")
    parser.add_argument("--tls", action="store_true", help="with a certificate of Caddy's own")
    parser.add_argument("--confined", action="store_true", help="as in a container (bubblewrap)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="workbench-home-") as fresh:
        home = (options.home or Path(fresh) / "home").absolute()
        how = {"base_path": options.base_path, "tls": options.tls, "confined": options.confined}
        with deployed(home, **how) as found:
            print(f"{found.address}  (webs {found.ports['web-1']}, {found.ports['web-2']})")
            print(f"Logs are in {found.folder}; Ctrl-C ends it.", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
