"""A sweep of a tiny model by real processes: worker, conductor and trainer killed in the middle of it."""

import json
from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import DatasetVersion
from tests.fakes.harness import folder_of, until
from tests.faults.real import PATIENCE_S, Machine, trainers, wait_for_end, wait_for_phase
from tests.helpers.writers import recipe, replies
from workbench.core.recipe import from_dict
from workbench.core.tasks import COMPLETION
from workbench.data import datasets, versions
from workbench.evaluation.sweeps import sweeps
from workbench.evaluation.sweeps.space import Range
from workbench.jobs import queue
from workbench.models import catalogue
from workbench.projects import projects

SPACE = {"learning_rate": Range(1e-3, 1e-2, log=True)}
CHOSEN = {"num_train_epochs": 2, "evals_per_epoch": 2, "eval_max_rows": 2}


def start_sweep(store: Store, base: Path, folder: Path) -> int:
    """Two tries at some twenty replies; its job."""
    source = folder / "replies.jsonl"
    source.write_text("".join(f"{json.dumps(row)}\n" for row in replies(24)))
    project_id = projects.create_project(store, "Sweeps")
    saved = datasets.save_version(store, project_id=project_id, path=source, task=COMPLETION.name)
    with store.write() as session:  # exams are not what is killed here
        version = session.get_one(DatasetVersion, saved.version_id)
        version.splits = {**version.splits, "test": 0}
    model = catalogue.get_model(store, catalogue.add_folder(store, base))
    assert model.job_id is not None
    queue.cancel_job(store, model.job_id)  # this is of trainings alone
    return sweeps.start_sweep(
        store,
        project_id=project_id,
        version=versions.get_version(store, saved.version_id),
        model=next(one for one in catalogue.list_models(store) if one.path == base),
        recipe=from_dict(recipe(**CHOSEN)),
        minutes=10,
        most=2,
        space=SPACE,
    )


@pytest.mark.release
def test_a_sweep_whose_worker_is_killed_goes_on_and_tries_each_once(
    computer: Machine, store: Store, tiny: Path, tmp_path: Path
) -> None:
    sweep_id = start_sweep(store, tiny, tmp_path)
    computer.start_worker()

    def second() -> int | None:
        found = sweeps.get_sweep(store, sweep_id).trials
        return found[1].run.job.id if len(found) == 2 and found[1].run else None

    job_id = int(until(second, PATIENCE_S))
    wait_for_phase(job_id, "training", after=0)
    computer.kill_worker()
    computer.kill_trainer(job_id)
    until(lambda: not trainers(job_id) and not folder_of(sweep_id).is_locked(), PATIENCE_S)
    computer.start_worker()
    job = wait_for_end(store, sweep_id)
    assert (job.status, job.attempt) == ("succeeded", 2), job.reason
    sweep = sweeps.get_sweep(store, sweep_id)
    assert [trial.number for trial in sweep.trials] == [0, 1]
    runs = [trial.run for trial in sweep.trials if trial.run is not None]
    assert [run.status for run in runs] == ["succeeded"] * 2
    assert [run.job.attempt for run in runs] == [1, 2]
    assert len({trial.settings["learning_rate"] for trial in sweep.trials}) == 2
    assert all(trial.practice is not None for trial in sweep.trials)
    best = sweep.best
    assert best is not None
    assert best.run is not None
    assert (job.result or {})["best"] == best.run.id
    assert 0 < (job.result or {})["spent_s"] < 600
