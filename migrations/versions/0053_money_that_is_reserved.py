"""Money that buyers approve and that is taken afterwards; what the demo till plays, and what the books call Vipps.

Revision ID: 0053
Revises: 0052
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None
runs_from = "0038"

ROLES = (
    "bank", "provider", "till", "receivable", "prepaid", "owed_back", "overpaid", "vat", "admission", "activity",
    "programme", "course", "lunch", "fee", "charges", "bad_debt", "rounding", "reminder_fee", "late_interest",
)  # fmt: skip
TO_TAKE = "state IN ('waiting', 'decided')"


def upgrade() -> None:
    """All that was paid until now was taken as it was paid."""
    op.create_table(
        "payment_capture",
        sa.Column(
            "payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "decided", "done", "lapsed", name="capturestate", native_enum=False, create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("approved", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("approved > 0", name=op.f("ck_payment_capture_approved")),
        sa.CheckConstraint(
            "amount >= 0 AND amount <= approved", name=op.f("ck_payment_capture_amount_within_approved")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_capture_payment_id_payment")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_payment_capture")),
    )
    op.create_index(
        "ix_payment_capture_due", "payment_capture", ["due_at"],
        sqlite_where=sa.text(TO_TAKE), postgresql_where=sa.text(TO_TAKE),
    )  # fmt: skip
    way = sa.Enum("card", "vipps", name="payway", native_enum=False, length=20)
    for table in ("demo_session", "payout"):
        op.add_column(table, sa.Column("way", way, server_default="card", nullable=False))
    _roles(ROLES, (*ROLES, "vipps"))


def downgrade() -> None:
    """Money that is still only reserved is taken in the provider's own pages. Refused once the journal knows Vipps."""
    entry = sa.table("journal_entry", sa.column("role"))
    if op.get_bind().execute(sa.select(entry).where(entry.c.role == "vipps").limit(1)).first():
        raise RuntimeError("the journal has what a build of before does not know: what Vipps holds")
    _roles((*ROLES, "vipps"), ROLES)
    for table in ("payout", "demo_session"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN way")
    op.drop_index("ix_payment_capture_due", table_name="payment_capture")
    op.drop_table("payment_capture")


def _roles(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Other accounts in the CHECK of the journal's entries."""
    name = "ck_journal_entry_accountrole"
    old, new = (f"role IN ({', '.join(repr(value) for value in values)})" for values in (before, after))
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), "journal_entry")
        op.create_check_constraint(op.f(name), "journal_entry", new)
        return
    # As https://www.sqlite.org/lang_altertable.html has it for constraints: a new table would have no triggers.
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    replaced = sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :name")
    connection.execute(replaced, {"old": f"({old})", "new": f"({new})", "name": "journal_entry"})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
