"""The cluster as whoever looks after an installation sees it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.acting import Acting
from storage.database import Store
from storage.tables import RUNNING, Job
from tests.fakes.harness import add_job
from tests.fakes.ray_cluster import FakeCluster
from workbench.core.errors import WorkbenchError
from workbench.jobs.cluster import CLUSTER, home_name
from workbench.jobs.launchers.ray_jobs import Resources
from workbench.jobs.launchers.ray_machines import Room
from workbench.system.installation.cluster_state import look, own_jobs


@pytest.fixture
def cluster(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCluster]:
    made = FakeCluster(tmp_path / "cluster")
    made.name_in(monkeypatch, tmp_path)
    yield made
    made.end()


def test_without_a_cluster_there_is_nothing_to_say(store: Store) -> None:
    assert look(store) is None


def test_its_machines_and_our_jobs_there_are_told(store: Store, cluster: FakeCluster) -> None:
    job_id = add_job(store, place=CLUSTER)
    add_job(store)
    name = f"job-{job_id}-a1-{home_name()}"
    cluster.has_room = False
    for given in (name, name.replace("-a1-", "-a1-s0-"), "job-7-a1-another"):
        cluster.jobs.submit(given, "exec nothing", Resources(1, 0), {}, {})
        cluster.say(given, status="RUNNING")
    state = look(store, cluster.jobs)
    assert state is not None
    assert state.problems == ()
    assert [machine.name for machine in state.machines] == ["head", "gpu-1"]
    machine = state.machines[1]
    assert machine.cores == Room(1.0, 0.0)
    assert own_jobs(machine) == [job_id]
    assert len(machine.jobs) == 3
    assert (state.running, state.waiting) == (0, 1)


def test_a_job_that_runs_is_counted_apart(store: Store, cluster: FakeCluster) -> None:
    job_id = add_job(store, place=CLUSTER)
    with store.write() as session:
        session.get_one(Job, job_id).status = RUNNING
    state = look(store, cluster.jobs)
    assert state is not None
    assert (state.running, state.waiting) == (1, 0)


def test_one_that_does_not_answer_says_so(store: Store, cluster: FakeCluster) -> None:
    cluster.answers = False
    state = look(store, cluster.jobs)
    assert state is not None
    assert state.machines == ()
    assert "does not answer" in state.problems[0]


def test_files_that_cannot_be_reached_are_told_as_well(store: Store, cluster: FakeCluster) -> None:
    cluster.files.rename(cluster.files.with_name("away"))
    state = look(store, cluster.jobs)
    assert state is not None
    assert len(state.machines) == 2
    assert "is not there: mount it" in state.problems[0]


def test_only_administrators_look(store: Store, cluster: FakeCluster) -> None:
    stranger = store.acting_as(Acting(2, "Ben"))
    with pytest.raises(WorkbenchError, match="Only administrators"):
        look(stranger, cluster.jobs)
    assert not cluster.asked
