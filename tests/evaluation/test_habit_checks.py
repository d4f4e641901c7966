"""The check of what else a model learned: queued once, estimated, and read."""

from pathlib import Path

import pytest

from storage import files, jobs
from storage.database import Store
from storage.tables import DatasetVersion, Job, Run
from tests.helpers.exams import add_trained
from tests.helpers.habits import FOUND, habits_of_writer
from tests.helpers.made import end_job
from workbench.core.errors import WorkbenchError
from workbench.evaluation import habit_checks
from workbench.jobs.job import spec_of
from workbench.jobs.process.specs import HabitsSpec
from workbench.jobs.queue import cancel_job


def test_the_job_is_told_the_model_and_the_whole_version(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    job_id = habit_checks.start_habits(store, trained.run_id)
    with store.read() as session:
        job = jobs.get(session, job_id)
        version = session.get_one(DatasetVersion, trained.version_id)
        assert job is not None
        spec = spec_of(job, HabitsSpec)
    assert spec is not None
    assert spec.data == files.object_path(version.content_hash)
    assert (spec.task, spec.system, spec.adapter) == (
        "completion", "Be kind.", tmp_path / "adapter of Run 1",
    )  # fmt: skip
    assert (job.run_id, job.project_id, job.title) == (
        trained.run_id, trained.project_id, "Check of what else Run 1 learned",
    )  # fmt: skip


def test_one_that_waits_is_not_started_twice(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    first = habit_checks.start_habits(store, trained.run_id)
    assert habit_checks.start_habits(store, trained.run_id) == first
    cancel_job(store, first)
    assert habit_checks.start_habits(store, trained.run_id) != first


def test_the_last_that_came_to_its_end_counts(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    assert habit_checks.last_found(store, trained.run_id) is None
    first = habit_checks.start_habits(store, trained.run_id)
    end_job(store, first, habits=habits_of_writer(FOUND))
    cancel_job(store, habit_checks.start_habits(store, trained.run_id))
    found = habit_checks.last_found(store, trained.run_id)
    assert found is not None
    assert found.id == first


def test_what_will_be_asked_depends_on_the_model(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    writer = add_trained(store, tmp_path / "a", task="completion", kind="causal")
    sorter = add_trained(
        store, tmp_path / "b", kind="encoder", name="Run 2", project_id=writer.project_id
    )
    long, short = (habit_checks.outlook(store, one.run_id) for one in (writer, sorter))
    assert long.asked.writes
    assert not short.asked.writes
    assert long.seconds > 60 > short.seconds
    assert not long.by_turns
    with store.write() as session:
        run = session.get_one(Run, sorter.run_id)
        run.result = {**(run.result or {}), "exam": "turns"}
    assert habit_checks.outlook(store, sorter.run_id).by_turns


def test_what_the_last_check_took_is_the_best_guess(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    end_job(store, habit_checks.start_habits(store, trained.run_id), habits={}, seconds=321.0)
    assert habit_checks.outlook(store, trained.run_id).seconds == 321.0


def test_without_a_model_there_is_one_sentence(store: Store) -> None:
    with pytest.raises(WorkbenchError, match="no training run 7"):
        habit_checks.start_habits(store, 7)


def test_a_deleted_jobs_spec_is_no_trouble(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    job_id = habit_checks.start_habits(store, trained.run_id)
    with store.write() as session:
        session.get_one(Job, job_id).spec = {"kind": HabitsSpec.kind}
    assert [job.id for job in habit_checks.habit_jobs(store, trained.run_id)] == [job_id]
