"""What several files of the application's tests need."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # as in tests/conftest.py
    from storage.database import Store


def pytest_pycollect_makemodule() -> None:
    """Before tests are read: the same examples in every run, on a slow machine, too."""
    from hypothesis import settings

    settings.register_profile("alike", derandomize=True, deadline=None, database=None)
    settings.load_profile("alike")


@pytest.fixture
def saved(store: "Store", tmp_path: Path) -> Path:
    """A backup of a full home."""
    from tests.workbench import full_home
    from workbench.backup import make_backup

    full_home.fill(store)
    return make_backup(store, tmp_path / "all.zip").path
