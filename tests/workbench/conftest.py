"""What several files of the application's tests need."""

from pathlib import Path

import pytest

from storage.database import Store
from tests.workbench import full_home
from workbench.backup import make_backup


@pytest.fixture
def saved(store: Store, tmp_path: Path) -> Path:
    """A backup of a full home."""
    full_home.fill(store)
    return make_backup(store, tmp_path / "all.zip").path
