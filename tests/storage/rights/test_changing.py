"""Who may add, change and remove what: row by row, in bulk, and never into another project."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import jobs, runs
from storage.acting import EDITOR, OWNER, REVIEWER, ROLES
from storage.database import Store
from storage.errors import StorageError
from storage.rights.lift import lifted
from storage.rights.refusals import NotAllowed, NotSignedIn, NotThere, Unguarded
from storage.rights.rules import RULES
from storage.tables import (
    ApiKey,
    AuditLine,
    BaseModel,
    BlindTest,
    Conversation,
    Dataset,
    DatasetVersion,
    DownloadTicket,
    Draft,
    Evaluation,
    Invitation,
    Job,
    JobAttempt,
    Membership,
    Message,
    Metric,
    MustPass,
    OwnRating,
    Person,
    PersonLimit,
    Project,
    Release,
    Run,
    Setting,
    SignIn,
    SignInFailure,
    Trial,
    UploadTicket,
    Vote,
    Watch,
    WatchedFile,
)
from tests.helpers.people import (
    BILLS,
    EDITOR_OF,
    IN_MAILS,
    MAILS,
    OWNER_OF,
    REVIEWER_OF,
    ROOT,
    STRANGER,
    VIEWER_OF,
    fill,
    person,
    settle,
    values,
)

ROOT_ONLY = "administrator"
MAY = {
    ApiKey: (EDITOR, EDITOR, EDITOR),
    BlindTest: (EDITOR, EDITOR, EDITOR),
    Conversation: (EDITOR, EDITOR, EDITOR),
    Dataset: (EDITOR, EDITOR, EDITOR),
    DatasetVersion: (EDITOR, EDITOR, EDITOR),
    Evaluation: (EDITOR, EDITOR, EDITOR),
    Invitation: (OWNER, OWNER, OWNER),
    Job: (EDITOR, EDITOR, EDITOR),
    JobAttempt: (EDITOR, EDITOR, EDITOR),
    Membership: (OWNER, OWNER, OWNER),
    Message: (EDITOR, EDITOR, EDITOR),
    Metric: (EDITOR, EDITOR, EDITOR),
    MustPass: (EDITOR, EDITOR, EDITOR),
    OwnRating: (REVIEWER, REVIEWER, REVIEWER),
    Release: (REVIEWER, ROOT_ONLY, ROOT_ONLY),
    Run: (EDITOR, EDITOR, EDITOR),
    Trial: (EDITOR, EDITOR, EDITOR),
    Vote: (REVIEWER, REVIEWER, EDITOR),
    Watch: (EDITOR, EDITOR, EDITOR),
    WatchedFile: (EDITOR, EDITOR, EDITOR),
}
"""Who may add, change and remove a row of the first project at least."""
OTHERWISE = {Project, Person, SignIn, Draft, BaseModel, UploadTicket, DownloadTicket}
INSTALLATION = (AuditLine, PersonLimit, Setting, SignInFailure)
"""Tables of which this cannot be said so: they have tests of their own below."""


@pytest.fixture
def full(store: Store) -> Store:
    settle(store)
    fill(store)
    return store


class Undone(Exception):
    """Ends a transaction that went well."""


@contextmanager
def tried(store: Store, number: int) -> Iterator[Session]:
    """A transaction of a person of which nothing stays."""
    try:
        with store.acting_as(person(number)).write() as session:
            yield session
            session.flush()
            raise Undone
    except Undone:
        pass


def may(store: Store, number: int, change: Callable[[Session], object]) -> bool:
    said = ""
    try:
        with tried(store, number) as session:
            change(session)
    except StorageError as error:
        said = str(error)
    assert not said or said.endswith(("Olga.", "Root.", "home page.")), said
    return not said


def added(entity: Any) -> Callable[[Session], object]:
    table = entity.__table__
    row = values(table, MAILS)
    for column in table.columns:
        if column.name in row and not column.foreign_keys and column.unique is not None:
            row[column.name] = f"{row[column.name]} 2"
    for name in ("number", "step", "attempt", "pair"):
        if name in row:
            row[name] = "another" if isinstance(row[name], str) else row[name] + 10
    if entity is WatchedFile:
        row["digest"] = "another"
    if entity is Membership:
        row["person_id"] = STRANGER

    def add(session: Session) -> None:
        if entity is Watch:  # there is but one in a project
            with lifted(session):
                session.execute(sa.delete(Watch))
        session.add(entity(**row))

    return add


def changed(entity: Any) -> Callable[[Session], object]:
    special = RULES[entity].columns
    columns = [
        column
        for column in entity.__table__.columns
        if column.name not in ("id", *special) and not column.foreign_keys
    ]
    name = next(
        (c.name for c in columns if isinstance(c.type, sa.JSON | sa.String)), columns[0].name
    )
    json = isinstance(entity.__table__.c[name].type, sa.JSON)
    return lambda session: setattr(
        session.get_one(entity, 1), name, {"changed": 1} if json else "changed"
    )


def removed(entity: Any) -> Callable[[Session], object]:
    return lambda session: session.delete(session.get_one(entity, 1))


def removed_in_bulk(entity: Any) -> Callable[[Session], object]:
    return lambda session: session.execute(sa.delete(entity).where(entity.id == 1))


def test_all_tables_are_spoken_of() -> None:
    assert set(MAY) | OTHERWISE | set(INSTALLATION) == set(RULES)


@pytest.mark.parametrize("entity", INSTALLATION, ids=lambda entity: entity.__name__)
def test_what_is_the_installations_is_changed_by_administrators(full: Store, entity: Any) -> None:
    table = entity.__table__
    row = {**values(table, MAILS), table.primary_key.columns[0].name: 3}
    if entity is Setting:
        row["name"] = "another"
    if "about" in row:
        row["about"] = "another"
    assert [n for n in range(1, 7) if may(full, n, lambda s: s.add(entity(**row)))] == [ROOT]
    for number in (OWNER_OF, VIEWER_OF, STRANGER):
        with full.acting_as(person(number)).read() as session:
            for thing in session.scalars(sa.select(entity)).all():
                session.delete(thing)
                with pytest.raises(StorageError):
                    session.flush()
                session.expunge(thing)


def test_the_log_is_seen_by_the_projects_owners_and_limits_by_whom_they_limit(full: Store) -> None:
    def count(number: int, entity: Any) -> int:
        with full.acting_as(person(number)).read() as session:
            return len(session.scalars(sa.select(entity)).all())

    everyone = (OWNER_OF, EDITOR_OF, VIEWER_OF, STRANGER, ROOT)
    assert [count(n, AuditLine) for n in everyone] == [1, 0, 0, 1, 2]
    assert [count(n, PersonLimit) for n in everyone] == [1, 0, 0, 1, 2]
    assert [count(n, SignInFailure) for n in everyone] == [0, 0, 0, 0, 2]
    assert [count(n, Setting) for n in everyone] == [2] * 5


def test_tickets_are_of_whom_they_were_made_for(full: Store) -> None:
    for entity in (UploadTicket, DownloadTicket):
        row = {**values(entity.__table__, MAILS), "key": "new"}
        for number, allowed in ((EDITOR_OF, True), (VIEWER_OF, entity is DownloadTicket)):
            mine, others = ({**row, "person_id": n} for n in (number, OWNER_OF))
            assert may(full, number, lambda s, m=mine, e=entity: s.add(e(**m))) is allowed
            assert not may(full, number, lambda s, o=others, e=entity: s.add(e(**o)))
        with full.acting_as(person(EDITOR_OF)).read() as session:
            assert session.scalars(sa.select(entity)).all() == []
        with full.acting_as(person(OWNER_OF)).read() as session:
            assert [ticket.id for ticket in session.scalars(sa.select(entity))] == [MAILS]


@pytest.mark.parametrize("entity", MAY, ids=lambda entity: entity.__name__)
def test_each_role_may_do_what_it_is_for(full: Store, entity: Any) -> None:
    ways = (added(entity), changed(entity), removed(entity), removed_in_bulk(entity))
    needed = (*MAY[entity], MAY[entity][2])
    for way, need in zip(ways, needed, strict=True):
        allowed = {number for number in range(1, 7) if _may_if_seen(full, number, way)}
        roles = ROLES[ROLES.index(need) :] if need != ROOT_ONLY else ()
        # What a stranger removes in bulk they do not find, so nothing happens and nothing is refused.
        unseen = {STRANGER} if way is ways[3] else set()
        if entity is Invitation and unseen:
            unseen |= {EDITOR_OF, REVIEWER_OF, VIEWER_OF}
        assert allowed == {ROOT, *(IN_MAILS[role] for role in roles)} | unseen, way


def _may_if_seen(store: Store, number: int, way: Callable[[Session], object]) -> bool:
    try:
        return may(store, number, way)
    except sa.exc.NoResultFound:
        return False


def test_nothing_of_another_project_is_changed_in_bulk(full: Store) -> None:
    with full.acting_as(person(STRANGER)).write() as session:
        for entity in sorted(MAY, key=lambda entity: entity is Membership):
            if entity is Release:
                continue  # only administrators remove one's own
            session.execute(sa.delete(entity).where(entity.id < 100))
    with full.read() as session:
        for entity in set(MAY) - {Membership}:
            there = set(session.scalars(sa.select(entity.id)))
            assert there == ({MAILS, BILLS} if entity is Release else {MAILS}), entity
        members = sa.select(Membership.person_id).where(Membership.project_id == MAILS)
        assert set(session.scalars(members)) == set(IN_MAILS.values())


def test_an_update_in_bulk_of_something_seen_is_refused_in_a_sentence(full: Store) -> None:
    rename = sa.update(Run).where(Run.id == MAILS).values(name="mine")
    with pytest.raises(NotAllowed) as refused, tried(full, VIEWER_OF) as session:
        session.execute(rename)
    assert str(refused.value) == (
        "Only editors and owners of the project 'project SECRET-OF-MAILS' may change its trainings: "
        "ask its owner, Olga."
    )
    with full.acting_as(person(STRANGER)).write() as session:
        assert session.execute(rename).rowcount == 0  # type: ignore[attr-defined]
    with full.acting_as(person(EDITOR_OF)).write() as session:
        session.execute(rename)
    with full.read() as session:
        assert session.get_one(Run, MAILS).name == "mine"


def test_no_row_is_moved_into_another_project_or_out_of_one(full: Store) -> None:
    with full.write() as session:
        session.add(Membership(project_id=BILLS, person_id=VIEWER_OF, role=OWNER))
    move = {"project_id": MAILS}
    with pytest.raises(NotAllowed), tried(full, VIEWER_OF) as session:
        session.get_one(Dataset, BILLS).project_id = MAILS
    with pytest.raises(NotThere), tried(full, STRANGER) as session:
        session.get_one(Dataset, BILLS).project_id = MAILS
    with pytest.raises(NotAllowed), tried(full, VIEWER_OF) as session:
        session.get_one(Dataset, MAILS).project_id = BILLS
    with pytest.raises(Unguarded), tried(full, STRANGER) as session:
        session.execute(sa.update(Dataset).values(**move))


def test_no_row_points_to_what_its_person_does_not_see(full: Store) -> None:
    for row in (
        Run(
            project_id=BILLS, dataset_version_id=MAILS, base_model_id=1, name="", recipe={}, seed=1
        ),
        Conversation(project_id=BILLS, run_id=MAILS, title=""),
        Job(project_id=BILLS, run_id=MAILS, kind="train", title="", spec={}),
        Release(project_id=BILLS, run_id=MAILS, approver="", gate={}, about={}),
        Trial(sweep_job_id=BILLS, run_id=MAILS, number=9, settings={}),
    ):
        with pytest.raises(NotThere), tried(full, STRANGER) as session:
            session.add(row)
    with pytest.raises(NotThere), tried(full, STRANGER) as session:
        session.get_one(Conversation, BILLS).run_id = MAILS


def test_rows_are_inserted_as_objects_only(full: Store) -> None:
    row = {"run_id": BILLS, "kind": "train", "step": 9, "values": {}}
    for change in (
        lambda s: s.execute(sa.insert(Metric), [row]),
        lambda s: s.execute(sa.insert(Metric).values(**row)),
        lambda s: s.execute(sa.update(Run), [{"id": BILLS, "name": "x"}]),
        lambda s: s.bulk_insert_mappings(Metric, [row]),
        lambda s: s.bulk_save_objects([Metric(**row)]),
        lambda s: s.execute(sa.delete(Metric.__table__)),
        lambda s: s.execute(sa.text("DELETE FROM metrics")),
    ):
        with pytest.raises(Unguarded), tried(full, STRANGER) as session:
            change(session)


def test_who_makes_a_project_owns_it(full: Store) -> None:
    with full.acting_as(person(VIEWER_OF)).write() as session:
        session.add(project := Project(name="mine"))
        session.flush()
        session.add(Dataset(project_id=project.id, name="data"))
        project.description = "changed"
    with full.read() as session:
        mine = sa.select(Membership.role).where(Membership.project_id == project.id)
        assert session.scalars(mine).all() == [OWNER]
    with full.acting_as(person(ROOT)).write() as session:
        session.add(project := Project(name="the administrator's"))
    with full.read() as session:
        owners = sa.select(Membership.person_id).where(Membership.project_id == project.id)
        assert session.scalars(owners).all() == [ROOT]


def test_projects_are_described_by_editors_and_put_away_by_owners(full: Store) -> None:
    def put_away(session: Session) -> None:
        session.get_one(Project, MAILS).archived_at = session.get_one(Project, MAILS).created_at

    def described(session: Session) -> None:
        session.get_one(Project, MAILS).description = "changed"

    everyone = (OWNER_OF, EDITOR_OF, REVIEWER_OF, VIEWER_OF, ROOT)
    assert [may(full, n, described) for n in everyone] == [True, True, False, False, True]
    assert [may(full, n, put_away) for n in everyone] == [True, False, False, False, True]
    both = [put_away, described]
    assert not may(full, EDITOR_OF, lambda session: [change(session) for change in both])
    gone = [may(full, n, lambda s: s.delete(s.get_one(Project, MAILS))) for n in everyone]
    assert gone == [True, False, False, False, True]


def test_reviewers_rate_correct_and_end_what_they_judge(full: Store) -> None:
    for entity, name, value in (
        (Message, "rating", "up"),
        (Message, "correction", "better"),
        (BlindTest, "state", "decided"),
    ):
        change = lambda s, e=entity, n=name, v=value: setattr(s.get_one(e, MAILS), n, v)  # noqa: E731
        assert may(full, REVIEWER_OF, change)
        assert not may(full, VIEWER_OF, change)
    ended = sa.update(Release).where(Release.id == MAILS).values(ended_at=None)
    assert may(full, REVIEWER_OF, lambda s: s.execute(ended))
    assert not may(full, VIEWER_OF, lambda s: s.execute(ended))
    both = lambda s: (  # noqa: E731
        setattr(s.get_one(Message, MAILS), "rating", "up"),
        setattr(s.get_one(Message, MAILS), "content", "forged"),
    )
    assert may(full, EDITOR_OF, both)
    assert not may(full, REVIEWER_OF, both)


def test_only_administrators_change_base_models_and_have_them_loaded(full: Store) -> None:
    def model(session: Session) -> None:
        session.add(BaseModel(name="new", source="hub", location="x", kind="causal", facts={}))

    def load(session: Session) -> None:
        jobs.add(session, "import", "Download", {})

    for change in (model, load, lambda s: s.delete(s.get_one(BaseModel, 1))):
        assert may(full, ROOT, change)
        assert not may(full, OWNER_OF, change)
    said = r"Only administrators .* change the base models: .* Root"
    with pytest.raises(NotAllowed, match=said), tried(full, OWNER_OF) as session:
        model(session)


def test_a_job_of_no_project_is_its_persons_and_the_server_of_all_who_use_models(
    full: Store,
) -> None:
    with full.acting_as(person(VIEWER_OF)).write() as session:
        own = jobs.add(session, "backup", "mine", {}).id
    with full.acting_as(person(EDITOR_OF)).write() as session:
        server = jobs.add(session, "serve", "Model server", {}).id
    with full.read() as session:
        assert session.get_one(Job, own).person_id == VIEWER_OF
        assert session.get_one(Job, server).person_id == EDITOR_OF
    stop = {j: lambda s, j=j: s.get_one(Job, j).__setattr__("reason", "x") for j in (own, server)}
    assert may(full, VIEWER_OF, stop[own])
    assert not _may_if_seen(full, EDITOR_OF, stop[own])
    assert may(full, OWNER_OF, stop[server])
    assert not may(full, VIEWER_OF, stop[server])
    assert not may(full, VIEWER_OF, lambda s: jobs.add(s, "serve", "Model server", {}))


def test_nobody_says_that_somebody_else_asked_for_a_job(full: Store) -> None:
    with full.acting_as(person(EDITOR_OF)).write() as session:
        job = Job(kind="train", title="", spec={}, project_id=MAILS, person_id=OWNER_OF)
        session.add(job)
    with full.read() as session:
        assert session.get_one(Job, job.id).person_id == EDITOR_OF


def test_people_change_their_own_account_but_not_what_they_are(full: Store) -> None:
    def set_to(number: int, name: str, value: Any) -> Callable[[Session], object]:
        return lambda s: setattr(s.get_one(Person, number), name, value)

    assert may(full, VIEWER_OF, set_to(VIEWER_OF, "name", "Victor"))
    assert not may(full, VIEWER_OF, set_to(VIEWER_OF, "administrator", True))
    assert not may(full, VIEWER_OF, set_to(VIEWER_OF, "email", "olga@example.com"))
    assert not may(full, OWNER_OF, set_to(VIEWER_OF, "name", "Victor"))
    assert may(full, ROOT, set_to(VIEWER_OF, "administrator", True))
    ended = lambda s: s.delete(s.get_one(SignIn, MAILS))  # noqa: E731
    assert may(full, OWNER_OF, ended)
    assert not _may_if_seen(full, VIEWER_OF, ended)


def test_an_owner_invites_into_the_project_but_not_among_administrators(full: Store) -> None:
    def invite(administrator: bool) -> Callable[[Session], object]:
        row = {**values(Invitation.__table__, MAILS), "token_hash": "new"}
        row["administrator"] = administrator
        return lambda session: session.add(Invitation(**row))

    assert may(full, OWNER_OF, invite(False))
    assert not may(full, OWNER_OF, invite(True))
    assert may(full, ROOT, invite(True))


def test_nobody_changes_nothing(full: Store) -> None:
    from storage.acting import NOBODY

    with pytest.raises(NotSignedIn), full.acting_as(NOBODY).write() as session:
        session.add(Project(name="x"))
    with pytest.raises(NotSignedIn), full.acting_as(NOBODY).write() as session, lifted(session):
        pass


def test_curves_are_copied_between_runs_that_are_seen_and_may_be_changed(full: Store) -> None:
    with full.acting_as(person(EDITOR_OF)).write() as session:
        run = runs.add(session, project_id=MAILS, version_id=MAILS, base_model_id=1, name="again",
                       recipe={}, seed=1)  # fmt: skip
        runs.copy_curves(session, MAILS, run.id, 10)
    with full.read() as session:
        assert len(session.scalars(sa.select(Metric).where(Metric.run_id == run.id)).all()) == 1
    with pytest.raises(NotThere), tried(full, STRANGER) as session:
        runs.copy_curves(session, MAILS, BILLS, 10)
    with pytest.raises(NotAllowed), tried(full, VIEWER_OF) as session:
        runs.copy_curves(session, MAILS, run.id, 10)


def test_what_was_seen_while_nothing_was_hidden_leaves_the_session(full: Store) -> None:
    with full.acting_as(person(STRANGER)).write() as session:
        with lifted(session):
            assert session.get(Run, MAILS) is not None
        assert session.get(Run, MAILS) is None
    # What waited by then is still the person's.
    with full.acting_as(person(STRANGER)).read() as session:
        session.add(Dataset(project_id=MAILS, name="x"))
        with pytest.raises(NotThere), lifted(session):
            pytest.fail("it was let through")
