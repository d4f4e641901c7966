"""Queries on the browsers in which people are signed in."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import Person, SignIn, now

_SWEPT = dt.timedelta(days=90)


def add(session: Session, sign_in: SignIn) -> SignIn:
    """A new one; what ended long ago goes."""
    session.execute(sa.delete(SignIn).where(SignIn.expires_at < now() - _SWEPT))
    session.add(sign_in)
    session.flush()
    return sign_in


def with_token(
    session: Session, token_hash: str, idle: dt.timedelta
) -> tuple[SignIn, Person] | None:
    """The sign-in that this cookie stands for and whose it is, if both are good still.

    Args:
        idle: after how long without a sign of life it is good no longer.
    """
    query = _good(idle).add_columns(Person).where(SignIn.token_hash == token_hash)
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])


def is_there(session: Session, token_hash: str) -> bool:
    """Whether there was ever one with this cookie, be it over."""
    return session.scalar(sa.select(SignIn.id).where(SignIn.token_hash == token_hash)) is not None


def of_person(session: Session, person_id: int, idle: dt.timedelta) -> Sequence[SignIn]:
    """Where the person is signed in now; what was used last first."""
    query = _good(idle).where(SignIn.person_id == person_id)
    return session.scalars(query.order_by(SignIn.seen_at.desc(), SignIn.id.desc())).all()


def seen(session: Session, sign_in_id: int, at: dt.datetime) -> None:
    """Somebody used it."""
    session.execute(sa.update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))


def end(session: Session, sign_in_id: int) -> None:
    """It is good no longer."""
    going = SignIn.id == sign_in_id, SignIn.ended_at.is_(None)
    session.execute(sa.update(SignIn).where(*going).values(ended_at=now()))


def end_all(session: Session, person_id: int, but: int | None = None) -> None:
    """None of the person's is good any longer, but the one numbered `but`."""
    going = [SignIn.person_id == person_id, SignIn.ended_at.is_(None)]
    if but is not None:
        going.append(SignIn.id != but)
    session.execute(sa.update(SignIn).where(*going).values(ended_at=now()))


def _good(idle: dt.timedelta) -> sa.Select[SignIn]:
    moment = now()
    return (
        sa.select(SignIn)
        .join(Person, Person.id == SignIn.person_id)
        .where(
            SignIn.ended_at.is_(None),
            SignIn.expires_at > moment,
            SignIn.seen_at > moment - idle,
            Person.disabled_at.is_(None),
            sa.or_(
                Person.signed_out_before.is_(None),
                SignIn.created_at >= Person.signed_out_before,
            ),
        )
    )
