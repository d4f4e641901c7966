"""The command line that users have, in a home of its own, with a worker that ends with it."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def own_home() -> Iterator[Path]:
    """A folder for files, with a fresh home beside them that `workbench` works in."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_HOME"] = str(Path(folder) / "home")
        worker = subprocess.Popen([sys.executable, "-m", "workbench", "worker"], cwd=ROOT)
        try:
            yield Path(folder)
        finally:
            worker.terminate()
            worker.wait(timeout=90)


def workbench(*arguments: object) -> dict[str, Any]:
    """The JSON object that `python -m workbench … --json` prints.

    Raises:
        SystemExit: the command failed, with what it said.
    """
    command = [sys.executable, "-m", "workbench", *map(str, arguments), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[3:])}\n{done.stderr[-2000:]}")
    value: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return value
