"""Withdrawals from purchases: the declarations, cards that were withdrawn from, and for how long one may.

Revision ID: 0058
Revises: 0057
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None
runs_from = "0038"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MOVES = ("issued", "held", "released", "refunded", "expired")
NAMED = "name <> '' OR email <> ''"


def upgrade() -> None:
    """Fourteen days, as the law has it."""
    op.add_column("centre", sa.Column("withdrawal_days", sa.Integer(), server_default="14", nullable=False))
    op.add_column("centre", sa.Column("withdrawal_moves", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("gift_card", sa.Column("withdrawn_at", MOMENT, nullable=True))
    op.create_table(
        "withdrawal",
        sa.Column("id", KEY, nullable=False),
        sa.Column("booking_id", KEY, nullable=False),
        sa.Column("product", sa.String(20), nullable=False),
        sa.Column("declared_at", MOMENT, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("pay_by", sa.Date(), nullable=False),
        sa.Column("name", sa.String(120), server_default="", nullable=False),
        sa.Column("email", sa.String(254), server_default="", nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("back", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("in_baskets", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("back >= 0 AND used >= 0 AND in_baskets >= 0", name=op.f("ck_withdrawal_sums")),
        sa.CheckConstraint("back <= price", name=op.f("ck_withdrawal_back")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_withdrawal_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_withdrawal_booking_id")),
    )
    op.create_index("ix_withdrawal_declared_at", "withdrawal", ["declared_at"])
    where = sa.text(NAMED)
    op.create_index("ix_withdrawal_named", "withdrawal", ["declared_at"], sqlite_where=where, postgresql_where=where)
    _checks("gift_card_entry", "ck_gift_card_entry_giftcardmove", _among(MOVES), _among((*MOVES, "withdrawn")))


def downgrade() -> None:
    """Refused once somebody has withdrawn: a build of before would not know where the money of a card went."""
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT 1 FROM withdrawal LIMIT 1")).first():
        raise RuntimeError("purchases have been withdrawn from, which a build of before does not know")
    _checks("gift_card_entry", "ck_gift_card_entry_giftcardmove", _among((*MOVES, "withdrawn")), _among(MOVES))
    op.drop_table("withdrawal")
    op.execute("ALTER TABLE gift_card DROP COLUMN withdrawn_at")
    for name in ("moves", "days"):
        op.execute(f"ALTER TABLE centre DROP COLUMN withdrawal_{name}")


def _among(values: tuple[str, ...]) -> str:
    return f"move IN ({', '.join(repr(value) for value in values)})"


def _checks(table: str, name: str, old: str, new: str) -> None:
    """Another condition in a CHECK of a table that is there, which keeps its triggers; as in migration 0056."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table)
        op.create_check_constraint(op.f(name), table, new)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    replaced = sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :name")
    connection.execute(replaced, {"old": f"({old})", "new": f"({new})", "name": table})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
