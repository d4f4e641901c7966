"""Jobs can be paused, count how often they were tried again, and never share a number"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    recreated = {"sqlite_autoincrement": True}
    with op.batch_alter_table("jobs", table_kwargs=recreated) as batch_op:
        batch_op.add_column(sa.Column("pause_requested_at", sa.DateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("retries", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        if op.get_bind().dialect.name == "sqlite":  # there a table has to be made anew for this
            batch_op.alter_column("id", existing_type=sa.Integer(), autoincrement=True)
