"""People take turns: nobody waits while another has two, and each one's own order is kept."""

import datetime as dt
from collections import Counter

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import jobs
from storage.acting import Acting
from storage.database import Store
from storage.operating import turns
from storage.tables import SUCCEEDED, Job, Project
from tests.helpers import made

ROOT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
KINDS = ("train", "evaluate")
Waiting = list[tuple[int, int | None, bool]]


def waiting_of(people: list[int | None]) -> Waiting:
    return [(number, person, False) for number, person in enumerate(people, start=1)]


@given(
    st.lists(st.none() | st.integers(1, 4), max_size=20),
    st.dictionaries(st.integers(1, 4), st.integers(0, 99)),
)
@settings(max_examples=200)
def test_nobody_who_waits_is_passed_by_twice(people: list[int | None], ran: dict[int, int]) -> None:
    waiting = waiting_of(people)
    last = {person: ROOT + dt.timedelta(seconds=at) for person, at in ran.items()}
    order = turns.in_turn(waiting, last)
    person_of = {job: person for job, person, _ in waiting}
    assert sorted(order) == [job for job, _, _ in waiting]
    for person in {*people}:
        own = [job for job in order if person_of[job] == person]
        assert own == sorted(own)
        if person is None:
            continue
        begin = 0
        for mine in own:
            passed = Counter(person_of[job] for job in order[begin : order.index(mine)])
            assert all(count <= 1 for who, count in passed.items() if who is not None)
            begin = order.index(mine) + 1


@given(st.none() | st.integers(1, 4), st.integers(0, 9), st.booleans())
def test_of_one_person_it_is_the_order_of_the_queue(
    person: int | None, count: int, ran: bool
) -> None:
    last = {person: ROOT} if person is not None and ran else {}
    assert turns.in_turn(waiting_of([person] * count), last) == list(range(1, count + 1))


def test_what_is_set_before_all_comes_before_all() -> None:
    waiting: Waiting = [(1, 1, False), (2, 1, True), (3, 2, False), (4, 2, True)]
    assert turns.in_turn(waiting, {}) == [2, 4, 1, 3]


def put(store: Store, person_id: int | None, kind: str = "train") -> int:
    who = Acting(person_id, "P", administrator=True) if person_id is not None else None
    with store.acting_as(who).write() as session:
        return jobs.add(session, kind, "t", {}).id


def claimed(store: Store, *, over: bool = True) -> int | None:
    with store.write() as session:
        job = jobs.claim(session, KINDS)
        if job is not None and over:
            jobs.change(session, job.id, job.attempt, (job.status,), status=SUCCEEDED)
        return job.id if job is not None else None


def test_claims_come_in_the_order_that_was_told(store: Store) -> None:
    for person in (1, 1, 1, 2, None, 3, 2, 3):
        put(store, person)
    assert [claimed(store) for _ in range(2)] == [1, 4]
    put(store, 4)
    with store.read() as session:
        told = turns.waiting(session, KINDS)
        rows = jobs.in_turn(session, jobs.listing(session, ("queued",)), [KINDS])
        assert [job.id for job in rows] == told
        assert [jobs.ahead_of(session, job, KINDS) for job in rows] == list(range(7))
    assert told == [5, 6, 9, 2, 7, 8, 3]
    assert [claimed(store) for _ in range(8)] == [*told, None]


def test_who_has_fewest_running_goes_first(store: Store) -> None:
    for person in (1, 1, 2, 2, 2):
        put(store, person)
    assert [claimed(store, over=False) for _ in range(5)] == [1, 3, 2, 4, 5]


def test_other_kinds_of_jobs_take_no_turn(store: Store) -> None:
    for kind in ("prepare", "train", "train"):
        put(store, 1, kind)
    put(store, 2)
    with store.write() as session:
        jobs.claim(session, ("prepare",))
    assert claimed(store) == 2


def test_without_accounts_jobs_go_by_their_place(store: Store) -> None:
    for _ in range(4):
        put(store, None)
    with store.write() as session:
        jobs.move(session, 4, None)
        rows = jobs.listing(session, ("queued",))
        assert jobs.in_turn(session, rows, [KINDS]) == list(rows)
    assert [claimed(store) for _ in range(4)] == [4, 1, 2, 3]


def test_a_job_is_of_who_asks_for_it_or_had_the_run_trained(store: Store) -> None:
    with store.write() as session:
        session.add(Project(id=1, name="p"))
    run_id = made.add_run(store, 1, made.add_dataset(store, 1), made.add_model(store))
    with store.write() as session:
        session.execute(sa.delete(Job))
    with store.acting_as(Acting(7, "Jo", administrator=True)).write() as session:
        assert jobs.add(session, "train", "t", {}, run_id=run_id).person_id == 7
    with store.write() as session:
        assert jobs.add(session, "evaluate", "e", {}, run_id=run_id).person_id == 7
        assert jobs.add(session, "serve", "s", {}).person_id is None
        assert jobs.add(session, "train", "t", {}, person_id=8).person_id == 8
