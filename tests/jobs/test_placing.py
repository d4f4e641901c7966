"""Where jobs run: as their project says, or as they are told; what cannot leave stays here."""

import pytest

from storage.database import Store
from tests.fakes.harness import add_job, add_run, job_of
from workbench.core.errors import WorkbenchError
from workbench.jobs import placing, queue
from workbench.jobs.cluster import CLUSTER, HERE
from workbench.jobs.process.specs import CheckSpec, EvaluateSpec, Spec
from workbench.jobs.process.specs.runs import JudgeSpec

PROJECT = 1


@pytest.fixture
def project(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A project whose jobs run on the cluster."""
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    with store.write() as session:
        add_run(session)
    placing.put_project(store, PROJECT, CLUSTER)
    return store


def place_of_new(store: Store, kind: type[Spec], place: str | None = None) -> str:
    with store.write() as session:
        return placing.place_for(session, kind.kind, PROJECT, place)


def test_a_job_runs_where_its_project_does_if_it_can(project: Store) -> None:
    assert place_of_new(project, EvaluateSpec) == CLUSTER
    assert place_of_new(project, EvaluateSpec, HERE) == HERE
    assert place_of_new(project, CheckSpec) == HERE
    assert place_of_new(project, JudgeSpec) == HERE
    with pytest.raises(WorkbenchError, match="this computer only"):
        place_of_new(project, CheckSpec, CLUSTER)


def test_how_many_jobs_are_at_work_side_by_side(
    project: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert placing.at_once(project, PROJECT) == 4
    monkeypatch.setenv("WORKBENCH_RAY_JOBS", "7")
    assert placing.at_once(project, PROJECT) == 7
    monkeypatch.setenv("WORKBENCH_RAY_JOBS", "many")
    with pytest.raises(WorkbenchError, match="WORKBENCH_RAY_JOBS is 'many'"):
        placing.at_once(project, PROJECT)
    placing.put_project(project, PROJECT, HERE)
    assert placing.at_once(project, PROJECT) == 1


def test_without_a_cluster_everything_stays_here(
    project: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WORKBENCH_RAY_ADDRESS")
    assert place_of_new(project, EvaluateSpec) == HERE
    assert placing.place_of_project(project, PROJECT) == HERE
    job_id = add_job(project)
    with pytest.raises(WorkbenchError, match="No cluster is set up"):
        placing.put_job(project, job_id, CLUSTER)


def test_each_place_has_a_queue_of_its_own(project: Store) -> None:
    here, there, behind = add_job(project), add_job(project), add_job(project)
    placing.put_job(project, there, CLUSTER)
    assert job_of(project, there).place == CLUSTER
    ahead = {job.id: job.ahead for job in queue.list_jobs(project)}
    assert ahead == {here: 0, there: 0, behind: 1}


def test_only_what_cannot_be_told_of_is_given_up(project: Store) -> None:
    job_id = add_job(project)
    with pytest.raises(WorkbenchError, match="It is known"):
        queue.give_up(project, job_id)
    assert job_of(project, job_id).given_up_attempt is None
