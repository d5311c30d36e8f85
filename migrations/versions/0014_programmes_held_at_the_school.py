"""Programmes held at the school."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "travel",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("municipality", sa.String(length=60), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("minutes BETWEEN 0 AND 300 AND fee >= 0", name=op.f("ck_travel_way")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel")),
        sa.UniqueConstraint("key", name=op.f("uq_travel_key")),
    )
    op.create_table(
        "outreach",
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grade_from", sa.Integer(), nullable=False),
        sa.Column("grade_to", sa.Integer(), nullable=False),
        sa.Column("price", sa.Integer(), server_default="0", nullable=False),
        sa.Column("vat_rate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("most_a_day", sa.Integer(), server_default="2", nullable=False),
        sa.Column("weekdays", sa.Integer(), server_default="31", nullable=False),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("until_time", sa.Time(), nullable=False),
        sa.Column("setup_minutes", sa.Integer(), server_default="30", nullable=False),
        sa.Column("notice_days", sa.Integer(), server_default="7", nullable=False),
        sa.Column("instant", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.CheckConstraint("grade_from BETWEEN 0 AND grade_to AND grade_to <= 13", name=op.f("ck_outreach_grades")),
        sa.CheckConstraint(
            "price >= 0 AND most_a_day > 0 AND setup_minutes >= 0 AND notice_days >= 0",
            name=op.f("ck_outreach_numbers"),
        ),
        sa.CheckConstraint("vat_rate BETWEEN 0 AND 10000", name=op.f("ck_outreach_vat_rate")),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_outreach_weekdays")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_outreach_activity_id_activity")),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_outreach")),
    )
    op.create_table(
        "outreach_visit",
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.String(length=160), nullable=False),
        sa.Column("room", sa.String(length=160), server_default="", nullable=False),
        sa.Column("municipality", sa.String(length=60), nullable=False),
        sa.Column("travel_minutes", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_outreach_visit_starts_before_it_ends")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_outreach_visit_activity_id_activity")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_outreach_visit_slot_id_slot")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_outreach_visit_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_outreach_visit")),
    )
    op.create_index(op.f("ix_outreach_visit_activity_id"), "outreach_visit", ["activity_id"], unique=False)
    op.create_index(op.f("ix_outreach_visit_slot_id"), "outreach_visit", ["slot_id"], unique=False)
    op.create_index(op.f("ix_outreach_visit_starts_at"), "outreach_visit", ["starts_at"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("outreach_visit")
    op.drop_table("outreach")
    op.drop_table("travel")
