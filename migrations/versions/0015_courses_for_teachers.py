"""Courses for teachers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "certificate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("name_mark", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_certificate_minutes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("mark", name=op.f("uq_certificate_mark")),
    )
    op.create_table(
        "course_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("warn_days", sa.Integer(), nullable=False),
        sa.Column("free_days", sa.Integer(), nullable=False),
        sa.Column("late_percent", sa.Integer(), nullable=False),
        sa.Column("same_day_percent", sa.Integer(), nullable=False),
        sa.Column("by_invoice", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "late_percent BETWEEN 0 AND 100 AND same_day_percent BETWEEN 0 AND 100",
            name=op.f("ck_course_rules_percents"),
        ),
        sa.CheckConstraint("least >= 0 AND warn_days >= 0 AND free_days >= 0", name=op.f("ck_course_rules_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_rules")),
    )
    op.create_table(
        "enrolment",
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "pays",
            sa.Enum("card", "invoice", "free", name="paying", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("employer", sa.String(length=120), server_default="", nullable=False),
        sa.Column("org_number", sa.String(length=20), server_default="", nullable=False),
        sa.Column("invoice_reference", sa.String(length=60), server_default="", nullable=False),
        sa.Column("order_number", sa.String(length=60), server_default="", nullable=False),
        sa.Column("fee", sa.Integer(), server_default="0", nullable=False),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_enrolment_fee")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_enrolment_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_enrolment")),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "told",
            sa.Enum(
                "nothing", "place", "off", name="participanttold", native_enum=False, create_constraint=True, length=20
            ),
            server_default="nothing",
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("code", sa.String(length=26), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_participant_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_participant_slot_id_slot")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_participant_ticket_id_ticket"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_participant_ticket_id")),
    )
    op.create_index(op.f("ix_participant_booking_id"), "participant", ["booking_id"], unique=False)
    op.create_index(
        "ix_participant_named",
        "participant",
        ["starts_at"],
        unique=False,
        sqlite_where=sa.text("name <> ''"),
        postgresql_where=sa.text("name <> ''"),
    )
    op.create_index(op.f("ix_participant_slot_id"), "participant", ["slot_id"], unique=False)
    op.create_index(
        "ix_participant_unseated",
        "participant",
        ["booking_id"],
        unique=False,
        sqlite_where=sa.text("ticket_id IS NULL AND name <> ''"),
        postgresql_where=sa.text("ticket_id IS NULL AND name <> ''"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("participant")
    op.drop_table("enrolment")
    op.drop_table("course_rules")
    op.drop_table("certificate")
