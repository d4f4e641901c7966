"""Jobs run on a cluster"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    for table in ("projects", "jobs"):
        place = sa.Column("place", sa.String(), server_default="local", nullable=False)
        op.add_column(table, place)
    op.add_column("jobs", sa.Column("given_up_attempt", sa.Integer(), nullable=True))
