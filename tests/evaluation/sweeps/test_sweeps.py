"""A sweep as it is looked at, and what others take of it."""

from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import DatasetVersion
from tests.helpers import sweeps as made
from tests.helpers.sweeps import Ground
from workbench.core.errors import WorkbenchError
from workbench.data import versions
from workbench.evaluation.sweeps import sweeps
from workbench.evaluation.sweeps.conductor import Conductor
from workbench.evaluation.sweeps.timer import Timer
from workbench.training import runs


@pytest.fixture
def ground(store: Store, tmp_path: Path) -> Ground:
    return made.ground(store, tmp_path)


def tried(store: Store, ground: Ground, folder: Path, scores: list[float]) -> list[int]:
    """A sweep whose tries have ended with these scores; their runs."""
    sweep_id = ground.start(store, most=len(scores))
    conductor = Conductor(store, sweep_id, made.spec_of(store, sweep_id), Timer(folder))
    for score in scores:
        conductor.look()
        made.end_try(store, runs.list_runs(store, ground.project_id)[0].id, score)
    return [trial.run.id for trial in conductor.sweep.trials if trial.run]


def test_who_looks_for_a_model_meets_the_best_of_a_sweep_before_its_other_tries(
    store: Store, ground: Ground, tmp_path: Path
) -> None:
    older = tried(store, ground, tmp_path, [0.5])
    several = tried(store, ground, tmp_path, [0.7, 0.9, 0.8])
    newest_first = runs.list_runs(store, ground.project_id)
    found = sweeps.best_first(store, ground.project_id, newest_first)
    assert [run.id for run in found] == [several[1], several[2], several[0], *older]
    assert sweeps.sweep_of(store, found[0]) == sweeps.list_sweeps(store, ground.project_id)[0].id


def test_data_without_practice_questions_is_refused(store: Store, ground: Ground) -> None:
    with store.write() as session:
        version = session.get_one(DatasetVersion, ground.version.id)
        version.splits = {**version.splits, "validation": 0}
    bare = Ground(ground.project_id, versions.get_version(store, ground.version.id), ground.model)
    with pytest.raises(WorkbenchError, match="has no practice questions"):
        bare.start(store)


def test_a_time_that_is_too_short_for_one_try_is_refused(
    store: Store, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps.budget.Costs, "try_s", lambda *_: 3600.0)
    with pytest.raises(WorkbenchError, match="One try alone takes about 60 minutes"):
        ground.start(store, minutes=5)
    ground.start(store, minutes=45)
