"""Who owns what was made before anybody had an account."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.acting import OWNER
from storage.entered import drafts
from storage.tables import Membership, Project


def take_over(session: Session, person_id: int) -> int:
    """Make the first person the owner of all projects without one, with what was entered in them.

    How many projects these are. Called in the transaction in which the first account is made.
    """
    owned = sa.select(Membership.project_id).where(Membership.role == OWNER)
    orphans = session.scalars(sa.select(Project.id).where(Project.id.not_in(owned))).all()
    for project_id in orphans:
        session.add(Membership(project_id=project_id, person_id=person_id, role=OWNER))
    drafts.give(session, person_id)
    return len(orphans)
