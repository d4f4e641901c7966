"""What whoever asks is in the projects, from one query for a whole page."""

from collections.abc import Mapping
from functools import partial

import sqlalchemy as sa

from storage.acting import Acting
from storage.database import Store
from storage.tables import Membership


def mine(store: Store) -> Mapping[int, str]:
    """Project → the role in it of whom the store acts for; empty for the workbench itself."""
    who = store.acting
    return {} if who is None else store.known("roles", partial(_of, store, who))


def _of(store: Store, who: Acting) -> Mapping[int, str]:
    query = sa.select(Membership.project_id, Membership.role)
    with store.read() as session:
        found = session.execute(query.where(Membership.person_id == who.person_id))
        return {row.project_id: row.role for row in found}
