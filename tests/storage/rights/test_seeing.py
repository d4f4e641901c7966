"""Whatever is asked of the database, nobody comes to see a row that is not theirs to see."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column

from storage.acting import NOBODY
from storage.database import Store
from storage.rights import seeing
from storage.rights.refusals import NotSignedIn, Unguarded
from storage.rights.rules import RULES
from storage.tables import (
    ApiKey,
    Base,
    BaseModel,
    Conversation,
    Dataset,
    DatasetVersion,
    Invitation,
    Job,
    Membership,
    Message,
    Person,
    Project,
    Run,
    SignIn,
    UploadTicket,
)
from tests.helpers.people import (
    BILLS,
    MAILS,
    OWNER_OF,
    REVIEWER_OF,
    ROOT,
    STRANGER,
    VIEWER_OF,
    person,
)

OF_PROJECTS = sorted(
    (entity for entity in RULES if RULES[entity].by and entity is not Project),
    key=lambda entity: entity.__name__,
)
OWNERS_ONLY = {Invitation, UploadTicket}


def test_every_table_has_a_rule() -> None:
    assert set(RULES) == {mapper.class_ for mapper in Base.registry.mappers}


def test_a_table_without_a_rule_can_be_asked_for_nothing(full: Store, monkeypatch: Any) -> None:
    monkeypatch.delitem(RULES, Dataset)
    seeing._options.cache_clear()
    with full.acting_as(person(OWNER_OF)).read() as session, pytest.raises(Unguarded):
        session.scalars(sa.select(Project)).all()
    seeing._options.cache_clear()


@pytest.mark.parametrize("entity", OF_PROJECTS, ids=lambda entity: entity.__name__)
def test_members_find_their_projects_rows_and_no_others(full: Store, entity: Any) -> None:
    with full.read() as session:
        there = len(session.scalars(sa.select(entity)).all())
    with full.acting_as(person(ROOT)).read() as session:
        assert len(session.scalars(sa.select(entity)).all()) == there
    theirs = {OWNER_OF: MAILS, STRANGER: BILLS}
    if entity not in OWNERS_ONLY:
        theirs |= {REVIEWER_OF: MAILS, VIEWER_OF: MAILS}
    for number, project_id in theirs.items():
        with full.acting_as(person(number)).read() as session:
            rows = session.scalars(sa.select(entity)).all()
            assert rows
            assert {_project(full, entity, row.id) for row in rows} == {project_id}
            assert session.get(entity, 3 - project_id) is None or entity is Membership


def _project(store: Store, entity: Any, row_id: int) -> int:
    """The project of a row; the rows of `fill` have its id."""
    if entity is Membership:
        with store.read() as session:
            return session.get_one(Membership, row_id).project_id
    return row_id


OTHER_RUN = aliased(Run)
QUERIES: dict[str, Callable[[Session], Any]] = {
    "get": lambda s: s.get(Run, MAILS),
    "columns": lambda s: s.execute(sa.select(Run.id, Run.name).where(Run.id < BILLS)).all(),
    "count": lambda s: s.scalar(sa.select(sa.func.count()).select_from(Run).where(Run.id < BILLS)),
    "count of an implied table": lambda s: s.scalar(
        sa.select(sa.func.count()).where(Run.project_id == MAILS)
    ),
    "aggregate": lambda s: s.scalar(sa.select(sa.func.max(Run.name)).where(Run.id == MAILS)),
    "scalar subquery": lambda s: s.scalar(
        sa.select(sa.select(sa.func.count()).where(Run.project_id == MAILS).scalar_subquery())
    ),
    "subquery in a column beside an entity": lambda s: [
        row[1]
        for row in s.execute(
            sa.select(Project.id, sa.select(Run.name).where(Run.id == MAILS).scalar_subquery())
        )
        if row[1] is not None
    ],
    "exists": lambda s: s.scalars(
        sa.select(Project.id).where(sa.exists().where(Run.project_id == MAILS))
    ).all(),
    "in": lambda s: s.scalars(
        sa.select(Project.id).where(
            sa.literal(MAILS).in_(sa.select(Run.project_id).where(Run.project_id == MAILS))
        )
    ).all(),
    "alias": lambda s: s.scalars(sa.select(OTHER_RUN).where(OTHER_RUN.id == MAILS)).all(),
    "self join": lambda s: s.execute(
        sa.select(Run, OTHER_RUN).join(OTHER_RUN, OTHER_RUN.id != Run.id)
    ).all(),
    "join": lambda s: s.execute(
        sa.select(Run, DatasetVersion)
        .join(DatasetVersion, DatasetVersion.id == Run.dataset_version_id)
        .where(Run.id == MAILS)
    ).all(),
    "outer join": lambda s: [
        name
        for _, name in s.execute(
            sa.select(Project, Run.name).outerjoin(Run, Run.project_id != Project.id)
        )
        if name is not None
    ],
    "cross product": lambda s: s.execute(
        sa.select(Project.id, Message.content).where(Message.id == MAILS, Project.id > Message.id)
    ).all(),
    "union": lambda s: s.scalars(
        sa.union_all(
            sa.select(Run.name).where(Run.id == MAILS),
            sa.select(Message.content).where(Message.id == MAILS),
        )
    ).all(),
    "common table expression": lambda s: s.scalars(
        sa.select(sa.select(Run.name.label("n")).where(Run.id == MAILS).cte().c.n)
    ).all(),
    "recursive": lambda s: [
        found for found in s.scalars(sa.select(_walk().c.step)) if found is not None
    ],
    "derived table": lambda s: s.scalars(
        sa.select(sa.select(Run.name.label("n")).where(Run.id == MAILS).subquery().c.n)
    ).all(),
    "legacy query": lambda s: s.query(Run).filter(Run.id == MAILS).all(),
    "ordering": lambda s: [
        row.id
        for row in s.scalars(
            sa.select(Project).order_by(
                sa.select(Run.name).where(Run.id == MAILS).scalar_subquery()
            )
        )
        if row.id == MAILS
    ],
    "case": lambda s: [
        found
        for found in s.scalars(
            sa.select(sa.case((sa.exists().where(Run.id == MAILS), 1), else_=None)).select_from(
                Project
            )
        )
        if found
    ],
    "window": lambda s: s.execute(
        sa.select(Run.name, sa.func.count().over()).where(Run.id == MAILS)
    ).all(),
}


def _walk() -> Any:
    walk = sa.select(sa.func.min(Run.id).label("step")).where(Run.id == MAILS).cte(recursive=True)
    later = sa.select(sa.func.min(Run.id)).where(Run.id > walk.c.step, Run.id < BILLS)
    return walk.union_all(
        sa.select(later.scalar_subquery()).select_from(walk).where(walk.c.step.is_not(None))
    )


@pytest.mark.parametrize("how", QUERIES)
def test_no_kind_of_query_reaches_past_the_rules(full: Store, how: str) -> None:
    with full.acting_as(person(STRANGER)).read() as session:
        assert not QUERIES[how](session)
    with full.read() as session:  # it would reach there
        assert QUERIES[how](session)


def test_what_cannot_be_narrowed_is_refused(full: Store) -> None:
    with full.acting_as(person(OWNER_OF)).read() as session:
        for statement in (
            sa.text("SELECT name FROM runs"),
            sa.select(Run.__table__),
            sa.select(sa.exists().where(Run.id == MAILS)),
            sa.select(Run).from_statement(sa.text("SELECT * FROM runs")),
            sa.select(sa.text("name")).select_from(sa.text("runs")),
        ):
            with pytest.raises(Unguarded):
                session.execute(statement)
        with pytest.raises(
            Exception, match=r"Only administrators of this installation may .* Root"
        ):
            session.connection()
        assert session.scalar(sa.select(sa.func.count())) == 1  # reads no table


def test_a_row_that_was_seen_can_be_read_again(full: Store) -> None:
    with full.acting_as(person(VIEWER_OF)).read() as session:
        run = session.get_one(Run, MAILS)
        session.expire(run)
        assert run.name
        assert session.get(Run, MAILS, populate_existing=True) is run


def test_nobody_sees_nothing(full: Store) -> None:
    with full.acting_as(NOBODY).read() as session, pytest.raises(NotSignedIn):
        session.scalars(sa.select(BaseModel)).all()


def test_base_models_and_the_installations_keys_and_server_are_seen_by_all(full: Store) -> None:
    with full.write() as session:
        session.add(ApiKey(name="all", key_hash="h", ends="e"))
        session.add_all(
            Job(kind=kind, title=kind, spec={}, person_id=OWNER_OF) for kind in ("serve", "backup")
        )
    with full.acting_as(person(STRANGER)).read() as session:
        assert [model.name for model in session.scalars(sa.select(BaseModel))] == ["base"]
        assert "all" in session.scalars(sa.select(ApiKey.name)).all()
        kinds = session.scalars(sa.select(Job.kind).where(Job.project_id.is_(None))).all()
        assert kinds == ["serve"]
    with full.acting_as(person(OWNER_OF)).read() as session:
        kinds = session.scalars(sa.select(Job.kind).where(Job.project_id.is_(None))).all()
        assert kinds == ["serve", "backup"]


def test_people_know_whom_they_share_a_project_with(full: Store) -> None:
    with full.acting_as(person(VIEWER_OF)).read() as session:
        assert set(session.scalars(sa.select(Person.name))) == {"Olga", "Edi", "Rita", "Vic"}
        assert session.scalars(sa.select(SignIn)).all() == []
    with full.acting_as(person(STRANGER)).read() as session:
        assert session.scalars(sa.select(Person.name)).all() == ["Sam"]
        assert [row.person_id for row in session.scalars(sa.select(SignIn))] == [STRANGER]


def test_outer_joins_stay_outer_joins(full: Store) -> None:
    with full.write() as session:
        session.get_one(Conversation, BILLS).run_id = MAILS  # a row that points where it should not
    with full.acting_as(person(STRANGER)).read() as session:
        query = sa.select(Conversation.id, Run.name).outerjoin(Run, Run.id == Conversation.run_id)
        assert session.execute(query).all() == [(BILLS, None)]


def test_tables_are_found_wherever_they_stand_in_a_statement() -> None:
    class Other(DeclarativeBase):
        pass

    class Thing(Other):
        __tablename__ = "things"
        id: Mapped[int] = mapped_column(primary_key=True)

    one, two = Run.__table__, Project.__table__
    for statement in (
        sa.select(Run, Project),
        sa.select(aliased(Run).id, sa.select(aliased(Project).id).scalar_subquery()),
        sa.select(sa.func.count()).where(Run.id == Project.id),
        sa.select(Run.id).where(sa.exists().where(Project.id == 1)),
        sa.select(sa.select(Run.id).join(Project).subquery().c.id),
        sa.update(Run).values(name=sa.select(Project.name).scalar_subquery()),
        sa.delete(Run).where(Run.id.in_(sa.select(Project.id))),
        sa.select(Run.id).order_by(sa.select(Project.id).scalar_subquery()),
        sa.select(Run.id).group_by(Run.id).having(sa.exists(sa.select(Project.id))),
        sa.select(Run.id).limit(sa.select(sa.func.count(Project.id)).scalar_subquery()),
        sa.select(sa.func.sum(Run.id).over(order_by=sa.select(Project.id).scalar_subquery())),
        sa.select(sa.func.count(Run.id).filter(sa.exists(sa.select(Project.id)))),
        sa.select(sa.select(Project.id).lateral().c.id, Run.id),
        sa.select(sa.cast(sa.select(Project.id).scalar_subquery(), sa.Text), Run.id),
    ):
        assert {one, two} <= seeing.tables_in(statement), statement
