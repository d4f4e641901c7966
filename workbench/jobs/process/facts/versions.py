"""What a machine does jobs with: versions of the workbench, of Python, of the libraries that count."""

import functools
import hashlib
import importlib.metadata
import platform
from collections.abc import Mapping

from workbench import VERSION
from workbench.core.paths import CHECKOUT
from workbench.core.words import joined

SHAPING = ("torch", "transformers", "peft", "bitsandbytes", "accelerate", "tokenizers")
"""The libraries that shape a result."""
_MORE = ("numpy", "safetensors", "scikit-learn", "pyarrow")
"""Those by which files are written that another machine reads."""
MISSING = "none"
_PROGRAM = "the workbench"
_MOST_NAMED = 3


@functools.cache
def program_digest() -> str:
    """What the files of this program are, as of this process's first look: two of one version differ
    by it where one of them was changed."""
    digest = hashlib.sha256()
    for path in sorted((CHECKOUT / "workbench").rglob("*.py")):
        digest.update(f"{path.relative_to(CHECKOUT).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def versions_here() -> dict[str, str]:
    """Name → version, as `differences` compares them."""
    return {
        _PROGRAM: f"{VERSION} (program {program_digest()})",
        "Python": ".".join(platform.python_version_tuple()[:2]),
        **{name: _version(name) for name in (*SHAPING, *_MORE)},
    }


def _version(name: str) -> str:
    """A library's version, without the kind of machine that it was built for."""
    try:
        return importlib.metadata.version(name).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return MISSING


def refusal(machine: str, sender: Mapping[str, str], own: Mapping[str, str]) -> str:
    """Why a machine does no job of a sender whose versions are others; empty where all are the same."""
    told = {name: (own.get(name, MISSING), sender.get(name, MISSING)) for name in {**own, **sender}}
    other = {name: both for name, both in told.items() if both[0] != both[1]}
    if not other:
        return ""
    named = list(other.items())[:_MOST_NAMED]
    there = joined([_said(name, versions[0]) for name, versions in named])
    here = joined([_said(name, versions[1]) for name, versions in named])
    return (
        f"The machine {machine} of the cluster has {there} where this computer has {here}, so nothing "
        "was started there: bring both to the same version of the workbench, run `make setup` on both, "
        "then start it again."
    )


def _said(name: str, version: str) -> str:
    return f"no {name}" if version == MISSING else f"{name} {version}"
