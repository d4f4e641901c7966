"""Blind tests and the votes in them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import BlindTest, Vote, now

OPEN, DECIDED, UNDECIDED, ENDED = "open", "decided", "undecided", "ended"


def add(session: Session, test: BlindTest) -> BlindTest:
    """A new test."""
    session.add(test)
    session.flush()
    return test


def get(session: Session, test_id: int) -> BlindTest | None:
    """The test, or None."""
    return session.get(BlindTest, test_id)


def by_token(session: Session, token_hash: str) -> BlindTest | None:
    """The test whose link carries this token."""
    return session.scalar(sa.select(BlindTest).where(BlindTest.token_hash == token_hash))


def listing(session: Session, run_id: int) -> Sequence[BlindTest]:
    """The tests in which a run is judged, newest first."""
    mine = sa.or_(BlindTest.run_id == run_id, BlindTest.other_run_id == run_id)
    return session.scalars(sa.select(BlindTest).where(mine).order_by(BlindTest.id.desc())).all()


def votes(session: Session, test_id: int) -> Sequence[Vote]:
    """All votes of a test, in the order in which they came."""
    query = sa.select(Vote).where(Vote.blind_test_id == test_id)
    return session.scalars(query.order_by(Vote.id)).all()


def add_vote(session: Session, test_id: int, pair: int, seat: str, choice: int) -> bool:
    """Keep a vote; whether it is the seat's first on this pair (another changes nothing)."""
    mine = (Vote.blind_test_id == test_id, Vote.pair == pair, Vote.seat == seat)
    if session.scalar(sa.select(Vote.id).where(*mine)) is not None:
        return False
    session.add(Vote(blind_test_id=test_id, pair=pair, seat=seat, choice=choice))
    session.flush()
    return True


def close(session: Session, test_id: int, state: str) -> bool:
    """End a test that is open; whether it was."""
    open_one = sa.update(BlindTest).where(BlindTest.id == test_id, BlindTest.state == OPEN)
    done = session.execute(
        open_one.values(state=state, ended_at=now()).execution_options(synchronize_session=False)
    )
    return cast("sa.CursorResult[Any]", done).rowcount == 1


def renew(session: Session, test_id: int, token_hash: str, expires_at: dt.datetime) -> bool:
    """Another link for a test that is open; the former one ends. Whether it was open."""
    open_one = sa.update(BlindTest).where(BlindTest.id == test_id, BlindTest.state == OPEN)
    values = {"token_hash": token_hash, "expires_at": expires_at}
    done = session.execute(open_one.values(**values).execution_options(synchronize_session=False))
    return cast("sa.CursorResult[Any]", done).rowcount == 1
