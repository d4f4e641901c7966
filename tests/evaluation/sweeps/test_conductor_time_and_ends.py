"""Tries that run side by side share the time of their sweep, and each ends by itself."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from storage.tables import CANCELLED, FAILED, RUNNING, STARTING, Job, Person, now
from tests.helpers import sweeps as made
from tests.helpers.sweeps import Clock, Ground, begin, tries
from workbench.core.errors import WorkbenchError
from workbench.evaluation.sweeps import conductor as conducting
from workbench.evaluation.sweeps.budget import Costs
from workbench.evaluation.sweeps.conductor import Conductor
from workbench.evaluation.sweeps.tried import DISK
from workbench.jobs import limits, placing
from workbench.jobs.cluster import CLUSTER, HERE
from workbench.jobs.limits import Limits
from workbench.training import runs

Conduct = Callable[[int], Conductor]


def is_asked_to_end(store: Store, run_id: int) -> bool:
    return runs.get_run(store, run_id).job.cancel_requested_at is not None


def test_a_second_counts_once_whoever_works_and_not_while_a_machine_is_waited_for(
    store: Store, cluster: Ground, conduct: Conduct, clock: Clock
) -> None:
    conductor = conduct(cluster.start(store))
    conductor.look()
    (first,) = tries(store, conductor.sweep_id)
    made.set_job(store, first, STARTING)
    clock.work(conductor, 30)
    assert conductor.timer.spent_s == 0
    made.set_job(store, first, RUNNING)
    begin(store, conductor, 1)
    clock.work(conductor, 30)
    assert conductor.timer.spent_s == pytest.approx(30, abs=6)


def test_what_it_waited_for_a_machine_is_not_expected_of_the_next(
    store: Store, cluster: Ground, conduct: Conduct
) -> None:
    conductor = conduct(cluster.start(store, minutes=60))
    (first,) = begin(store, conductor, 1)
    made.end_try(store, first, 0.8)
    with store.write() as session:
        job = session.get_one(Job, runs.get_run(store, first).job.id)
        job.finished_at = now()
        job.started_at, job.attempt = job.finished_at - dt.timedelta(hours=10), 1
    assert len(begin(store, conductor, 1)) == 2


def test_when_the_time_is_up_all_that_run_are_stopped(
    store: Store, cluster: Ground, conduct: Conduct, clock: Clock
) -> None:
    conductor = conduct(cluster.start(store, minutes=2, most=9))
    found = begin(store, conductor, 2)
    made.end_try(store, found[0], 0.8)
    found = begin(store, conductor, 1)
    clock.work(conductor, 125)
    assert [is_asked_to_end(store, run_id) for run_id in found[1:]] == [True, True]
    for run_id in found[1:]:
        made.end_try(store, run_id, None, status=CANCELLED)
    conductor.look()
    assert (conductor.ended, conductor.result()["best"]) == ("time", found[0])


def test_each_of_those_that_run_is_compared_with_those_that_are_over(
    store: Store, cluster: Ground, conduct: Conduct
) -> None:
    conductor = conduct(cluster.start(store, most=9))
    for loss in (0.5, 0.6, 0.7):
        run_id = begin(store, conductor, 1)[-1]
        made.learn(store, run_id, dict.fromkeys(range(0, 49, 12), loss))
        made.end_try(store, run_id, 1 - loss)
    behind, fine = begin(store, conductor, 2)[-2:]
    made.learn(store, behind, {24: 0.9})
    made.learn(store, fine, {24: 0.55})
    conductor.look()
    assert [is_asked_to_end(store, run_id) for run_id in (behind, fine)] == [True, False]


def test_one_that_was_judged_is_judged_again_when_another_is_over(
    store: Store, cluster: Ground, conduct: Conduct
) -> None:
    conductor = conduct(cluster.start(store, most=9))
    for loss in (0.5, 0.6):
        run_id = begin(store, conductor, 1)[-1]
        made.learn(store, run_id, dict.fromkeys(range(0, 49, 12), loss))
        made.end_try(store, run_id, 1 - loss)
    behind, third = begin(store, conductor, 2)[-2:]
    made.learn(store, behind, {24: 0.9})
    conductor.look()
    assert not is_asked_to_end(store, behind), "too few to compare with"
    made.learn(store, third, dict.fromkeys(range(0, 49, 12), 0.7))
    made.end_try(store, third, 0.3)
    conductor.look()
    assert is_asked_to_end(store, behind)


def test_no_try_begins_once_all_the_disk_of_who_asked_is_taken(
    store: Store, tmp_path: Path, conduct: Conduct
) -> None:
    sweep_id = made.ground(store, tmp_path).start(store, most=9)
    with store.write() as session:
        session.add(Person(id=7, name="Jo", email="jo@x.org"))
        session.flush()
        session.get_one(Job, sweep_id).person_id = 7
    limits.set_for_person(store, 7, Limits(disk_mb=1))
    conductor = conduct(sweep_id)
    (first,) = begin(store, conductor, 1)
    made.end_try(store, first, 0.8)
    found = begin(store, conductor, 1)
    assert len(found) == 2, "what the first one made is less than that"
    folder = files.job_folder(runs.get_run(store, found[1]).job.id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model").write_bytes(b"0" * 1_000_001)
    made.end_try(store, found[1], 0.9)
    conductor.look()
    assert tries(store, sweep_id) == found
    assert conductor.ended == DISK


def test_who_stops_it_stops_all_that_run(store: Store, cluster: Ground, conduct: Conduct) -> None:
    conductor = conduct(cluster.start(store))
    found = begin(store, conductor, 2)
    conductor.stop()
    assert [is_asked_to_end(store, run_id) for run_id in found] == [True, True]


def test_what_runs_beside_it_takes_none_of_a_tries_time(
    store: Store,
    cluster: Ground,
    conduct: Conduct,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    conductor = conduct(cluster.start(store, minutes=3, most=9))
    monkeypatch.setattr(conducting.budget, "expected_s", lambda *_: 100.0)
    first, _ = begin(store, conductor, 2)
    clock.work(conductor, 90)
    made.end_try(store, first, 0.8)
    clock.work(conductor, 10)
    assert len(tries(store, conductor.sweep_id)) == 2, "a third does not fit any more"
    assert conductor.ended == "", "while one runs nothing is decided"


@pytest.mark.parametrize(("place", "count"), [(HERE, 1), (CLUSTER, 2)])
def test_the_time_of_one_exam_is_kept_where_two_are_sat_side_by_side(
    store: Store,
    cluster: Ground,
    conduct: Conduct,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    count: int,
) -> None:
    placing.put_project(store, cluster.project_id, place)
    conductor = conduct(cluster.start(store, minutes=2))
    monkeypatch.setattr(conducting.budget, "expected_s", lambda *_: 85.0)
    monkeypatch.setattr(Costs, "exam_s", lambda *_: 30.0)
    (first,) = begin(store, conductor, 1)
    made.end_try(store, first, 0.8)
    conductor.look()
    assert len(tries(store, conductor.sweep_id)) == count


def test_a_first_try_that_fails_lets_no_other_begin_and_those_that_run_end(
    store: Store, cluster: Ground, conduct: Conduct
) -> None:
    conductor = conduct(cluster.start(store))
    first, second = begin(store, conductor, 2)
    made.end_try(store, first, None, status=FAILED)
    conductor.look()
    assert tries(store, conductor.sweep_id) == [first, second]
    assert not is_asked_to_end(store, second)
    made.end_try(store, second, 0.8)
    conductor.look()
    assert (conductor.ended, conductor.result()["best"]) == ("first", second)
    made.end_try(store, second, None, status=FAILED)
    with pytest.raises(WorkbenchError, match="The first try failed"):
        conduct(conductor.sweep_id).look()


def test_several_that_failed_one_after_the_other_are_those_that_are_over(
    store: Store, cluster: Ground, conduct: Conduct
) -> None:
    conductor = conduct(cluster.start(store, most=9))
    (first,) = begin(store, conductor, 1)
    made.end_try(store, first, 0.8)
    begin(store, conductor, 2)
    for number in (1, 2):
        made.end_try(store, tries(store, conductor.sweep_id)[number], None, status=FAILED)
        begin(store, conductor, 1)
    *_, third, last = tries(store, conductor.sweep_id)
    made.end_try(store, third, None, status=FAILED)
    conductor.look()
    assert tries(store, conductor.sweep_id)[-1] == last
    made.end_try(store, last, None, status=FAILED)
    conductor.look()
    assert conductor.ended == "failures"
