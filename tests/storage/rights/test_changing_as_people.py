"""What each person may change: projects, jobs, accounts and what is nobody's project."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import jobs
from storage.acting import OWNER
from storage.database import Store
from storage.rights.lift import lifted
from storage.rights.refusals import NotAllowed, NotSignedIn
from storage.tables import (
    AuditLine,
    BaseModel,
    BlindTest,
    Dataset,
    DownloadTicket,
    Invitation,
    Job,
    Membership,
    Message,
    Person,
    PersonLimit,
    Project,
    Release,
    Setting,
    SignIn,
    SignInFailure,
    UploadTicket,
)
from tests.helpers.changes import (
    may,
    may_if_seen,
    tried,
)
from tests.helpers.people import (
    EDITOR_OF,
    MAILS,
    OWNER_OF,
    REVIEWER_OF,
    ROOT,
    STRANGER,
    VIEWER_OF,
    person,
    values,
)


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
    assert not may_if_seen(full, EDITOR_OF, stop[own])
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
    assert not may_if_seen(full, VIEWER_OF, ended)


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
