"""One project in a file, and an installation that it is brought to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from storage.schema import open_store
from tests.helpers import full_home
from tests.helpers.two_installations import fill_other, more_of_ours, other_project
from workbench.system.backup.project_backup import save_project


@pytest.fixture
def file(store: Store, tmp_path: Path) -> Path:
    """The project 'Mails' of an installation that has another one, whose home is gone."""
    full_home.fill(store)
    other_project(store)
    more_of_ours(store)
    return save_project(store, 1, tmp_path / "mails.zip").path


@pytest.fixture
def there(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Another installation (SQLite), which has given numbers of its own already."""
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "there"))
    monkeypatch.delenv("WORKBENCH_DATABASE_URL", raising=False)
    opened = open_store()
    fill_other(opened)
    yield opened
    opened.close()
