"""The waiting list of schools."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "visit_waiting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("secret", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "offered", "ended", name="waitingstate", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("weekdays", sa.Integer(), server_default="127", nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hindered", sa.String(length=60), nullable=True),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("from_at < until_at", name=op.f("ck_visit_waiting_begins_before_it_ends")),
        sa.CheckConstraint("people > 0", name=op.f("ck_visit_waiting_people")),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_visit_waiting_weekdays")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_visit_waiting_activity_id_activity")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_visit_waiting_booking_id_booking"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_visit_waiting_slot_id_slot"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_waiting")),
        sa.UniqueConstraint("key", name=op.f("uq_visit_waiting_key")),
        sa.UniqueConstraint("secret", name=op.f("uq_visit_waiting_secret")),
    )
    op.create_index(op.f("ix_visit_waiting_booking_id"), "visit_waiting", ["booking_id"], unique=False)
    op.create_index(op.f("ix_visit_waiting_email"), "visit_waiting", ["email"], unique=False)
    op.create_index(
        "ix_visit_waiting_line",
        "visit_waiting",
        ["activity_id", "created_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_visit_waiting_offered",
        "visit_waiting",
        ["offered_at"],
        unique=False,
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(op.f("ix_visit_waiting_slot_id"), "visit_waiting", ["slot_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("visit_waiting")
