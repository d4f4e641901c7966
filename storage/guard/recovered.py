"""A copy of the database that was put back: the home has files of rows that it never had.

A job's number names its folder and is never given twice. A folder with a number that the database
has not given yet was made with a newer state of it, or with another.
"""

import logging

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import files
from storage.database import Store
from storage.guard import register

logger = logging.getLogger(__name__)


def settle(store: Store) -> None:
    """Keep the files of rows that are lost: nothing of them is swept, no number comes again."""
    newest = max(map(int, _numbers()), default=0)
    with store.read() as session:
        if newest <= _last_given(session):
            return
    register.add(register.UNKNOWN)
    with store.write() as session:
        if newest > _last_given(session):
            _give_after(session, newest)
    logger.warning(
        "The database has no job %s, but %s has its folder: the database may be an older copy, so "
        "files that it does not name are kept.",
        newest,
        files.home(),
    )


def _numbers() -> list[str]:
    folders = (files.home() / "jobs").glob("[0-9]*")
    return [path.name for path in folders if path.name.isdecimal() and len(path.name) < 10]


def _last_given(session: Session) -> int:
    """The highest number that a job of this database ever got."""
    if session.connection().dialect.name == "sqlite":
        return session.scalar(_SEQUENCE) or 0
    row = session.execute(sa.text(f"SELECT last_value, is_called FROM {_name(session)}")).one()
    return int(row.last_value) if row.is_called else 0


def _give_after(session: Session, number: int) -> None:
    if session.connection().dialect.name == "sqlite":
        session.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'jobs'"))
        session.execute(sa.text("INSERT INTO sqlite_sequence VALUES ('jobs', :n)"), {"n": number})
    else:
        session.execute(sa.select(sa.func.setval(_name(session), number)))


def _name(session: Session) -> str:
    """PostgreSQL's name of the numbers of jobs."""
    return str(session.scalar(sa.select(sa.func.pg_get_serial_sequence("jobs", "id"))))


_SEQUENCE = sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'")
