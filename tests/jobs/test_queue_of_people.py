"""The queue of several people: whose jobs one may move, and what stands before all."""

import pytest

from storage import jobs
from storage.acting import Acting
from storage.database import Store
from storage.tables import Job, Membership, Person, Project
from workbench.core.errors import WorkbenchError
from workbench.jobs import overview, queue
from workbench.jobs.job import get_job

ROOT = Acting(1, "Root", administrator=True)
JO, AL = Acting(2, "Jo"), Acting(3, "Al")


@pytest.fixture
def waiting(store: Store) -> Store:
    """Jobs 1 to 3 are Jo's, 4 and 5 Al's."""
    with store.write() as session:
        session.add(Project(id=1, name="p"))
        session.add_all(
            [Person(id=who.person_id, name=who.name, email=who.name) for who in (JO, AL)]
        )
        session.flush()
        session.add_all(
            [Membership(project_id=1, person_id=number, role="editor") for number in (2, 3)]
        )
        for person_id in (2, 2, 2, 3, 3):
            jobs.add(session, "train", "t", {}, project_id=1, person_id=person_id)
    return store


def order(store: Store) -> list[int]:
    return [job.id for job in queue.list_jobs(store, active=True)]


def test_the_queue_is_shown_as_turns_come(waiting: Store) -> None:
    assert order(waiting) == [1, 4, 2, 5, 3]
    assert [job.view.id for job in overview.queue(waiting).open] == [1, 4, 2, 5, 3]
    assert [get_job(waiting, number).ahead for number in (1, 4, 2, 5, 3)] == [0, 1, 2, 3, 4]


def test_each_sets_the_order_of_their_own(waiting: Store) -> None:
    queue.move_job(waiting.acting_as(JO), 3)
    assert order(waiting) == [3, 4, 1, 5, 2]
    queue.shift_job(waiting.acting_as(AL), 5, -1)
    assert order(waiting) == [3, 5, 1, 4, 2]
    queue.shift_job(waiting.acting_as(JO), 3, -1)
    assert order(waiting) == [3, 5, 1, 4, 2]


def test_nobody_moves_the_job_of_another(waiting: Store) -> None:
    for move in (
        lambda: queue.move_job(waiting.acting_as(AL), 1),
        lambda: queue.shift_job(waiting.acting_as(AL), 1, 1),
    ):
        with pytest.raises(WorkbenchError, match="Job 1 is another person's"):
            move()
    assert order(waiting) == [1, 4, 2, 5, 3]


def test_an_administrator_sets_a_job_before_all_and_back(waiting: Store) -> None:
    queue.move_job(waiting.acting_as(ROOT), 3)
    queue.move_job(waiting.acting_as(ROOT), 5, 3)
    assert order(waiting) == [3, 5, 1, 4, 2]
    queue.move_job(waiting.acting_as(ROOT), 3, 2)
    with waiting.read() as session:
        assert not session.get_one(Job, 3).goes_first
    assert order(waiting)[0] == 5
