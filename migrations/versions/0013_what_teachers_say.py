"""What teachers say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("came_on", sa.Date(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_feedback_stars")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_feedback_activity_id_activity")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_feedback_visit_id_visit"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_activity", "feedback", ["activity_id", "came_on"], unique=False)
    op.create_index("ix_feedback_came_on", "feedback", ["came_on", "activity_id", "stars"], unique=False)
    op.create_index(
        "ix_feedback_of_visits",
        "feedback",
        ["came_on"],
        unique=False,
        sqlite_where=sa.text("visit_id IS NOT NULL"),
        postgresql_where=sa.text("visit_id IS NOT NULL"),
    )
    op.create_index(
        "ix_feedback_said",
        "feedback",
        ["came_on"],
        unique=False,
        sqlite_where=sa.text("said <> ''"),
        postgresql_where=sa.text("said <> ''"),
    )
    op.create_index("uq_feedback_visit_activity", "feedback", ["visit_id", "activity_id"], unique=True)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("feedback")
