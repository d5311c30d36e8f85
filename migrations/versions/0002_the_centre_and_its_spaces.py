"""The centre and its spaces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "centre",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("legal_name", sa.String(length=120), nullable=False),
        sa.Column("org_number", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.Column("tagline", sa.Text(), nullable=False),
        sa.Column("find_us", sa.Text(), nullable=False),
        sa.Column("brand", sa.String(length=7), nullable=False),
        sa.Column("accent", sa.String(length=7), nullable=False),
        sa.Column("logo", sa.String(length=40), server_default="", nullable=False),
        sa.Column("newsletter_topics", sa.Text(), nullable=False),
        sa.Column("hold_minutes", sa.Integer(), nullable=False),
        sa.Column("hold_renewals", sa.Integer(), nullable=False),
        sa.Column("most_people", sa.Integer(), nullable=False),
        sa.Column("most_places_person", sa.Integer(), server_default="40", nullable=False),
        sa.Column("most_places_address", sa.Integer(), server_default="60", nullable=False),
        sa.Column("most_free_places", sa.Integer(), server_default="6", nullable=False),
        sa.Column("most_mails", sa.Integer(), server_default="10", nullable=False),
        sa.Column(
            "two_at_once",
            sa.Enum("refuse", "warn", name="strictness", native_enum=False, length=20),
            server_default="warn",
            nullable=False,
        ),
        sa.Column("offer_hours", sa.Integer(), nullable=False),
        sa.Column("sale_ends_minutes", sa.Integer(), nullable=False),
        sa.Column("on_sale_days", sa.Integer(), nullable=False),
        sa.Column("change_until_hours", sa.Integer(), nullable=False),
        sa.Column("refund_until_hours", sa.Integer(), nullable=False),
        sa.Column("late_refund_percent", sa.Integer(), nullable=False),
        sa.Column("few_left", sa.Integer(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("door_early_minutes", sa.Integer(), server_default="30", nullable=False),
        sa.Column("door_late_minutes", sa.Integer(), server_default="60", nullable=False),
        sa.Column("door_moves", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("hold_minutes BETWEEN 1 AND 120", name=op.f("ck_centre_hold_minutes")),
        sa.CheckConstraint("late_refund_percent BETWEEN 0 AND 100", name=op.f("ck_centre_late_refund_percent")),
        sa.CheckConstraint("most_people BETWEEN 1 AND 500", name=op.f("ck_centre_most_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centre")),
    )
    op.create_table(
        "day_exception",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(opens IS NULL) = (closes IS NULL)", name=op.f("ck_day_exception_both_or_none")),
        sa.CheckConstraint("opens IS NULL OR opens < closes", name=op.f("ck_day_exception_opens_before_it_closes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_exception")),
        sa.UniqueConstraint("on_date", name=op.f("uq_day_exception_on_date")),
    )
    op.create_table(
        "logo",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_logo")),
    )
    op.create_table(
        "opening_hours",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("public_from", sa.Time(), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.CheckConstraint("(opens IS NULL) = (closes IS NULL)", name=op.f("ck_opening_hours_both_or_none")),
        sa.CheckConstraint("opens IS NULL OR opens < closes", name=op.f("ck_opening_hours_opens_before_it_closes")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_hours_weekday")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
    )
    op.create_table(
        "space",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("is_house", sa.Boolean(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_space_capacity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space")),
        sa.UniqueConstraint("slug", name=op.f("uq_space_slug")),
    )
    op.create_index(
        "uq_space_one_house",
        "space",
        ["is_house"],
        unique=True,
        sqlite_where=sa.text("is_house"),
        postgresql_where=sa.text("is_house"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("space")
    op.drop_table("opening_hours")
    op.drop_table("logo")
    op.drop_table("day_exception")
    op.drop_table("centre")
