"""The tools of `make lock` and `make audit`, in a virtual environment that goes afterwards."""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALL = ("install", "--disable-pip-version-check", "--quiet", "--no-deps", "--require-hashes")


@contextlib.contextmanager
def tools() -> Iterator[Path]:
    """The folder of the tools' commands, as `locks/tools.txt` has them.

    Raises:
        SystemExit: they cannot be installed, with a sentence (exit code 1).
    """
    with tempfile.TemporaryDirectory(prefix="slm-workbench-tools-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        commands = Path(folder) / "bin"
        lock = ROOT / "locks" / "tools.txt"
        pip = [str(commands / "python"), "-m", "pip", *INSTALL, "-r", str(lock)]
        if subprocess.run(pip, check=False).returncode != 0:
            raise SystemExit(
                "The tools in locks/tools.txt could not be installed (the lines above say why): "
                "check the internet connection and try again."
            )
        yield commands
