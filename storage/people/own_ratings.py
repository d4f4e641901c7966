"""What the owner of a model says of pairs of answers, beside a judge and blind to what that said."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import OwnRating


def keep(session: Session, run_id: int, pair: str, choice: int) -> None:
    """Keep a rating; another one of the same pair takes its place."""
    mine = (OwnRating.run_id == run_id, OwnRating.pair == pair)
    found = session.scalar(sa.select(OwnRating).where(*mine))
    if found is None:
        session.add(OwnRating(run_id=run_id, pair=pair, choice=choice))
    else:
        found.choice = choice
    session.flush()


def listing(session: Session, run_id: int) -> Sequence[OwnRating]:
    """All ratings of a run's pairs, in the order in which they came."""
    query = sa.select(OwnRating).where(OwnRating.run_id == run_id)
    return session.scalars(query.order_by(OwnRating.id)).all()
