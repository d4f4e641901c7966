"""The session of somebody: whatever is asked and changed through it goes by the rules."""

from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, object_session

from storage import acting
from storage.acting import OWNER
from storage.rights import changing, seeing
from storage.rights.lift import bound_by_rules
from storage.rights.refusals import Unguarded
from storage.rights.require import administrators_only
from storage.tables import Job, Membership, Project


class ActingSession(Session):
    """A session that acts for somebody; administrators are refused nothing."""

    def connection(self, *args: Any, **options: Any) -> Connection:
        """The bare connection, which no rule reaches; for administrators.

        Raises:
            StorageError: somebody else asks.
        """
        if bound_by_rules(self) is not None:
            raise administrators_only(self, "the database as a whole")
        return super().connection(*args, **options)

    def _as_objects(self, *_: Any, **__: Any) -> NoReturn:
        raise Unguarded("Rows are added and changed as objects by people with accounts.")

    bulk_insert_mappings = bulk_update_mappings = bulk_save_objects = _as_objects


@event.listens_for(ActingSession, "do_orm_execute")
def _on_execute(state: ORMExecuteState) -> None:
    who = bound_by_rules(state.session)
    if who is None or state.is_column_load:  # of a row that was seen
        return
    if not state.is_orm_statement:
        seeing.check_harmless(state.statement)
    elif state.is_select:
        state.statement = seeing.narrowed(state.statement, who.person_id)
    elif state.is_insert or state.is_update or state.is_delete:
        changing.restrict(state, who.person_id)
    else:
        raise Unguarded(f"This statement cannot be narrowed: {state.statement}")


@event.listens_for(ActingSession, "before_flush")
def _on_before_flush(session: Session, _context: Any, _objects: Any) -> None:
    who = acting.of(session)
    for row in session.new:
        if isinstance(row, Job) and who is not None:
            row.person_id = who.person_id
    if (bound := bound_by_rules(session)) is not None:
        changing.check_before(session, bound.person_id)


@event.listens_for(ActingSession, "after_flush")
def _on_after_flush(session: Session, _context: Any) -> None:
    if (bound := bound_by_rules(session)) is not None:
        changing.check_after(session, bound.person_id)


@event.listens_for(Project, "after_insert")
def _on_project(_mapper: Mapper[Project], connection: Connection, project: Project) -> None:
    """Who makes a project is its owner, in the same transaction."""
    session = object_session(project)
    who = acting.of(session) if session is not None else None
    if who is not None and who.person_id:
        row = {"project_id": project.id, "person_id": who.person_id, "role": OWNER}
        connection.execute(sa.insert(Membership), row)
