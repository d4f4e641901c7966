"""Releases: what was live when."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import Release, now


def live(session: Session, project_id: int) -> Release | None:
    """The release of a project that has not ended; None where nothing is live."""
    query = sa.select(Release).where(Release.project_id == project_id, Release.ended_at.is_(None))
    return session.scalars(query.order_by(Release.id.desc()).limit(1)).first()


def history(session: Session, project_id: int) -> Sequence[Release]:
    """All releases of a project, the newest first."""
    query = sa.select(Release).where(Release.project_id == project_id)
    return session.scalars(query.order_by(Release.id.desc())).all()


def of_run(session: Session, run_id: int) -> Sequence[Release]:
    """The releases of a run, the newest first."""
    query = sa.select(Release).where(Release.run_id == run_id)
    return session.scalars(query.order_by(Release.id.desc())).all()


def end(session: Session, project_id: int) -> None:
    """Take what is live off."""
    session.execute(
        sa.update(Release)
        .where(Release.project_id == project_id, Release.ended_at.is_(None))
        .values(ended_at=now())
    )


def add(
    session: Session,
    project_id: int,
    run_id: int,
    *,
    approver: str,
    note: str,
    gate: dict[str, Any],
    about: dict[str, Any],
    back_to: int | None = None,
) -> Release:
    """Make a run live in place of the one that was."""
    end(session, project_id)
    release = Release(
        project_id=project_id,
        run_id=run_id,
        approver=approver,
        note=note,
        gate=gate,
        about=about,
        back_to=back_to,
    )
    session.add(release)
    session.flush()
    return release


def rung_of(release: Release) -> str:
    """What answers in the place of the run's model; empty for the model itself."""
    return str(release.about.get("rung", ""))


def all_live(session: Session) -> dict[int, Release]:
    """Project → what is live in it, of all projects where something is."""
    query = sa.select(Release).where(Release.ended_at.is_(None)).order_by(Release.id)
    return {row.project_id: row for row in session.scalars(query)}
