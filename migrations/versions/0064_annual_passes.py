"""Annual passes: the kinds, the orders, the passes and their uses.

Revision ID: 0064
Revises: 0063
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None
runs_from = "0038"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """What is sold as a pass, who has ordered one, the passes, and what bookings have of them."""
    op.create_table(
        "pass_kind",
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "whom",
            sa.Enum(
                "person",
                "household",
                "child_and_one",
                name="passfor",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column(
            "begins",
            sa.Enum("purchase", "first_visit", name="passbegins", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("child_age", sa.Integer(), nullable=False),
        sa.Column("most_open", sa.Integer(), nullable=False),
        sa.Column("no_shows", sa.Integer(), nullable=False),
        sa.Column("no_show_days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.CheckConstraint("adults BETWEEN 1 AND 10", name=op.f("ck_pass_kind_adults")),
        sa.CheckConstraint("child_age BETWEEN 1 AND 25", name=op.f("ck_pass_kind_child_age")),
        sa.CheckConstraint("children BETWEEN 0 AND 20", name=op.f("ck_pass_kind_children")),
        sa.CheckConstraint("months BETWEEN 1 AND 60", name=op.f("ck_pass_kind_months")),
        sa.CheckConstraint("most_open BETWEEN 1 AND 50", name=op.f("ck_pass_kind_most_open")),
        sa.CheckConstraint("no_show_days BETWEEN 1 AND 365", name=op.f("ck_pass_kind_no_show_days")),
        sa.CheckConstraint("no_shows BETWEEN 0 AND 20", name=op.f("ck_pass_kind_no_shows")),
        sa.CheckConstraint("price > 0", name=op.f("ck_pass_kind_price")),
        sa.CheckConstraint("vat_rate BETWEEN 0 AND 10000", name=op.f("ck_pass_kind_vat_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_kind")),
    )
    op.create_table(
        "annual_pass",
        sa.Column("id", ID, nullable=False),
        sa.Column("booking_id", ID, nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("secret", sa.String(length=26), nullable=False),
        sa.Column("former_code", sa.String(length=26), server_default="", nullable=False),
        sa.Column("asked", sa.Integer(), server_default="1", nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("begins_by", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("admits", sa.Integer(), nullable=False),
        sa.Column("most_open", sa.Integer(), nullable=False),
        sa.Column("open_bookings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("missed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waits_until", sa.Date(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "block_reason",
            sa.Enum(
                "shared",
                "lost",
                "disputed",
                "other",
                name="blockreason",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(blocked_at IS NULL) = (block_reason IS NULL)", name=op.f("ck_annual_pass_block_reason")),
        sa.CheckConstraint("admits >= 1", name=op.f("ck_annual_pass_admits")),
        sa.CheckConstraint(
            "begins_by <= last_day AND (first_day IS NULL OR first_day <= last_day)", name=op.f("ck_annual_pass_days")
        ),
        sa.CheckConstraint("missed >= 0", name=op.f("ck_annual_pass_missed")),
        sa.CheckConstraint(
            "open_bookings >= 0 AND open_bookings <= most_open", name=op.f("ck_annual_pass_open_bookings")
        ),
        sa.CheckConstraint(
            "used_on IS NULL OR first_day IS NOT NULL AND used_on >= first_day", name=op.f("ck_annual_pass_used_on")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_annual_pass_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_pass")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_annual_pass_booking_id")),
        sa.UniqueConstraint("code", name=op.f("uq_annual_pass_code")),
        sa.UniqueConstraint("secret", name=op.f("uq_annual_pass_secret")),
    )
    op.create_index(
        "ix_annual_pass_former_code",
        "annual_pass",
        ["former_code"],
        unique=False,
        sqlite_where=sa.text("former_code <> ''"),
        postgresql_where=sa.text("former_code <> ''"),
    )
    op.create_index(op.f("ix_annual_pass_last_day"), "annual_pass", ["last_day"], unique=False)
    op.create_index(
        "ix_annual_pass_to_tell",
        "annual_pass",
        ["last_day"],
        unique=False,
        sqlite_where=sa.text("told_at IS NULL AND blocked_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL AND blocked_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_annual_pass_wants",
        "annual_pass",
        ["id"],
        unique=False,
        sqlite_where=sa.text("bounced_at IS NOT NULL"),
        postgresql_where=sa.text("bounced_at IS NOT NULL"),
    )

    op.create_table(
        "pass_order",
        sa.Column("booking_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind_id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "whom",
            sa.Enum(
                "person",
                "household",
                "child_and_one",
                name="passfor",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column(
            "begins",
            sa.Enum("purchase", "first_visit", name="passbegins", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("names", sa.Text(), server_default="[]", nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("child_age", sa.Integer(), nullable=False),
        sa.Column("most_open", sa.Integer(), nullable=False),
        sa.Column("no_shows", sa.Integer(), nullable=False),
        sa.Column("no_show_days", sa.Integer(), nullable=False),
        sa.Column("recipient_email", sa.String(length=254), server_default="", nullable=False),
        sa.Column("giver", sa.String(length=80), server_default="", nullable=False),
        sa.Column("greeting", sa.String(length=600), server_default="", nullable=False),
        sa.Column("renews_id", sa.BigInteger(), nullable=True),
        sa.Column("upgrades_id", ID, nullable=True),
        sa.Column("credit", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("children >= 0", name=op.f("ck_pass_order_children")),
        sa.CheckConstraint("credit >= 0 AND credit < price", name=op.f("ck_pass_order_credit")),
        sa.CheckConstraint("price > 0", name=op.f("ck_pass_order_price")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_pass_order_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["pass_kind.id"], name=op.f("fk_pass_order_kind_id_pass_kind")),
        sa.ForeignKeyConstraint(
            ["upgrades_id"], ["booking.id"], name=op.f("fk_pass_order_upgrades_id_booking"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_pass_order")),
        sa.UniqueConstraint("upgrades_id", name=op.f("uq_pass_order_upgrades_id")),
    )
    op.create_index(op.f("ix_pass_order_kind_id"), "pass_order", ["kind_id"], unique=False)
    op.create_index(
        "ix_pass_order_named",
        "pass_order",
        ["ordered_at"],
        unique=False,
        sqlite_where=sa.text("names <> '[]' OR recipient_email <> '' OR giver <> '' OR greeting <> ''"),
        postgresql_where=sa.text("names <> '[]' OR recipient_email <> '' OR giver <> '' OR greeting <> ''"),
    )

    op.create_table(
        "pass_use",
        sa.Column("id", ID, nullable=False),
        sa.Column("pass_id", ID, nullable=False),
        sa.Column("booking_id", ID, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("heads >= 1", name=op.f("ck_pass_use_heads")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_pass_use_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["pass_id"], ["annual_pass.id"], name=op.f("fk_pass_use_pass_id_annual_pass")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_use")),
    )
    op.create_index(op.f("ix_pass_use_booking_id"), "pass_use", ["booking_id"], unique=False)
    op.create_index(
        "ix_pass_use_open",
        "pass_use",
        ["on_day"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL AND settled_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND settled_at IS NULL"),
    )
    op.create_index("ix_pass_use_pass_id", "pass_use", ["pass_id"], unique=False)
    op.create_index(
        "uq_pass_use_day",
        "pass_use",
        ["pass_id", "on_day"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.add_column("booking", sa.Column("by_pass", sa.Integer(), server_default="0", nullable=False))

    op.add_column("centre", sa.Column("sells_passes", sa.Boolean(), server_default=sa.text("false"), nullable=False))

    op.add_column("ticket_type", sa.Column("of_passes", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    """No pass was ever sold."""
    op.execute("ALTER TABLE ticket_type DROP COLUMN of_passes")

    op.execute("ALTER TABLE centre DROP COLUMN sells_passes")

    op.execute("ALTER TABLE booking DROP COLUMN by_pass")

    op.drop_table("pass_use")

    op.drop_table("pass_order")

    op.drop_table("annual_pass")
    op.drop_table("pass_kind")
