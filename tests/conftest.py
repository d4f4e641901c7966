"""What all tests share: a home of their own, so that none ever touches real projects."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from storage.schema import open_store


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh WORKBENCH_HOME."""
    path = tmp_path / "home"
    monkeypatch.setenv("WORKBENCH_HOME", str(path))
    monkeypatch.delenv("WORKBENCH_DATABASE_URL", raising=False)
    return path


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store in the fresh home."""
    opened = open_store()
    yield opened
    opened.close()
