"""Fees and interest of several invoices on one bank row, when it was undone; payouts that count once or not at all."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

OVER = (
    ("ck_bank_row_over_only_when_matched", "over = 0 OR state IN ('matched', 'taken_back')"),
    ("ck_bank_row_over_in_our_currency", "over = 0 OR state <> 'other_currency'"),
)
PAYOUT = sa.table(
    "payout", sa.column("id"), sa.column("on_day", sa.Date()), sa.column("amount"), sa.column("once"),
    sa.column("taken_back_at"),
)  # fmt: skip
ROW = sa.table("bank_row", sa.column("id"), sa.column("over"), sa.column("state"))
LATE = sa.table("bank_late_share", sa.column("row_id"))


def upgrade() -> None:
    """Make the columns; each payout that is there is one of its day and sum."""
    op.add_column("bank_row", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_bank_row_undone_at"), "bank_row", ["undone_at"])
    _ask(*OVER)
    with op.batch_alter_table("bank_late_share") as table:
        table.drop_constraint(op.f("uq_bank_late_share_row_id"), type_="unique")
        table.create_unique_constraint("uq_bank_late_share_once", ["row_id", "invoice_id"])
    op.add_column("payout", sa.Column("once", sa.String(length=40), nullable=True))
    op.add_column("payout", sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("payout", sa.Column("reason", sa.String(length=200), server_default="", nullable=False))
    op.add_column("payout", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("payout", sa.Column("changed_on", sa.Date(), nullable=True))
    op.add_column("payout", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("payout_row", sa.Column("item", sa.String(length=255), server_default="", nullable=False))
    op.create_index("ix_payout_row_item", "payout_row", ["item"])
    alike: Counter[str] = Counter()
    connection = op.get_bind()
    for payout_id, on, amount in connection.execute(
        sa.select(PAYOUT.c.id, PAYOUT.c.on_day, PAYOUT.c.amount).order_by(PAYOUT.c.id)
    ).all():
        alike[f"{on}:{amount}"] += 1
        once = f"{on}:{amount}:{alike[f'{on}:{amount}']}"
        connection.execute(sa.update(PAYOUT).where(PAYOUT.c.id == payout_id).values(once=once))
    op.create_index("uq_payout_once", "payout", ["once"], unique=True)


def downgrade() -> None:
    """Take them away; refused while there is what a build of before would count wrongly."""
    connection = op.get_bind()
    waits = sa.select(ROW.c.id).where(ROW.c.over != 0, ROW.c.state.not_in(("matched", "taken_back")))
    several = sa.select(LATE.c.row_id).group_by(LATE.c.row_id).having(sa.func.count() > 1)
    for query, what in (
        (sa.select(PAYOUT.c.id).where(PAYOUT.c.taken_back_at.is_not(None)), "payouts that were taken back"),
        (waits, "payments that wait and pay fees or interest besides"),
        (several, "payments that pay fees or interest of several invoices"),
    ):
        if connection.execute(query.limit(1)).first():
            raise RuntimeError(f"there are {what}, which a build of before would count wrongly")
    op.drop_index("uq_payout_once", table_name="payout")
    op.drop_index("ix_payout_row_item", table_name="payout_row")
    op.drop_column("payout_row", "item")
    for name in ("version", "changed_on", "changed_at", "reason", "taken_back_at", "once"):
        op.drop_column("payout", name)
    with op.batch_alter_table("bank_late_share") as table:
        table.drop_constraint("uq_bank_late_share_once", type_="unique")
        table.create_unique_constraint(op.f("uq_bank_late_share_row_id"), ["row_id"])
    _ask(*reversed(OVER))
    op.drop_index(op.f("ix_bank_row_undone_at"), table_name="bank_row")
    op.drop_column("bank_row", "undone_at")


def _ask(before: tuple[str, str], after: tuple[str, str]) -> None:
    """Another condition of bank rows, by its name."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(before[0]), "bank_row")
        op.create_check_constraint(op.f(after[0]), "bank_row", after[1])
        return
    # As 0031 does: a new table would take the shares of the old one with it.
    connection = op.get_bind()
    old, new = (f"CONSTRAINT {name} CHECK ({condition})" for name, condition in (before, after))
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    replaced = sa.text(
        "UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'bank_row'"
    )
    connection.execute(replaced, {"old": old, "new": new})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
