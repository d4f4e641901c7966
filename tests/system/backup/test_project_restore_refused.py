"""A file that says it holds a project, and what none holds."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage import files
from storage.database import Store
from storage.tables import (
    Job,
)
from tests.helpers import full_home
from tests.helpers.full_home import DONE
from tests.system.backup.test_restore_hostile import Backup
from workbench.core.errors import WorkbenchError
from workbench.system.backup.project_restore import restore_project


def _counts(store: Store) -> dict[str, int]:
    return {name: len(found) for name, found in full_home.all_rows(store).items()}


def _path_in_spec(backup: Backup) -> None:
    jobs = backup.rows("jobs")
    jobs[0]["spec"] = {**jobs[0]["spec"], "adapter": "/etc", "data": "~/.ssh/id_rsa"}
    backup.put_rows("jobs", jobs)


def test_paths_that_lead_elsewhere_lead_nowhere(file: Path, there: Store) -> None:
    backup = Backup(file)
    _path_in_spec(backup)
    arrived = restore_project(there, backup.write(file))
    with there.read() as session:
        mine = sa.select(Job).where(Job.project_id == arrived.project_id).order_by(Job.id)
        job = session.scalars(mine).first()
        assert job is not None
        nowhere = files.home() / "jobs" / "not-brought-along"
        assert (job.spec["adapter"], job.spec["data"]) == (str(nowhere), str(nowhere))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows/api_keys.jsonl", b'{"id": 1, "name": "x", "key_hash": "y", "ends": "z"}\n'),
        ("rows/persons.jsonl", b""),
        (f"jobs/{DONE}/checkpoints/checkpoint-1/optimizer.pt", b"x"),
        (f"jobs/{DONE}/adapter/model.pkl", b"x"),
        ("models/evil/config.json", b"{}"),
        ("../outside.txt", b"x"),
    ],
)
def test_what_no_project_has_is_refused(
    file: Path, there: Store, name: str, content: bytes
) -> None:
    backup = Backup(file)
    backup.put(name, content)
    before = _counts(there)
    with pytest.raises(WorkbenchError, match="is damaged"):
        restore_project(there, backup.write(file))
    assert _counts(there) == before


def _two_projects(backup: Backup) -> None:
    row = backup.rows("projects")[0]
    backup.put_rows("projects", [row, {**row, "id": 9, "name": "Second"}])


def _of_nobody(backup: Backup) -> None:
    backup.put_rows("evaluations", [{**backup.rows("evaluations")[0], "run_id": 77}])


def _changed(backup: Backup) -> None:
    name = next(name for name in backup.members if name.startswith("objects/"))
    backup.members[name] = b"z" * len(backup.members[name])


@pytest.mark.parametrize("change", [_two_projects, _of_nobody, _changed])
def test_rows_and_files_that_do_not_fit_are_refused(file: Path, there: Store, change: Any) -> None:
    backup = Backup(file)
    change(backup)
    before = _counts(there)
    with pytest.raises(WorkbenchError, match="is damaged"):
        restore_project(there, backup.write(file))
    assert _counts(there) == before
