"""Where real data lies on a development machine; tests that need it skip without it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared" / "data"


def real(path: str) -> Path:
    """A file of the shared data; skips the test where it is absent."""
    if not (SHARED / path).is_file():
        pytest.skip(f"{SHARED / path} is not on this machine")
    return SHARED / path
