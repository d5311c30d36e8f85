"""Discounts: campaigns, their codes, the orders that used them, and what they took off each line.

Revision ID: 0059
Revises: 0058
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None
runs_from = "0038"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
BOUGHT = ["booking_id", "slot_id", "ticket_type_id", "unit_price", "vat_rate", "admits"]
USED = "used >= 0 AND (most_uses IS NULL OR used <= most_uses)"


def upgrade() -> None:
    """No house has a campaign before it makes one."""
    op.add_column("booking", sa.Column("discount", sa.Integer(), server_default="0", nullable=False))
    op.add_column("centre", sa.Column("has_campaigns", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("line", sa.Column("discounts", sa.String(120), server_default="", nullable=False))
    op.drop_index("uq_line_as_bought", table_name="line")
    op.create_index("uq_line_as_bought", "line", [*BOUGHT, "discounts"], unique=True)
    _make_campaigns()
    _make_uses()


def downgrade() -> None:
    """Refused once something was sold with a discount: lines of before cannot tell it from a price."""
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT 1 FROM discount_use LIMIT 1")).first():
        raise RuntimeError("discounts have been given, which a build of before does not know")
    for table in ("discount_use", "discount_code", "campaign"):
        op.drop_table(table)
    op.drop_index("uq_line_as_bought", table_name="line")
    op.create_index("uq_line_as_bought", "line", BOUGHT, unique=True)
    for table, column in (("line", "discounts"), ("centre", "has_campaigns"), ("booking", "discount")):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _make_campaigns() -> None:
    way = sa.Enum("price", "percent", "each", "order", name="discountway", native_enum=False, create_constraint=True, length=20)
    op.create_table(
        "campaign",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("way", way, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("asks_code", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("stacks", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("activities", sa.Text(), server_default="[]", nullable=False),
        sa.Column("ticket_types", sa.Text(), server_default="[]", nullable=False),
        sa.Column("channels", sa.Text(), server_default="[]", nullable=False),
        sa.Column("visit_from", sa.Date(), nullable=True),
        sa.Column("visit_until", sa.Date(), nullable=True),
        sa.Column("weekdays", sa.Integer(), server_default="127", nullable=False),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("until_time", sa.Time(), nullable=True),
        sa.Column("sale_from", sa.Date(), nullable=True),
        sa.Column("sale_until", sa.Date(), nullable=True),
        sa.Column("days_ahead", sa.Integer(), server_default="0", nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=True),
        sa.Column("most_tickets", sa.Integer(), nullable=True),
        sa.Column("most_each", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_campaign_amount")),
        sa.CheckConstraint(USED, name=op.f("ck_campaign_used")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_table(
        "discount_code",
        sa.Column("id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("key", sa.String(15), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(USED, name=op.f("ck_discount_code_used")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_discount_code_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_code")),
        sa.UniqueConstraint("key", name=op.f("uq_discount_code_key")),
    )
    op.create_index("ix_discount_code_campaign", "discount_code", ["campaign_id", "id"])


def _make_uses() -> None:
    op.create_table(
        "discount_use",
        sa.Column("id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("code_id", KEY, nullable=True),
        sa.Column("booking_id", KEY, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("most_each", sa.Integer(), nullable=True),
        sa.Column("person", sa.String(32), server_default="", nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_discount_use_amount")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_discount_use_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_discount_use_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["code_id"], ["discount_code.id"], name=op.f("fk_discount_use_code_id_discount_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_use")),
    )
    op.create_index("ix_discount_use_booking_id", "discount_use", ["booking_id"])
    op.create_index("ix_discount_use_campaign_id", "discount_use", ["campaign_id", "used_at"])
    _partial("uq_discount_use_once", ["booking_id", "campaign_id"], "ended_at IS NULL", unique=True)
    _partial("ix_discount_use_code_id", ["code_id"], "code_id IS NOT NULL")
    _partial("ix_discount_use_person", ["person", "campaign_id"], "person <> ''")


def _partial(name: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, "discount_use", columns, unique=unique, sqlite_where=where, postgresql_where=where)
