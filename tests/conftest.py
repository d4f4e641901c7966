"""What all tests share: a home of their own, so that none ever touches real projects."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import schema
from storage.database import Store
from storage.schema import open_store


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh WORKBENCH_HOME."""
    path = tmp_path / "home"
    monkeypatch.setenv("WORKBENCH_HOME", str(path))
    monkeypatch.delenv("WORKBENCH_DATABASE_URL", raising=False)
    return path


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the newest schema, made once."""
    path = tmp_path_factory.mktemp("database") / "workbench.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def store(home: Path, migrated: Path) -> Iterator[Store]:
    """An empty store in the fresh home."""
    home.mkdir(exist_ok=True)
    shutil.copyfile(migrated, home / "workbench.db")
    opened = open_store()
    yield opened
    opened.close()
