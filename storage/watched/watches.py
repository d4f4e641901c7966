"""Queries on watched folders and the files that arrived in them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import Watch, WatchedFile

ARRIVED, ANSWERING, DONE, FAILED = "arrived", "answering", "done", "failed"
OPEN = (ARRIVED, ANSWERING)
"""What is still to be seen to."""


def of_project(session: Session, project_id: int) -> Watch | None:
    """The folder that a project watches, or watched; None if it never did."""
    return session.scalars(sa.select(Watch).where(Watch.project_id == project_id)).first()


def switched_on(session: Session) -> Sequence[Watch]:
    """All folders that are watched."""
    return session.scalars(sa.select(Watch).where(Watch.is_on).order_by(Watch.id)).all()


def is_any_on(session: Session) -> bool:
    """Whether a folder is watched at all."""
    return session.scalar(sa.select(Watch.id).where(Watch.is_on).limit(1)) is not None


def files_of(session: Session, watch_id: int, *, most: int | None = None) -> Sequence[WatchedFile]:
    """What arrived there, the newest first."""
    query = sa.select(WatchedFile).where(WatchedFile.watch_id == watch_id)
    return session.scalars(query.order_by(WatchedFile.id.desc()).limit(most)).all()


def open_files(session: Session, watch_id: int) -> Sequence[WatchedFile]:
    """What arrived there and is not seen to yet, in its order."""
    query = sa.select(WatchedFile).where(
        WatchedFile.watch_id == watch_id, WatchedFile.state.in_(OPEN)
    )
    return session.scalars(query.order_by(WatchedFile.id)).all()


def known(session: Session, watch_id: int, digest: str) -> WatchedFile | None:
    """The file of this content; None if none arrived."""
    mine = (WatchedFile.watch_id == watch_id, WatchedFile.digest == digest)
    return session.scalars(sa.select(WatchedFile).where(*mine)).first()


def change(session: Session, file_id: int, **values: Any) -> None:
    """Set what became of a file; nothing if it is gone."""
    session.execute(sa.update(WatchedFile).where(WatchedFile.id == file_id).values(**values))


def forget(session: Session, file_id: int) -> None:
    """Let a file be seen to anew when it is found again."""
    session.execute(sa.delete(WatchedFile).where(WatchedFile.id == file_id))
