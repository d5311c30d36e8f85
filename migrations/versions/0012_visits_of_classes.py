"""Visits of classes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "ended_links",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_ended_links")),
    )
    op.create_index(op.f("ix_ended_links_ended_at"), "ended_links", ["ended_at"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mobile", sa.String(length=40), server_default="", nullable=False),
        sa.Column("on_the_day", sa.String(length=120), server_default="", nullable=False),
        sa.Column("order_number", sa.String(length=60), server_default="", nullable=False),
        sa.Column("invoice_reference", sa.String(length=60), server_default="", nullable=False),
        sa.Column("code", sa.String(length=40), server_default="", nullable=False),
        sa.Column("arrives_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "approval",
            sa.Enum(
                "not_needed",
                "asked",
                "given",
                "declined",
                name="approval",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "asked_for",
            sa.Enum(
                "programme", "new_sender", "unproven", "many_visits", name="askedfor", native_enum=False, length=20
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=400), server_default="", nullable=False),
        sa.Column("fee", sa.Integer(), server_default="0", nullable=False),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("price", sa.Text(), nullable=True),
        sa.Column("holder", sa.String(length=32), server_default="", nullable=False),
        sa.CheckConstraint("arrives_at < leaves_at", name=op.f("ck_visit_arrives_before_it_leaves")),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_visit_fee")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_visit_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_visit_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_visit_booking_id")),
    )
    op.create_index("ix_visit_arrives_at", "visit", ["arrives_at"], unique=False)
    op.create_index(
        "ix_visit_asked",
        "visit",
        ["arrives_at"],
        unique=False,
        sqlite_where=sa.text("approval = 'asked'"),
        postgresql_where=sa.text("approval = 'asked'"),
    )
    op.create_index(
        "ix_visit_holder",
        "visit",
        ["holder"],
        unique=False,
        sqlite_where=sa.text("holder <> ''"),
        postgresql_where=sa.text("holder <> ''"),
    )
    op.create_index(op.f("ix_visit_school_id"), "visit", ["school_id"], unique=False)
    op.create_table(
        "visit_due",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paid_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("group_name", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column(
            "because",
            sa.Enum(
                "all",
                "share",
                "per_pupil",
                "per_group",
                "rest",
                "used_up",
                "other_date",
                "other_grade",
                "other_kind",
                "no_agreement",
                name="because",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("for_lunch", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_visit_due_amount")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_visit_due_agreement_id_agreement")),
        sa.ForeignKeyConstraint(["paid_by"], ["agreement.id"], name=op.f("fk_visit_due_paid_by_agreement")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_due_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_due")),
    )
    op.create_index(op.f("ix_visit_due_paid_by"), "visit_due", ["paid_by"], unique=False)
    op.create_index(op.f("ix_visit_due_visit_id"), "visit_due", ["visit_id"], unique=False)
    op.create_table(
        "visit_group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Text(), nullable=False),
        sa.CheckConstraint("grade BETWEEN 0 AND 13", name=op.f("ck_visit_group_grade")),
        sa.CheckConstraint("pupils > 0 AND adults >= 0", name=op.f("ck_visit_group_people")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_group_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_group")),
    )
    op.create_index(op.f("ix_visit_group_visit_id"), "visit_group", ["visit_id"], unique=False)
    op.create_table(
        "visit_replan",
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_arrival", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_departure", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_replan_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_replan")),
    )
    op.create_table(
        "visit_part",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "programme",
                "lunch",
                "exhibition",
                name="partkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_visit_part_activity_id_activity")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["visit_group.id"], name=op.f("fk_visit_part_group_id_visit_group"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_visit_part_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_part")),
    )
    op.create_index(op.f("ix_visit_part_group_id"), "visit_part", ["group_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("visit_part")
    op.drop_table("visit_replan")
    op.drop_table("visit_group")
    op.drop_table("visit_due")
    op.drop_table("visit")
    op.drop_table("ended_links")
