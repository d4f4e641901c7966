"""Must-pass examples: what a version has to get right before it is live."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import MustPass


def listing(session: Session, project_id: int, task: str | None = None) -> Sequence[MustPass]:
    """The examples of a project that a version must pass, the oldest first; of one task, or all."""
    query = sa.select(MustPass).where(MustPass.project_id == project_id)
    if task is not None:
        query = query.where(MustPass.task == task)
    return session.scalars(query.order_by(MustPass.id)).all()


def copy(session: Session, source_id: int, target_id: int) -> None:
    """Give another project the same examples."""
    for row in listing(session, source_id):
        session.add(
            MustPass(
                project_id=target_id,
                task=row.task,
                question=row.question,
                asked=row.asked,
                expected=row.expected,
                rule=row.rule,
            )
        )
