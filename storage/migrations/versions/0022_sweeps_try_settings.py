"""Sweeps try several settings"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "trials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sweep_job_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("stopped", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sweep_job_id"], ["jobs.id"], name=op.f("fk_trials_sweep_job_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_trials_run_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
        sa.UniqueConstraint("sweep_job_id", "number", name=op.f("uq_trials_sweep_job_id")),
    )
    op.create_index(op.f("ix_trials_sweep_job_id"), "trials", ["sweep_job_id"])
    op.create_index(op.f("ix_trials_run_id"), "trials", ["run_id"])
