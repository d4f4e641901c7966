"""What a person may take up is told before a job is made, and set by administrators alone."""

import pytest

from storage import files
from storage.acting import Acting
from storage.database import Store
from storage.tables import Job, Membership, Person, Project
from workbench.core.errors import WorkbenchError
from workbench.jobs import limits, queue
from workbench.jobs.limits import Limits
from workbench.jobs.process.specs import ConvertSpec, ServeSpec

ROOT, JO = Acting(1, "Root", administrator=True), Acting(2, "Jo")


@pytest.fixture
def people(store: Store) -> Store:
    with store.write() as session:
        session.add(Project(id=1, name="p"))
        session.add_all([Person(id=who.person_id, name=who.name, email=f"{who.name}@x.org") for who in (ROOT, JO)])  # fmt: skip
    with store.write() as session:
        session.add(Membership(project_id=1, person_id=2, role="editor"))
    return store


def ask(store: Store, who: Acting | None) -> int:
    with store.acting_as(who).write() as session:
        job = Job(kind="train", title="t", spec={}, project_id=1)
        job.person_id = who.person_id if who else None
        limits.check(session)
        session.add(job)
        session.flush()
        return job.id


def test_without_limits_nothing_is_refused(people: Store) -> None:
    assert [ask(people, JO) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert limits.of_everybody(people) == Limits()


def test_too_many_jobs_are_refused_in_a_sentence(people: Store) -> None:
    limits.set_for_everybody(people.acting_as(ROOT), Limits(jobs=2))
    ask(people, JO)
    ask(people, JO)
    with pytest.raises(WorkbenchError, match="You have 2 jobs waiting or running, and 2 at a time"):
        ask(people, JO)
    ask(people, ROOT)
    assert [ask(people, None) for _ in range(3)] == [4, 5, 6]
    queue.cancel_job(people, 1)
    ask(people, JO)


def test_who_asked_for_a_job_may_have_another_one_up_to_their_limit(people: Store) -> None:
    mine, whose = ask(people, JO), ask(people, None)
    assert limits.allow_another(people, mine)
    limits.set_for_everybody(people.acting_as(ROOT), Limits(jobs=2))
    assert limits.allow_another(people, mine)
    ask(people, JO)
    assert not limits.allow_another(people, mine)
    assert limits.allow_another(people, whose), "nobody's, so nobody's limit"


def test_what_jobs_have_made_counts(people: Store) -> None:
    limits.set_for_everybody(people, Limits(disk_mb=1))
    folder = files.job_folder(ask(people, JO))
    folder.mkdir(parents=True)
    (folder / "model").write_bytes(b"0" * 1_000_001)
    with pytest.raises(WorkbenchError, match="What your jobs have made takes 1 MB, and 1 MB are"):
        ask(people, JO)
    ask(people, ROOT)


def test_what_others_do_on_somebody_s_behalf_needs_room_as_well(people: Store) -> None:
    mine, whose = ask(people, JO), ask(people, None)
    folder = files.job_folder(mine)
    folder.mkdir(parents=True)
    (folder / "model").write_bytes(b"0" * 1_000_001)
    assert limits.has_room(people, mine)
    limits.set_for_everybody(people, Limits(disk_mb=2))
    assert limits.has_room(people, mine)
    limits.set_for_person(people, 2, Limits(disk_mb=1))
    assert not limits.has_room(people, mine)
    assert limits.has_room(people, whose), "nobody's, so nobody's limit"
    assert limits.has_room(people, 99)


def test_one_person_may_have_limits_of_their_own(people: Store) -> None:
    limits.set_for_everybody(people, Limits(jobs=1))
    limits.set_for_person(people, 2, Limits(jobs=2))
    assert limits.of_people(people) == {2: Limits(2, None)}
    ask(people, JO)
    ask(people, JO)
    limits.set_for_person(people, 2, None)
    assert limits.of_people(people) == {}
    with pytest.raises(WorkbenchError, match="and 1 at a time"):
        ask(people, JO)


def test_only_administrators_set_them_and_only_to_numbers(people: Store) -> None:
    with pytest.raises(WorkbenchError, match="Only an administrator"):
        limits.set_for_everybody(people.acting_as(JO), Limits())
    with pytest.raises(WorkbenchError, match="Only an administrator"):
        limits.set_for_person(people.acting_as(JO), 2, None)
    with pytest.raises(WorkbenchError, match="leave it out for none"):
        limits.set_for_everybody(people, Limits(jobs=0))
    with pytest.raises(WorkbenchError, match="no person 9"):
        limits.set_for_person(people, 9, None)


def test_what_the_workbench_needs_beside_is_never_refused(people: Store) -> None:
    limits.set_for_everybody(people, Limits(jobs=1))
    ask(people, JO)
    with people.acting_as(JO).write() as session:
        queue.enqueue(session, "Model server", ServeSpec(registry="models.json"))

    def read_a_file() -> None:
        with people.acting_as(JO).write() as session:
            spec = ConvertSpec(source="/tmp/a.csv", name="a.csv")
            queue.enqueue(session, "Reading", spec, project_id=1)

    with pytest.raises(WorkbenchError, match="1 at a time"):
        read_a_file()
    assert [job.kind for job in queue.list_jobs(people)] == ["train", "serve"]
