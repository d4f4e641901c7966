"""Keys with which programs ask the model server."""

from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.rights.lift import lifted
from storage.tables import ApiKey, now


def add(session: Session, key: ApiKey) -> ApiKey:
    """A new key."""
    session.add(key)
    session.flush()
    return key


def listing(session: Session, *, revoked: bool = False) -> Sequence[ApiKey]:
    """The keys that are good, or all of them; the oldest first."""
    query = sa.select(ApiKey).order_by(ApiKey.id)
    if not revoked:
        query = query.where(ApiKey.revoked_at.is_(None))
    return session.scalars(query).all()


def named(session: Session, name: str) -> ApiKey | None:
    """The good key of this name, whatever its case."""
    query = sa.select(ApiKey).where(ApiKey.revoked_at.is_(None))
    return session.scalars(query.where(sa.func.lower(ApiKey.name) == name.lower())).first()


def is_taken(session: Session, name: str) -> bool:
    """Whether any good key has this name, be it one that the asking person cannot see."""
    good = (ApiKey.revoked_at.is_(None), sa.func.lower(ApiKey.name) == name.lower())
    with lifted(session):
        return session.scalar(sa.select(ApiKey.id).where(*good).limit(1)) is not None


def revoke(session: Session, key_id: int) -> bool:
    """End a key; whether it was good."""
    good = sa.update(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    done = session.execute(good.values(revoked_at=now()))
    return cast("sa.CursorResult[Any]", done).rowcount == 1
