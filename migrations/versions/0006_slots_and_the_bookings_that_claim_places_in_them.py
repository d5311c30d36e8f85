"""Slots, and the bookings that claim places in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "booking",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("secret", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "pending",
                "confirmed",
                "cancelled",
                "expired",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum("public", "school", "desk", name="channel", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("changes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("late_total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kept_by_rule", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held_back", sa.Integer(), server_default="0", nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renewals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder", sa.String(length=32), server_default="", nullable=False),
        sa.Column("person", sa.String(length=32), server_default="", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("topics", sa.Text(), server_default="[]", nullable=False),
        sa.Column("name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("email", sa.String(length=254), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("search", sa.String(length=500), server_default="", nullable=False),
        sa.Column("needs", sa.String(length=500), server_default="", nullable=False),
        sa.Column("group_name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("numbers", sa.Text(), server_default="{}", nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("till_receipt", sa.String(length=40), server_default="", nullable=False),
        sa.CheckConstraint(
            "(state IN ('held', 'pending')) = (held_until IS NOT NULL)", name=op.f("ck_booking_held_until")
        ),
        sa.CheckConstraint("people > 0", name=op.f("ck_booking_people")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_booking_total")),
        sa.ForeignKeyConstraint(["changes_id"], ["booking.id"], name=op.f("fk_booking_changes_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("code", name=op.f("uq_booking_code")),
        sa.UniqueConstraint("reference", name=op.f("uq_booking_reference")),
        sa.UniqueConstraint("secret", name=op.f("uq_booking_secret")),
    )
    op.create_index(
        "ix_booking_changes_id",
        "booking",
        ["changes_id"],
        unique=False,
        sqlite_where=sa.text("changes_id IS NOT NULL"),
        postgresql_where=sa.text("changes_id IS NOT NULL"),
    )
    op.create_index(
        "ix_booking_contact",
        "booking",
        ["starts_at"],
        unique=False,
        sqlite_where=sa.text("email <> '' OR name <> '' OR phone <> '' OR group_name <> '' OR search <> ''"),
        postgresql_where=sa.text("email <> '' OR name <> '' OR phone <> '' OR group_name <> '' OR search <> ''"),
    )
    op.create_index(
        "ix_booking_due",
        "booking",
        ["held_until"],
        unique=False,
        sqlite_where=sa.text("held_until IS NOT NULL"),
        postgresql_where=sa.text("held_until IS NOT NULL"),
    )
    op.create_index("ix_booking_email", "booking", ["email"], unique=False)
    op.create_index(
        "ix_booking_holder",
        "booking",
        ["holder"],
        unique=False,
        sqlite_where=sa.text("holder <> ''"),
        postgresql_where=sa.text("holder <> ''"),
    )
    op.create_index(
        "ix_booking_needs",
        "booking",
        ["starts_at"],
        unique=False,
        sqlite_where=sa.text("needs <> ''"),
        postgresql_where=sa.text("needs <> ''"),
    )
    op.create_index(
        "ix_booking_person",
        "booking",
        ["person"],
        unique=False,
        sqlite_where=sa.text("person <> ''"),
        postgresql_where=sa.text("person <> ''"),
    )
    op.create_index("ix_booking_starts_at", "booking", ["starts_at"], unique=False)
    op.create_index(
        "ix_booking_unbought",
        "booking",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("confirmed_at IS NULL"),
        postgresql_where=sa.text("confirmed_at IS NULL"),
    )
    op.create_table(
        "duty",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("educators", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("until_time", sa.Time(), nullable=True),
        sa.CheckConstraint("educators >= 0", name=op.f("ck_duty_educators")),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_duty_weekdays")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_table(
        "slot_before",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("work_id", sa.BigInteger(), nullable=False),
        sa.Column("slot_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "trace",
            sa.Enum("changed", "closed", "removed", name="trace", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("draws", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_before")),
    )
    op.create_index(op.f("ix_slot_before_starts_at"), "slot_before", ["starts_at"], unique=False)
    op.create_index(op.f("ix_slot_before_work_id"), "slot_before", ["work_id"], unique=False)
    op.create_table(
        "subscriber",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("secret", sa.String(length=26), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), server_default="[]", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("email", name=op.f("uq_subscriber_email")),
        sa.UniqueConstraint("secret", name=op.f("uq_subscriber_secret")),
    )
    op.create_table(
        "booking_word",
        sa.Column(
            "word", sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_booking_word_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "booking_id", name=op.f("pk_booking_word")),
    )
    op.create_index(op.f("ix_booking_word_booking_id"), "booking_word", ["booking_id"], unique=False)
    op.create_table(
        "former_time",
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_former_time_booking_id_booking")),
        sa.PrimaryKeyConstraint("booking_id", "slot_id", name=op.f("pk_former_time")),
    )
    op.create_table(
        "waiting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("secret", sa.String(length=26), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "offered", "ended", name="waitingstate", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("picks", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hindered", sa.String(length=60), nullable=True),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("holder", sa.String(length=32), server_default="", nullable=False),
        sa.Column("person", sa.String(length=32), server_default="", nullable=False),
        sa.CheckConstraint("people > 0", name=op.f("ck_waiting_people")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_waiting_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("secret", name=op.f("uq_waiting_secret")),
    )
    op.create_index(
        "ix_waiting_booking_id",
        "waiting",
        ["booking_id"],
        unique=False,
        sqlite_where=sa.text("booking_id IS NOT NULL"),
        postgresql_where=sa.text("booking_id IS NOT NULL"),
    )
    op.create_index(
        "ix_waiting_holder",
        "waiting",
        ["holder"],
        unique=False,
        sqlite_where=sa.text("holder <> ''"),
        postgresql_where=sa.text("holder <> ''"),
    )
    op.create_index(
        "ix_waiting_person",
        "waiting",
        ["person"],
        unique=False,
        sqlite_where=sa.text("person <> ''"),
        postgresql_where=sa.text("person <> ''"),
    )
    op.create_index("ix_waiting_state", "waiting", ["state", "created_at"], unique=False)
    op.create_table(
        "allotment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("until_time", sa.Time(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("release_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("places >= 0", name=op.f("ck_allotment_places")),
        sa.CheckConstraint("release_days >= 0", name=op.f("ck_allotment_release_days")),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_allotment_weekdays")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_allotment_activity_id_activity")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_allotment_space_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allotment")),
    )
    op.create_table(
        "pattern",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("times", sa.Text(), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=True),
        sa.Column("last_before_close", sa.Integer(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "every_minutes IS NULL OR every_minutes BETWEEN 5 AND 1440", name=op.f("ck_pattern_every_minutes")
        ),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_pattern_weekdays")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_pattern_activity_id_activity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pattern")),
    )
    op.create_index(op.f("ix_pattern_activity_id"), "pattern", ["activity_id"], unique=False)
    op.create_table(
        "slot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kept", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kept_taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("release_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open", "closed", "cancelled", name="slotstatus", native_enum=False, create_constraint=True, length=20
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("by_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("activity_id IS NOT NULL OR space_id IS NOT NULL", name=op.f("ck_slot_is_of_something")),
        sa.CheckConstraint("kept >= 0 AND kept <= capacity", name=op.f("ck_slot_kept_within_capacity")),
        sa.CheckConstraint("kept_taken >= 0 AND kept_taken <= taken", name=op.f("ck_slot_kept_taken_within_taken")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_slot_starts_before_it_ends")),
        sa.CheckConstraint("taken <= capacity", name=op.f("ck_slot_taken_within_capacity")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_slot_taken_not_below_nought")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_slot_activity_id_activity")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_slot_space_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("activity_id", "starts_at", name=op.f("uq_slot_activity_id_starts_at")),
    )
    op.create_index(
        "ix_slot_made_by",
        "slot",
        ["made_by"],
        unique=False,
        sqlite_where=sa.text("made_by IS NOT NULL"),
        postgresql_where=sa.text("made_by IS NOT NULL"),
    )
    op.create_index(
        "ix_slot_note",
        "slot",
        ["starts_at"],
        unique=False,
        sqlite_where=sa.text("note <> ''"),
        postgresql_where=sa.text("note <> ''"),
    )
    op.create_index("ix_slot_starts_at", "slot", ["starts_at"], unique=False)
    op.create_index(
        "uq_slot_space_stretch",
        "slot",
        ["space_id", "starts_at"],
        unique=True,
        sqlite_where=sa.text("activity_id IS NULL"),
        postgresql_where=sa.text("activity_id IS NULL"),
    )
    op.create_table(
        "claim",
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("public", "school", "desk", name="channel", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("shared", sa.Text(), nullable=True),
        sa.Column("parties", sa.Text(), nullable=True),
        sa.CheckConstraint("places > 0", name=op.f("ck_claim_places")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_claim_booking_id_booking")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_claim_slot_id_slot")),
        sa.PrimaryKeyConstraint("booking_id", "slot_id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_slot_id"), "claim", ["slot_id"], unique=False)
    op.create_table(
        "closure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "why",
            sa.Enum(
                "weather",
                "power",
                "illness",
                "other",
                name="closedreason",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), server_default="{}", nullable=False),
        sa.Column("closed_days", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("work_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_closure_starts_before_it_ends")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_closure_account_id_account")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_closure_activity_id_activity")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_closure_slot_id_slot")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_closure_space_id_space")),
        sa.ForeignKeyConstraint(["work_id"], ["long_work.id"], name=op.f("fk_closure_work_id_long_work")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    op.create_index(op.f("ix_closure_ends_at"), "closure", ["ends_at"], unique=False)
    op.create_table(
        "draw",
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on_slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("slot_id <> on_slot_id", name=op.f("ck_draw_not_on_itself")),
        sa.ForeignKeyConstraint(["on_slot_id"], ["slot.id"], name=op.f("fk_draw_on_slot_id_slot")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_draw_slot_id_slot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slot_id", "on_slot_id", name=op.f("pk_draw")),
    )
    op.create_index(op.f("ix_draw_on_slot_id"), "draw", ["on_slot_id"], unique=False)
    op.create_table(
        "line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity_title", sa.Text(), nullable=False),
        sa.Column("ticket_title", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("admits", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Integer(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=False),
        sa.CheckConstraint("admits > 0", name=op.f("ck_line_admits")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_line_quantity")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_line_unit_price")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_line_booking_id_booking")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_line_slot_id_slot")),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_line_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
    )
    op.create_index(op.f("ix_line_slot_id"), "line", ["slot_id"], unique=False)
    op.create_index(
        "uq_line_as_bought",
        "line",
        ["booking_id", "slot_id", "ticket_type_id", "unit_price", "vat_rate", "admits"],
        unique=True,
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("admits", sa.Integer(), nullable=False),
        sa.Column("admitted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("void", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("admits > 0", name=op.f("ck_ticket_admits")),
        sa.CheckConstraint("admitted >= 0 AND admitted <= admits", name=op.f("ck_ticket_admitted_within_admits")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_ticket_booking_id_booking")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_ticket_slot_id_slot")),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_ticket_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("code", name=op.f("uq_ticket_code")),
    )
    op.create_index(op.f("ix_ticket_booking_id"), "ticket", ["booking_id"], unique=False)
    op.create_index(op.f("ix_ticket_slot_id"), "ticket", ["slot_id"], unique=False)
    op.create_table(
        "waiting_slot",
        sa.Column("waiting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_waiting_slot_slot_id_slot")),
        sa.ForeignKeyConstraint(
            ["waiting_id"], ["waiting.id"], name=op.f("fk_waiting_slot_waiting_id_waiting"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("waiting_id", "slot_id", name=op.f("pk_waiting_slot")),
    )
    op.create_index(op.f("ix_waiting_slot_slot_id"), "waiting_slot", ["slot_id"], unique=False)
    op.create_table(
        "closure_slot",
        sa.Column("closure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "was",
            sa.Enum(
                "open", "closed", "cancelled", name="slotstatus", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["closure_id"], ["closure.id"], name=op.f("fk_closure_slot_closure_id_closure")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_closure_slot_slot_id_slot")),
        sa.PrimaryKeyConstraint("closure_id", "slot_id", name=op.f("pk_closure_slot")),
    )
    op.create_index(op.f("ix_closure_slot_slot_id"), "closure_slot", ["slot_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("closure_slot")
    op.drop_table("waiting_slot")
    op.drop_table("ticket")
    op.drop_table("line")
    op.drop_table("draw")
    op.drop_table("closure")
    op.drop_table("claim")
    op.drop_table("slot")
    op.drop_table("pattern")
    op.drop_table("allotment")
    op.drop_table("waiting")
    op.drop_table("former_time")
    op.drop_table("booking_word")
    op.drop_table("subscriber")
    op.drop_table("slot_before")
    op.drop_table("duty")
    op.drop_table("booking")
