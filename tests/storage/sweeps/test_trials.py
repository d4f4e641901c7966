"""Trials of sweeps, as they are kept."""

import pytest
from sqlalchemy.exc import IntegrityError

from storage.database import Store
from storage.sweeps import trials
from storage.sweeps.trials import Place
from storage.tables import Job, Project, Run
from tests.helpers.made import add_dataset, add_model, add_run
from workbench.jobs import queue
from workbench.projects import projects


@pytest.fixture
def sweep(store: Store) -> tuple[int, list[int]]:
    """A job that stands for a sweep, and two runs."""
    project_id = projects.create_project(store, "Mails")
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    run_ids = [add_run(store, project_id, version_id, model_id) for _ in range(2)]
    with store.write() as session:
        job = Job(project_id=project_id, kind="sweep", title="Sweep", spec={})
        session.add(job)
        session.flush()
        for number, run_id in enumerate(run_ids):
            trials.add(session, Place(job.id, number, {"learning_rate": 1e-4}), run_id)
        return job.id, run_ids


def test_trials_are_listed_in_their_order_and_stopped_once(
    store: Store, sweep: tuple[int, list[int]]
) -> None:
    job_id, run_ids = sweep
    with store.write() as session:
        second = trials.listing(session, job_id)[1]
        trials.stop(session, second.id, {"why": "behind", "at": 4})
        trials.stop(session, second.id, {"why": "time"})
    with store.read() as session:
        found = trials.listing(session, job_id)
        assert [(one.run_id, one.number) for one in found] == list(
            zip(run_ids, (0, 1), strict=True)
        )
        assert [one.stopped for one in found] == [None, {"why": "behind", "at": 4}]
        project_id = session.get_one(Job, job_id).project_id or 0
        assert [one.id for one in trials.of_project(session, project_id)] == [
            one.id for one in found
        ]
        assert [job.id for job in trials.sweeps(session, project_id, "sweep")] == [job_id]


def test_a_place_is_given_once(store: Store, sweep: tuple[int, list[int]]) -> None:
    with pytest.raises(IntegrityError), store.write() as session:
        trials.add(session, Place(sweep[0], 1, {}), sweep[1][0])


def test_a_deleted_run_leaves_its_place_taken(store: Store, sweep: tuple[int, list[int]]) -> None:
    job_id, run_ids = sweep
    with store.write() as session:
        session.delete(session.get_one(Run, run_ids[0]))
    with store.read() as session:
        assert [one.run_id for one in trials.listing(session, job_id)] == [None, run_ids[1]]


def test_they_go_with_their_project(store: Store, sweep: tuple[int, list[int]]) -> None:
    with store.write() as session:
        session.delete(session.get_one(Project, 1))
    with store.read() as session:
        assert trials.listing(session, sweep[0]) == []
    assert queue.list_jobs(store) == []
