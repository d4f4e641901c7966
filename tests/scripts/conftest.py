"""Scripts are started by their paths, so they know each other without a package's name."""

import sys
from pathlib import Path

import pytest

SCRIPTS = str(Path(__file__).resolve().parents[2] / "scripts")


@pytest.fixture(autouse=True)
def beside_the_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """`import lock` imports `scripts/lock.py`."""
    monkeypatch.syspath_prepend(SCRIPTS)


def command(path: Path, code: str) -> None:
    """A program at this path that runs the code."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{code}")
    path.chmod(0o755)
