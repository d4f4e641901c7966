"""People judge two models' answers without knowing whose they are"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "blind_tests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("other_run_id", sa.Integer(), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("alike", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_blind_tests_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_blind_tests_run_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_run_id"],
            ["runs.id"],
            name=op.f("fk_blind_tests_other_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_tests")),
    )
    with op.batch_alter_table("blind_tests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blind_tests_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_blind_tests_run_id"), ["run_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_blind_tests_other_run_id"), ["other_run_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_blind_tests_token_hash"), ["token_hash"], unique=True)

    op.create_table(
        "votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("blind_test_id", sa.Integer(), nullable=False),
        sa.Column("pair", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["blind_test_id"],
            ["blind_tests.id"],
            name=op.f("fk_votes_blind_test_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
        sa.UniqueConstraint("blind_test_id", "pair", "seat", name=op.f("uq_votes_blind_test_id")),
    )
    with op.batch_alter_table("votes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_votes_blind_test_id"), ["blind_test_id"], unique=False)
