"""What is paid of reminders' fees and interest, and what lapses when an invoice's years are over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITHIN = "written_off = 0 OR (written_off > 0 AND paid + credited + written_off <= payable)"
KINDS = "kind IN ('written_off', 'undone', 'paid', 'credited')"
WIDER = (
    ("invoice", "written_off", WITHIN, f"{WITHIN} OR paid + credited + written_off = payable"),
    ("invoice_write_off", "writeoffkind", KINDS, f"{KINDS[:-1]}, 'lapsed')"),
    (
        "invoice_write_off", "amount", "amount <> 0 AND (kind = 'written_off') = (amount > 0)",
        "amount <> 0 AND (kind = 'lapsed' OR (kind = 'written_off') = (amount > 0))",
    ),
)  # fmt: skip


def upgrade() -> None:
    """Make the table; write-offs may be of one kind more, and below nought when nothing else is left."""
    op.create_table(
        "bank_late_share",
        sa.Column("id", ID, nullable=False),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("invoice_id", ID, nullable=True),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("interest", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(fee >= 0 AND interest >= 0 AND fee + interest > 0)"
            " OR (fee <= 0 AND interest <= 0 AND fee + interest < 0)",
            name=op.f("ck_bank_late_share_sums"),
        ),
        sa.ForeignKeyConstraint(
            ["row_id"], ["bank_row.id"], name=op.f("fk_bank_late_share_row_id_bank_row"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_bank_late_share_invoice_id_invoice"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_late_share")),
        sa.UniqueConstraint("row_id", name=op.f("uq_bank_late_share_row_id")),
    )
    op.create_index(op.f("ix_bank_late_share_invoice_id"), "bank_late_share", ["invoice_id"])
    for table, name, before, after in WIDER:
        _ask(table, f"ck_{table}_{name}", before, after)


def downgrade() -> None:
    """Take them away; refused once there is any of it, which a build of before does not know."""
    connection = op.get_bind()
    late, lapsed = sa.table("bank_late_share", sa.column("id")), sa.table("invoice_write_off", sa.column("kind"))
    if connection.execute(sa.select(lapsed).where(lapsed.c.kind == "lapsed").limit(1)).first():
        raise RuntimeError("what was left of an invoice has lapsed, which a build of before does not know")
    if connection.execute(sa.select(late).limit(1)).first():
        raise RuntimeError("fees of reminders or interest are paid, which a build of before would call paid too much")
    for table, name, before, after in WIDER:
        _ask(table, f"ck_{table}_{name}", after, before)
    op.drop_table("bank_late_share")


def _ask(table: str, name: str, before: str, after: str) -> None:
    """Another condition of a CHECK."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table)
        op.create_check_constraint(op.f(name), table, after)
        return
    # As 0031 does: a new table would have no triggers.
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    replaced = sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :name")
    connection.execute(replaced, {"old": f"CHECK ({before})", "new": f"CHECK ({after})", "name": table})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
