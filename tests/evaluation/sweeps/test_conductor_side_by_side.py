"""Where a project's jobs run on the cluster, several tries of its sweep are at work side by side."""

from collections.abc import Callable

import pytest

from storage.database import Store
from storage.tables import RUNNING, STARTING, Job, Person
from tests.helpers import sweeps as made
from tests.helpers.sweeps import Ground, begin, tries
from workbench.core.errors import WorkbenchError
from workbench.evaluation.sweeps import conductor as conducting
from workbench.evaluation.sweeps import sweeps
from workbench.evaluation.sweeps.conductor import Conductor
from workbench.jobs import limits, placing
from workbench.jobs.cluster import CLUSTER, HERE
from workbench.jobs.limits import Limits
from workbench.training import runs

Conduct = Callable[[int], Conductor]


def test_as_many_run_as_the_cluster_is_given_and_each_tries_something_else(
    store: Store, cluster: Ground, conduct: Conduct
) -> None:
    conductor = conduct(cluster.start(store, most=5))
    first, second = begin(store, conductor, 2)
    conductor.look()
    assert tries(store, conductor.sweep_id) == [first, second]
    made.end_try(store, second, 0.8)
    begin(store, conductor, 1)
    made.end_try(store, first, 0.7)
    begin(store, conductor, 1)
    trials = sweeps.get_sweep(store, conductor.sweep_id).trials
    assert [one.state for one in trials] == ["done", "done", "running", "running"]
    assert [one.number for one in trials] == [0, 1, 2, 3]
    assert len({str(one.settings) for one in trials}) == 4


def test_no_other_is_begun_while_one_waits_for_its_turn_or_a_machine(
    store: Store, cluster: Ground, conduct: Conduct
) -> None:
    conductor = conduct(cluster.start(store))
    conductor.look()
    conductor.look()
    (first,) = tries(store, conductor.sweep_id)
    made.set_job(store, first, STARTING)
    conductor.look()
    assert tries(store, conductor.sweep_id) == [first]
    made.set_job(store, first, RUNNING)
    conductor.look()
    assert len(tries(store, conductor.sweep_id)) == 2


def test_a_project_may_be_moved_in_the_middle(
    store: Store, cluster: Ground, conduct: Conduct
) -> None:
    placing.put_project(store, cluster.project_id, HERE)
    conductor = conduct(cluster.start(store, most=9))
    (first,) = begin(store, conductor, 1)
    conductor.look()
    assert tries(store, conductor.sweep_id) == [first]
    placing.put_project(store, cluster.project_id, CLUSTER)
    _, second = begin(store, conductor, 1)
    assert runs.get_run(store, second).job.place == CLUSTER
    placing.put_project(store, cluster.project_id, HERE)
    made.end_try(store, first, 0.8)
    conductor.look()
    assert tries(store, conductor.sweep_id) == [first, second]
    made.end_try(store, second, 0.8)
    conductor.look()
    assert len(tries(store, conductor.sweep_id)) == 3


def test_a_run_that_cannot_be_made_now_is_waited_for_while_another_runs(
    store: Store, cluster: Ground, conduct: Conduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    conductor = conduct(cluster.start(store))
    (first,) = begin(store, conductor, 1)

    def refuse(*_: object, **__: object) -> None:
        raise WorkbenchError("Not now.")

    with monkeypatch.context() as patched:
        patched.setattr(conducting.runs, "start_run", refuse)
        conductor.look()
        made.end_try(store, first, 0.8)
        with pytest.raises(WorkbenchError, match="Not now"):
            conductor.look()
    assert len(begin(store, conductor, 1)) == 2


def test_a_person_s_limit_of_jobs_holds_for_what_runs_side_by_side(
    store: Store, cluster: Ground, conduct: Conduct
) -> None:
    sweep_id = cluster.start(store)
    with store.write() as session:
        session.add(Person(id=7, name="Jo", email="jo@x.org"))
        session.flush()
        session.get_one(Job, sweep_id).person_id = 7
    limits.set_for_person(store, 7, Limits(jobs=2))
    conductor = conduct(sweep_id)
    (first,) = begin(store, conductor, 1)
    conductor.look()
    assert tries(store, sweep_id) == [first], "the sweep and its try are two"
    limits.set_for_person(store, 7, Limits(jobs=1))
    made.end_try(store, first, 0.8)
    assert len(begin(store, conductor, 1)) == 2, "one at a time is tried in any case"
    limits.set_for_person(store, 7, Limits(jobs=3))
    assert len(begin(store, conductor, 1)) == 3


def test_the_two_exams_are_sat_side_by_side(
    store: Store, cluster: Ground, conduct: Conduct
) -> None:
    conductor = conduct(cluster.start(store, most=2))
    first, second = begin(store, conductor, 2)
    made.end_try(store, first, 0.8)
    made.end_try(store, second, 0.9)
    assert not conductor.look()
    assert made.exams(store) == [second, first]
    conductor.stop()
    assert conductor.look()


def test_a_conductor_that_is_killed_at_each_look_tries_the_same(
    store: Store, cluster: Ground, conduct: Conduct
) -> None:
    found = []
    for minutes, fresh in ((60, False), (61, True)):
        sweep_id = cluster.start(store, most=6, minutes=minutes)
        conductor = conduct(sweep_id)
        for score in (0.8, 0.7, 0.9, 0.6, 0.5):
            while len(conductor.sweep.running) < 2:
                begin(store, conductor, 1)
                conductor = conduct(sweep_id) if fresh else conductor
            made.end_try(store, tries(store, sweep_id)[-2], score)
        found.append([one.settings for one in conductor.sweep.trials])
    assert found[0] == found[1]
    assert len({str(settings) for settings in found[0]}) == 6
