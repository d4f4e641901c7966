"""What several files of the application's tests need."""

from pathlib import Path

import pytest
from hypothesis import settings

from storage.database import Store
from tests.workbench import full_home
from workbench.backup import make_backup

settings.register_profile("alike", derandomize=True, deadline=None, database=None)
settings.load_profile("alike")  # the same examples in every run, on a slow machine, too


@pytest.fixture
def saved(store: Store, tmp_path: Path) -> Path:
    """A backup of a full home."""
    full_home.fill(store)
    return make_backup(store, tmp_path / "all.zip").path
