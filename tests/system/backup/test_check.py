"""Looking through a backup without restoring it."""

from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers import full_home
from workbench.core.errors import WorkbenchError
from workbench.system.backup.archive import Stopped
from workbench.system.backup.backup import make_backup
from workbench.system.backup.check import check_backup, last_check
from workbench.system.backup.project_backup import save_project


@pytest.fixture
def made(store: Store, tmp_path: Path) -> Path:
    full_home.fill(store)
    return make_backup(store, tmp_path / "all.zip").path


def _damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    place = content.index(b"weightsweights")
    content[place : place + 7] = b"WEIGHTS"
    path.write_bytes(content)


def test_a_whole_one_is_said_to_be_whole_until_it_changes(made: Path) -> None:
    told: list[tuple[int, int]] = []
    assert last_check(made) is None
    assert check_backup(made, lambda *numbers: told.append(numbers)).problem == ""
    assert told[-1][0] == told[-1][1] > 7000
    kept = last_check(made)
    assert kept is not None
    assert kept.problem == ""
    _damaged(made)
    assert last_check(made) is None


def test_what_is_damaged_is_named(made: Path) -> None:
    _damaged(made)
    found = check_backup(made)
    assert "models/ann--tiny/model.safetensors" in found.problem
    assert "so it cannot be restored" in found.problem
    assert last_check(made) == found


def test_a_project_is_looked_through_as_well(store: Store, made: Path, tmp_path: Path) -> None:
    assert check_backup(save_project(store, 1, tmp_path / "p.zip").path).problem == ""


def test_what_is_no_backup_is_a_finding_and_what_is_not_there_an_error(tmp_path: Path) -> None:
    film = tmp_path / "film.zip"
    film.write_text("a film")
    assert "no whole backup" in check_backup(film).problem
    with pytest.raises(WorkbenchError, match="There is no file"):
        check_backup(tmp_path / "nothing.zip")


def test_a_check_can_be_stopped_and_says_nothing_then(made: Path) -> None:
    with pytest.raises(Stopped):
        check_backup(made, is_stopped=lambda: True)
    assert last_check(made) is None
