"""Gift cards that staff block, sell, send anew and give back what had run out of; sums of them without reading all.

Revision ID: 0060
Revises: 0059
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None
runs_from = "0038"

MOMENT = sa.DateTime(timezone=True)
CHECK = "ck_gift_card_entry_giftcardmove"
MOVES = ("issued", "held", "released", "refunded", "expired", "withdrawn")
MOMENTS = ("disputed_at", "bounced_at", "shown_until")
PARTIAL = (
    ("ix_gift_card_order_recipient", "gift_card_order", ["recipient_email"], "recipient_email <> ''"),
    ("ix_gift_card_balance", "gift_card", ["balance"], "balance > 0"),
    ("ix_gift_card_wants", "gift_card", ["id"], "disputed_at IS NOT NULL OR bounced_at IS NOT NULL"),
    ("ix_gift_card_shown", "gift_card", ["shown_until"], "shown_until IS NOT NULL"),
    ("ix_gift_card_use_held", "gift_card_use", ["amount"], "state = 'held'"),
    ("ix_gift_card_use_kept", "gift_card_use", ["ended_at", "amount"], "state = 'kept'"),
)


def upgrade() -> None:
    """Nothing of it has happened to the cards that are there."""
    for name in MOMENTS:
        op.add_column("gift_card", sa.Column(name, MOMENT, nullable=True))
    op.add_column("gift_card_order", sa.Column("in_hand", sa.Boolean(), server_default=sa.false(), nullable=False))
    for name, table, columns, condition in PARTIAL:
        where = sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
    _sums_by_move("at", "amount")
    _checks(_among(MOVES), _among((*MOVES, "revived")))


def downgrade() -> None:
    """Refused once something was given back of what had run out: a build of before could not read its ledger."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM gift_card_entry WHERE move = 'revived' LIMIT 1")).first():
        raise RuntimeError("gift cards have been given back what had run out, which a build of before does not know")
    _checks(_among((*MOVES, "revived")), _among(MOVES))
    _sums_by_move("at")
    for name, table, _columns, _condition in reversed(PARTIAL):
        op.drop_index(name, table_name=table)
    op.execute("ALTER TABLE gift_card_order DROP COLUMN in_hand")
    for name in reversed(MOMENTS):
        op.execute(f"ALTER TABLE gift_card DROP COLUMN {name}")


def _sums_by_move(*columns: str) -> None:
    """The index of the ledger by what happened when, with what is added up."""
    op.drop_index("ix_gift_card_entry_move", table_name="gift_card_entry")
    op.create_index("ix_gift_card_entry_move", "gift_card_entry", ["move", *columns])


def _among(values: tuple[str, ...]) -> str:
    return f"move IN ({', '.join(repr(value) for value in values)})"


def _checks(old: str, new: str) -> None:
    """Another condition in the CHECK of the ledger, which keeps its triggers."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(CHECK), "gift_card_entry")
        op.create_check_constraint(op.f(CHECK), "gift_card_entry", new)
        return
    # As https://www.sqlite.org/lang_altertable.html has it for constraints: a new table would have no triggers.
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    replaced = sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :name")
    connection.execute(replaced, {"old": f"({old})", "new": f"({new})", "name": "gift_card_entry"})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
