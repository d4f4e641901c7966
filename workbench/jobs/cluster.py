"""The Ray cluster that jobs may run on, where whoever runs the workbench has named one.

WORKBENCH_RAY_ADDRESS      of its Jobs API, such as http://head:8265
WORKBENCH_RAY_TOKEN_FILE   holds the cluster's token
WORKBENCH_RAY_FILES        where its machines and this one leave files for each other: a folder that
                           all share (/shared/slm), or s3://bucket/slm
WORKBENCH_RAY_CHECKOUT     the workbench's folder on its machines; without: where it is here
WORKBENCH_RAY_PYTHON       its Python there; without: the one that runs here
WORKBENCH_RAY_GPUS         graphics cards that a job is given (0)
WORKBENCH_RAY_CPUS         processor cores that a job is given (1)
WORKBENCH_RAY_JOBS         how many jobs are given to it at a time (4)
WORKBENCH_RAY_WORKERS      how many machines learn a training together, each with so many cores and cards (1)
"""

import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from storage import files
from workbench.core.errors import WorkbenchError
from workbench.core.paths import CHECKOUT
from workbench.core.whole import whole_file

ADDRESS, TOKEN_FILE, FILES = (
    f"WORKBENCH_RAY_{name}" for name in ("ADDRESS", "TOKEN_FILE", "FILES")
)
WORKERS = "WORKBENCH_RAY_WORKERS"
HERE, CLUSTER = "local", "ray"
"""Where a job runs: this computer or the cluster; also the launchers' names."""


@dataclass(frozen=True)
class Cluster:
    """What is known of it."""

    address: str
    token: str
    files: str
    """The store's address, with `://`."""
    checkout: str
    python: str
    gpus: float = 0.0
    """That a job is given."""
    cpus: float = 1.0
    """That a job is given."""
    at_once: int = 4
    """Jobs of one lane that are given to it at a time."""
    workers: int = 1
    """Machines that learn a training together."""


def is_named() -> bool:
    """Whether there is a cluster to choose."""
    return bool(os.environ.get(ADDRESS, "").strip())


def configured() -> Cluster | None:
    """The cluster; None where none is named.

    Raises:
        WorkbenchError: what is said of it is not whole, or cannot be.
    """
    address = os.environ.get(ADDRESS, "").strip().rstrip("/")
    if not address:
        return None
    if not address.startswith(("http://", "https://")):
        raise WorkbenchError(
            f"{ADDRESS} is '{address}', but has to be the address of the cluster's Jobs API: write "
            "it like http://head:8265."
        )
    return Cluster(
        address,
        _token(),
        _files(),
        os.environ.get("WORKBENCH_RAY_CHECKOUT") or str(CHECKOUT),
        os.environ.get("WORKBENCH_RAY_PYTHON") or sys.executable,
        _number("WORKBENCH_RAY_GPUS", 0.0),
        _number("WORKBENCH_RAY_CPUS", 1.0),
        at_once(),
        _workers(),
    )


def at_once() -> int:
    """How many jobs of one lane are given to it at a time, which everybody may know.

    Raises:
        WorkbenchError: what is said of it is no number.
    """
    return max(1, int(_number("WORKBENCH_RAY_JOBS", 4.0)))


def _token() -> str:
    named = os.environ.get(TOKEN_FILE, "").strip()
    if not named:
        raise WorkbenchError(
            "A cluster without a token runs the code of anybody who reaches it, so none is used: start "
            f"it with RAY_AUTH_MODE=token, and name the file with its token in {TOKEN_FILE}."
        )
    try:
        token = Path(named).expanduser().read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise WorkbenchError(
            f"The cluster's token cannot be read from {named} ({why}): name the right file in "
            f"{TOKEN_FILE}."
        ) from error
    if not token:
        raise WorkbenchError(f"The file {named} holds no token: write the cluster's into it.")
    return token


def _files() -> str:
    named = os.environ.get(FILES, "").strip().rstrip("/")
    if "://" in named:
        return named
    if not named.startswith("/"):
        raise WorkbenchError(
            f"{FILES} has to say where this computer and the cluster leave files for each other: a "
            "folder that all of them share, with its full path, or s3://bucket/path."
        )
    return f"file://{named}"


def _number(name: str, default: float) -> float:
    text = os.environ.get(name, "").strip()
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e6:
        raise WorkbenchError(f"{name} is '{text}', but has to be a number from 0 up.")
    return value


def _workers() -> int:
    value = _number(WORKERS, 1.0)
    if value < 1 or value != int(value):
        raise WorkbenchError(
            f"{WORKERS} is '{os.environ[WORKERS].strip()}', but has to be a whole number from 1 up: so "
            "many machines learn a training together."
        )
    return int(value)


def home_name() -> str:
    """What this installation is called among those that use the same cluster; given once."""
    path = files.folder("cluster") / "name"
    if not path.exists():
        with whole_file(path, flushed=True) as part:
            part.write_text(secrets.token_hex(4))
    return path.read_text().strip()
