"""What is written off of invoices, and what the books call it, a reminder's fee and interest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITHIN = "written_off = 0 OR (written_off > 0 AND paid + credited + written_off <= payable)"
IS_OPEN, WAS_OPEN = (
    f"kind = 'invoice' AND payable - paid - credited{less} > 0" for less in (" - written_off", "")
)  # fmt: skip
INDEXES = (("ix_invoice_open_of_payer", "payer_id"), ("ix_invoice_open_due", "due_on"))
KINDS = ("takings", "refund", "income", "invoice", "credit_note", "bank", "dispute", "payout")
ROLES = (
    "bank", "provider", "till", "receivable", "prepaid", "owed_back", "overpaid", "vat", "admission", "activity",
    "programme", "course", "lunch", "fee", "charges", "bad_debt", "rounding",
)  # fmt: skip
WIDER = (
    ("voucher", "ck_voucher_voucherkind", "kind", KINDS, (*KINDS, "write_off")),
    ("journal_entry", "ck_journal_entry_accountrole", "role", ROLES, (*ROLES, "reminder_fee", "late_interest")),
)


def upgrade() -> None:
    """Make the column and the table; vouchers may be of one kind more, and two more accounts are known."""
    if _is_sqlite():
        # Not by a new table, which would have none of the triggers of this one.
        op.execute(
            "ALTER TABLE invoice ADD COLUMN written_off INTEGER DEFAULT '0' NOT NULL"
            f" CONSTRAINT ck_invoice_written_off CHECK ({WITHIN})"
        )
    else:
        op.add_column("invoice", sa.Column("written_off", sa.Integer(), server_default="0", nullable=False))
        op.create_check_constraint(op.f("ck_invoice_written_off"), "invoice", WITHIN)
    _index_open(IS_OPEN)
    op.create_table(
        "invoice_write_off",
        sa.Column("id", ID, nullable=False),
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "written_off", "undone", "paid", "credited", name="writeoffkind", native_enum=False,
                create_constraint=True, length=20,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("undoes_id", ID, nullable=True),
        sa.CheckConstraint(
            "amount <> 0 AND (kind = 'written_off') = (amount > 0)", name=op.f("ck_invoice_write_off_amount")
        ),
        sa.CheckConstraint("(kind = 'written_off') = (reason <> '')", name=op.f("ck_invoice_write_off_reason")),
        sa.CheckConstraint("(kind = 'undone') = (undoes_id IS NOT NULL)", name=op.f("ck_invoice_write_off_undoes")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_write_off_invoice_id_invoice"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["invoice_write_off.id"], name=op.f("fk_invoice_write_off_undoes_id_invoice_write_off"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_write_off")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_invoice_write_off_undoes_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_invoice_write_off_invoice_id"), "invoice_write_off", ["invoice_id"])
    op.create_index(op.f("ix_invoice_write_off_on_day"), "invoice_write_off", ["on_day"])
    for table, name, column, before, after in WIDER:
        _may_be(table, name, column, before, after)


def downgrade() -> None:
    """Take them away; refused once the journal has any of it, which nobody can take out of it."""
    for table, _name, column, before, after in WIDER:
        named = sa.table(table, sa.column(column))
        new = named.c[column].in_(sorted({*after} - {*before}))
        if op.get_bind().execute(sa.select(named).where(new).limit(1)).first():
            raise RuntimeError(f"the journal has what a build of before does not know: a {column} of {table}")
    for table, name, column, before, after in WIDER:
        _may_be(table, name, column, after, before)
    op.drop_table("invoice_write_off")
    for name, _column in INDEXES:
        op.drop_index(name, table_name="invoice")
    if not _is_sqlite():
        op.drop_constraint(op.f("ck_invoice_written_off"), "invoice")
    op.execute("ALTER TABLE invoice DROP COLUMN written_off")
    _index_open(WAS_OPEN, anew=False)


def _index_open(where: str, *, anew: bool = True) -> None:
    for name, column in INDEXES:
        if anew:
            op.drop_index(name, table_name="invoice")
        op.create_index(name, "invoice", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _may_be(table: str, name: str, column: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Another list of values in a CHECK."""
    old, new = (f"{column} IN ({', '.join(repr(value) for value in values)})" for values in (before, after))
    if not _is_sqlite():
        op.drop_constraint(op.f(name), table)
        op.create_check_constraint(op.f(name), table, new)
        return
    # As https://www.sqlite.org/lang_altertable.html has it for constraints: a new table would have no triggers.
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    replaced = sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :name")
    connection.execute(replaced, {"old": f"({old})", "new": f"({new})", "name": table})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
