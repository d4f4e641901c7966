"""When trainings will be done: in turn, between office hours, and what is not known is said."""

import datetime as dt
from dataclasses import replace

from storage import jobs
from storage.acting import Acting
from storage.database import Store
from storage.tables import RUNNING, Job, Project, now
from tests.helpers import made
from workbench.core.hours.office_hours import OfficeHours
from workbench.projects import ready
from workbench.projects.ready import Expected, Ready
from workbench.system.hardware import Hardware
from workbench.system.hardware import hardware as found_here

AT = dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC)
HOURS = OfficeHours(dt.time(8), dt.time(18), zone=dt.UTC)
HOUR = 3600.0


def hardware() -> Hardware:
    """This machine, as fast as most: what is expected of a training follows from it."""
    return replace(found_here(), gflops=400.0)


def at(hour: int, day: int = 2) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


def test_each_begins_when_the_one_before_it_ends() -> None:
    lane = [Expected(1, HOUR, True), Expected(2, None, False), Expected(3, HOUR, True)]
    assert ready.in_turn(AT, lane, None) == {1: Ready(at(7)), 2: Ready(at(7)), 3: Ready(at(8), 1)}


def test_trainings_stand_still_in_office_hours_and_others_do_not() -> None:
    lane = [Expected(1, 3 * HOUR, True), Expected(2, HOUR, False), Expected(3, 12 * HOUR, True)]
    assert ready.in_turn(AT, lane, HOURS) == {
        1: Ready(at(19)),
        2: Ready(at(20)),
        3: Ready(at(8, day=3)),
    }


def test_what_runs_and_waits_is_counted_whoever_may_see_it(store: Store) -> None:
    with store.write() as session:
        session.add(Project(id=1, name="p"))
    version_id, model_id = made.add_dataset(store, 1), made.add_model(store)
    for status in ("running", "queued"):
        made.add_run(store, 1, version_id, model_id, status=status)
    with store.write() as session:
        running, waiting = jobs.listing(session)
        running.status, running.progress = RUNNING, {"seconds_left": 600.0}
        running.person_id = waiting.person_id = 8
        jobs.add(session, "evaluate", "an exam", {}, project_id=1, person_id=8)
    begun = now()
    stranger = store.acting_as(Acting(person_id=7, name="Jo"))
    found = ready.of_new(stranger, hardware(), 100.0)
    assert found.unknown == 0
    assert 700 <= (found.at - begun).total_seconds() < 760, (
        "after what runs, before another's second"
    )
    alone = ready.of_jobs(store, hardware())
    assert set(alone) == {1, 2}
    assert 600 <= (alone[1].at - begun).total_seconds() < 660
    assert alone[2].at > alone[1].at
    with store.write() as session:
        for job in (session.get_one(Job, 1), session.get_one(Job, 2)):
            job.person_id = None
        session.get_one(Job, 3).person_id = None
    assert ready.of_new(store, hardware(), 100.0).unknown == 1
