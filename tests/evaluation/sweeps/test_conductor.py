"""A sweep is looked after: one try after the other, in its time, and none twice whoever is killed."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import CANCELLED, RUNNING, Job, now
from tests.helpers import sweeps as made
from tests.helpers.sweeps import Clock, Ground
from workbench.core.errors import WorkbenchError
from workbench.evaluation.sweeps import conductor as conducting
from workbench.evaluation.sweeps import sweeps
from workbench.evaluation.sweeps.conductor import Conductor
from workbench.training import runs


@pytest.fixture
def ground(store: Store, tmp_path: Path) -> Ground:
    return made.ground(store, tmp_path)


def running(store: Store, sweep_id: int) -> int:
    """The run that is tried now, which is let begin."""
    run = sweeps.get_sweep(store, sweep_id).trials[-1].run
    assert run is not None
    assert not run.job.is_over
    made.set_job(store, run.id, RUNNING)
    return run.id


def through(store: Store, conductor: Conductor, sweep_id: int, scores: list[float]) -> list[int]:
    """Each try ends with its score; their runs."""
    found = []
    for score in scores:
        conductor.look()
        found.append(running(store, sweep_id))
        made.end_try(store, found[-1], score)
    return found


def test_tries_come_one_after_the_other_and_the_first_is_what_it_began_with(
    store: Store, ground: Ground, conduct: Callable[[int], Conductor]
) -> None:
    sweep_id = ground.start(store, most=4)
    conductor = conduct(sweep_id)
    run_ids = through(store, conductor, sweep_id, [0.8, 0.7, 0.9, 0.6])
    first, *others = (runs.get_run(store, run_id) for run_id in run_ids)
    assert first.recipe == made.RECIPE.as_dict()
    assert len({str(run.recipe) for run in (first, *others)}) == 4
    changed = {k for run in others for k, v in run.recipe.items() if v != first.recipe[k]}
    assert changed == {"learning_rate", "weight_decay"}
    assert first.name == f"Sweep {sweep_id}, try 1"


def test_the_best_is_told_by_practice_and_only_it_and_the_first_sit_the_exam(
    store: Store, ground: Ground, conduct: Callable[[int], Conductor]
) -> None:
    sweep_id = ground.start(store, most=3)
    conductor = conduct(sweep_id)
    run_ids = through(store, conductor, sweep_id, [0.8, 0.9, 0.7])
    for number in (1, 0):
        assert not conductor.look()
        assert made.exams(store)[-1] == run_ids[number]
        made.set_job(store, run_ids[number], "succeeded", "evaluate")
    assert conductor.look()
    assert made.exams(store) == [run_ids[1], run_ids[0]]
    result = conductor.result()
    assert (result["best"], result["ended"], result["tries"]) == (run_ids[1], "number", 3)
    assert result["dropped"] == [run_ids[2]]
    kept = [runs.get_run(store, run_id).is_usable for run_id in run_ids]
    assert kept == [True, True, False]
    assert [made.adapter_of(store, run_id).exists() for run_id in run_ids] == kept


def test_of_equal_ones_the_less_wrong_wins_then_the_usual_settings(
    store: Store, ground: Ground, conduct: Callable[[int], Conductor]
) -> None:
    sweep_id = ground.start(store, most=3)
    conductor = conduct(sweep_id)
    run_ids = through(store, conductor, sweep_id, [0.8, 0.8, 0.8])
    assert conductor.result()["best"] == run_ids[0]
    made.end_try(store, run_ids[2], 0.8, loss=0.4)
    assert conductor.result()["best"] == run_ids[2]


def test_a_conductor_that_is_killed_anywhere_tries_nothing_twice_and_the_same_next(
    store: Store, ground: Ground, conduct: Callable[[int], Conductor]
) -> None:
    whole, killed = ground.start(store, most=4), ground.start(store, most=4, minutes=61)
    scores = [0.8, 0.7, 0.9, 0.6]
    through(store, conduct(whole), whole, scores)
    for score in scores:
        conduct(killed).look()
        conduct(killed).look()
        made.end_try(store, running(store, killed), score)
    one, other = (sweeps.get_sweep(store, number).trials for number in (whole, killed))
    assert [t.settings for t in one] == [t.settings for t in other]
    assert [t.number for t in other] == [0, 1, 2, 3]


def test_time_counts_only_while_a_try_works_and_over_all_attempts(
    store: Store, ground: Ground, conduct: Callable[[int], Conductor], clock: Clock
) -> None:
    sweep_id = ground.start(store)
    conductor = conduct(sweep_id)
    conductor.look()
    clock.work(conductor, 60)
    assert conductor.timer.spent_s == 0, "it waits in the queue"
    running(store, sweep_id)
    clock.work(conductor, 30)
    assert conductor.timer.spent_s == pytest.approx(30, abs=6)
    spent = conductor.timer.spent_s
    clock.now += 3600  # the computer sleeps
    again = conduct(sweep_id)
    clock.work(again, 20)
    assert again.timer.spent_s == pytest.approx(spent + 20, abs=6)


def test_a_try_that_the_time_is_not_enough_for_is_stopped_and_none_comes_after_it(
    store: Store, ground: Ground, conduct: Callable[[int], Conductor], clock: Clock
) -> None:
    sweep_id = ground.start(store, minutes=2, most=9)
    conductor = conduct(sweep_id)
    first = through(store, conductor, sweep_id, [0.8])[0]
    conductor.look()
    second = running(store, sweep_id)
    clock.work(conductor, 115)
    assert runs.get_run(store, second).job.cancel_requested_at is None
    clock.work(conductor, 10)
    assert runs.get_run(store, second).job.cancel_requested_at is not None
    assert conductor.timer.spent_s + conductor._exams_s() + 5 >= 60 * 2
    made.end_try(store, second, None, status=CANCELLED)
    conductor.look()
    assert (conductor.ended, conductor.result()["best"]) == ("time", first)
    assert [t.why for t in sweeps.get_sweep(store, sweep_id).trials] == ["", "time"]


def test_no_try_begins_that_would_not_fit(
    store: Store,
    ground: Ground,
    conduct: Callable[[int], Conductor],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sweep_id = ground.start(store, minutes=3, most=9)
    conductor = conduct(sweep_id)
    monkeypatch.setattr(conducting.budget, "expected_s", lambda *_: 100.0)
    conductor.look()
    run_id = running(store, sweep_id)
    clock.work(conductor, 90)
    made.end_try(store, run_id, 0.8)
    conductor.look()
    assert conductor.ended == "time"
    assert len(sweeps.get_sweep(store, sweep_id).trials) == 1


def test_hours_in_which_a_killed_try_lay_still_are_not_expected_of_the_next(
    store: Store, ground: Ground, conduct: Callable[[int], Conductor]
) -> None:
    sweep_id = ground.start(store, minutes=60)
    conductor = conduct(sweep_id)
    first = through(store, conductor, sweep_id, [0.8])[0]
    job_id = runs.get_run(store, first).job.id
    for attempt, tries in ((1, 1), (2, 2)):  # ten hours at a stretch, or with a death between
        with store.write() as session:
            job = session.get_one(Job, job_id)
            job.finished_at = now()
            job.started_at, job.attempt = job.finished_at - dt.timedelta(hours=10), attempt
        again = conduct(sweep_id)
        again._examined = lambda _: False  # type: ignore[method-assign]
        again.look()
        assert len(sweeps.get_sweep(store, sweep_id).trials) == tries


def test_a_try_that_is_behind_half_of_the_others_is_stopped_early(
    store: Store, ground: Ground, conduct: Callable[[int], Conductor]
) -> None:
    sweep_id = ground.start(store, most=9)
    conductor = conduct(sweep_id)
    steps = 48  # 96 rows to learn from, 4 at a time, twice
    for loss in (0.5, 0.6, 0.7):
        conductor.look()
        run_id = running(store, sweep_id)
        made.learn(store, run_id, dict.fromkeys(range(0, steps + 1, 12), loss))
        made.end_try(store, run_id, 1 - loss)
    conductor.look()
    behind = running(store, sweep_id)
    made.learn(store, behind, {0: 2.0})
    conductor.look()
    assert runs.get_run(store, behind).job.cancel_requested_at is None, "too early to tell"
    made.learn(store, behind, {24: 0.9})
    conductor.look()
    assert runs.get_run(store, behind).job.cancel_requested_at is not None
    made.end_try(store, behind, None, status=CANCELLED)
    conductor.look()
    trials = sweeps.get_sweep(store, sweep_id).trials
    assert (trials[3].why, trials[3].state, len(trials)) == ("behind", "behind", 5)


def test_a_first_try_that_fails_ends_it_with_its_reason(
    store: Store, ground: Ground, conduct: Callable[[int], Conductor]
) -> None:
    sweep_id = ground.start(store)
    conductor = conduct(sweep_id)
    conductor.look()
    made.end_try(store, running(store, sweep_id), None, status="failed")
    with pytest.raises(WorkbenchError, match="The first try failed"):
        conductor.look()


def test_one_of_several_that_fails_or_is_deleted_is_passed_over(
    store: Store, ground: Ground, conduct: Callable[[int], Conductor]
) -> None:
    sweep_id = ground.start(store, most=4)
    conductor = conduct(sweep_id)
    run_ids = through(store, conductor, sweep_id, [0.8, 0.9])
    made.end_try(store, run_ids[1], None, status="failed")
    conductor.look()
    deleted = running(store, sweep_id)
    made.end_try(store, deleted, 0.9)
    runs.delete_run(store, deleted)
    conductor.look()
    trials = sweeps.get_sweep(store, sweep_id).trials
    assert [t.state for t in trials] == ["done", "lost", "lost", "running"]
    assert conductor.result()["best"] == run_ids[0]


def test_who_stops_it_keeps_what_was_tried(
    store: Store, ground: Ground, conduct: Callable[[int], Conductor]
) -> None:
    sweep_id = ground.start(store)
    conductor = conduct(sweep_id)
    done = through(store, conductor, sweep_id, [0.8])[0]
    conductor.look()
    at_work = running(store, sweep_id)
    conductor.stop()
    assert runs.get_run(store, at_work).job.cancel_requested_at is not None
    result = conductor.result()
    assert (result["best"], result["dropped"]) == (done, [])
