"""Starts the web app on the first free port and says where it is; `make run` calls it.

    .venv/bin/python scripts/run.py [--port N]

Without a display it only prints the address. Ctrl-C stops the web app; a training that runs
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

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8501


def main() -> int:
    """Run until stopped; returns the exit code of the web app."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, help="this port and no other")
    asked = parser.parse_args().port
    port = free_port(FIRST_PORT) if asked is None else usable_port(asked)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    web = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: web.terminate())
    address = f"http://localhost:{port}"
    try:
        if answers(f"{address}/_stcore/health", web):
            print(f"\n  SLM Workbench is running at {address}")
            print("  Press Ctrl-C to stop it. A training that is running goes on.\n", flush=True)
            if has_display():
                webbrowser.open(address)
        return web.wait()
    except KeyboardInterrupt:
        web.terminate()
        web.wait()
        return 0


def free_port(first: int) -> int:
    """The first port from `first` on that nobody listens on."""
    for port in range(first, first + 200):
        if why_not(port) is None:
            return port
    raise SystemExit(f"No free port from {first} to {first + 199}: name one with --port.")


def usable_port(port: int) -> int:
    """This port, if the app can listen on it; else one sentence and the end."""
    if reason := why_not(port):
        raise SystemExit(
            f"The port {port} cannot be used ({reason}): choose another one from 1024 to 65535, "
            "or leave --port out."
        )
    return port


def why_not(port: int) -> str | None:
    """Why nobody can listen on this port of 127.0.0.1 now; None if one can."""
    if not 1 <= port <= 65_535:
        return "there is none of this number"
    with socket.socket() as probe:
        # The web server sets it too; without it a port just freed would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return (error.strerror or str(error)).lower()
    return None


def answers(url: str, web: subprocess.Popen[bytes]) -> bool:
    """Wait until `url` answers; False if the process ended first."""
    while web.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def has_display() -> bool:
    """Whether a browser window could open here."""
    return sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


if __name__ == "__main__":
    raise SystemExit(main())
