"""Starts the web app on the first free port and says where it is; `make run` calls it.

    .venv/bin/python scripts/run.py [--port N] [--host ADDRESS]

It listens on this computer alone; on another address only once people have accounts. Without a display it only prints the address. Ctrl-C stops the web app; a training that runs
goes on in the worker.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8501
HERE = "127.0.0.1"


def main() -> int:
    """Run until stopped; returns the exit code of the web app."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, help="this port and no other")
    parser.add_argument("--host", default=HERE, help="the address to listen on")
    options = parser.parse_args()
    host, asked = usable_host(options.host), options.port
    while True:
        port = free_port(FIRST_PORT, host) if asked is None else usable_port(asked, host)
        code, answered = run(port, host)
        if answered or asked is not None or why_not(port, host) is None:
            return code  # else another program took the port at that moment: the next one then


def run(port: int, host: str) -> tuple[int, bool]:
    """The web app on this port, until it ends; its exit code, and whether it ever answered."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += [] if host == HERE else ["--server.address", host]
    web = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: web.terminate())
    address, answered = f"http://{asked_at(host)}:{port}", False
    try:
        answered = answers(f"{address}/_stcore/health", web, port)
        if answered:
            print(f"\n  SLM Workbench is running at {address}")
            print("  Press Ctrl-C to stop it. A training that is running goes on.\n", flush=True)
            if has_display():
                webbrowser.open(address)
        return web.wait(), answered
    except KeyboardInterrupt:
        web.terminate()
        web.wait()
        return 0, True


def usable_host(host: str) -> str:
    """This address, if the app may and can listen on it; else one sentence and the end."""
    if host == HERE:
        return host
    sys.path.insert(0, str(ROOT))
    from storage.errors import StorageError
    from storage.schema import open_store
    from workbench.core.errors import WorkbenchError
    from workbench.system.accounts import listening

    try:
        listening.check(open_store(), host)
    except (StorageError, WorkbenchError) as error:
        raise SystemExit(str(error)) from None
    if reason := why_not_at(host, 0):
        raise SystemExit(
            f"{host} cannot be listened on ({reason}): name an address of this computer, or 0.0.0.0 for "
            "all of them."
        )
    return host


def asked_at(host: str) -> str:
    """Under which name this computer itself reaches the app."""
    if host in (HERE, "localhost", "0.0.0.0", "::", "::1"):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def free_port(first: int, host: str = HERE) -> int:
    """The first port from `first` on that nobody listens on."""
    for port in range(first, first + 200):
        if why_not(port, host) is None:
            return port
    raise SystemExit(f"No free port from {first} to {first + 199}: name one with --port.")


def usable_port(port: int, host: str = HERE) -> int:
    """This port, if the app can listen on it; else one sentence and the end."""
    if reason := why_not(port, host):
        raise SystemExit(
            f"The port {port} cannot be used ({reason}): choose another one from 1024 to 65535, "
            "or leave --port out."
        )
    return port


def why_not(port: int, host: str = HERE) -> str | None:
    """Why nobody can listen on this port of the address now; None if one can."""
    if not 1 <= port <= 65_535:
        return "there is none of this number"
    return why_not_at(host, port)


def why_not_at(host: str, port: int) -> str | None:
    """Why nobody can listen there now; None if one can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # The web server sets it too; without it a port just freed would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return (error.strerror or str(error)).lower()
    return None


def answers(url: str, web: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until `web` answers at `url`; False if it ended first.

    Another program that took the port at the same moment may answer there, too.
    """
    while web.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                if listens(web.pid, port):
                    return True
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    return False


def listens(pid: int, port: int) -> bool:
    """Whether a process listens on a port."""
    try:
        held = psutil.Process(pid).net_connections("tcp")
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:  # nobody may be asked
        return True
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in held)


def has_display() -> bool:
    """Whether a browser window could open here."""
    return sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


if __name__ == "__main__":
    raise SystemExit(main())
