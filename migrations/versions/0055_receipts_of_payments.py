"""Receipts: one for each payment and each refund, numbered by year, frozen, and what buyers add to them.

Revision ID: 0055
Revises: 0054
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None
runs_from = "0038"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_SALE = "refund_id IS NULL"
TABLES = ("payment_receipt", "receipt_vat_share", "receipt_addition", "receipt_file")
STANDS = "SELECT 1 FROM payment_receipt WHERE payment_receipt.id = OLD.receipt_id"
NOT_CHANGED, NOT_REMOVED = "a receipt is never changed", "a receipt is kept"

SQLITE_GUARDS = (
    *(
        f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{NOT_CHANGED}'); END"
        for table in TABLES
    ),
    "CREATE TRIGGER payment_receipt_kept BEFORE DELETE ON payment_receipt WHEN OLD.kept_until > date('now') "
    f"BEGIN SELECT RAISE(ABORT, '{NOT_REMOVED}'); END",
    *(
        f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} WHEN EXISTS ({STANDS} AND kept_until > date('now')) "
        f"BEGIN SELECT RAISE(ABORT, '{NOT_REMOVED}'); END"
        for table in TABLES[1:]
    ),
)
POSTGRES_GUARDS = (
    "CREATE OR REPLACE FUNCTION refuse_receipt() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE OR REPLACE FUNCTION refuse_removal_of_receipt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF EXISTS ({STANDS} AND kept_until > CURRENT_DATE) THEN "
    f"RAISE EXCEPTION '{NOT_REMOVED}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$",
    *(
        f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION refuse_receipt('{NOT_CHANGED}')"
        for table in TABLES
    ),
    "CREATE TRIGGER payment_receipt_kept BEFORE DELETE ON payment_receipt FOR EACH ROW "
    f"WHEN (OLD.kept_until > CURRENT_DATE) EXECUTE FUNCTION refuse_receipt('{NOT_REMOVED}')",
    *(
        f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION refuse_removal_of_receipt()"
        for table in TABLES[1:]
    ),
)


def upgrade() -> None:
    """What was paid until now gets its receipts from the worker, a few bookings at a time."""
    _receipts()
    _what_hangs_on_them()
    for guard in SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRES_GUARDS:
        op.execute(guard)
    op.execute(
        "INSERT INTO outbox (kind, key, about, state, rank, attempts, made_at, due_at) "
        "SELECT 'receipt.earlier', 'receipt.earlier:0', '{}', 'waiting', 2, 0, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP "
        "WHERE EXISTS (SELECT 1 FROM payment WHERE state = 'paid')"
    )


def _receipts() -> None:
    op.create_table(
        "payment_receipt",
        sa.Column("id", ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("booking_id", ID, nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("refund_id", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("number > 0 AND year > 1", name=op.f("ck_payment_receipt_number")),
        sa.CheckConstraint(
            "amount <> 0 AND (amount > 0) = (refund_id IS NULL)", name=op.f("ck_payment_receipt_amount")
        ),
        sa.CheckConstraint("on_day < kept_until", name=op.f("ck_payment_receipt_days")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_payment_receipt_booking_id_booking")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_receipt_payment_id_payment")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_payment_receipt_refund_id_refund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_receipt")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_payment_receipt_refund_id")),
    )
    op.create_index(op.f("ix_payment_receipt_booking_id"), "payment_receipt", ["booking_id"])
    op.create_index(op.f("ix_payment_receipt_payment_id"), "payment_receipt", ["payment_id"])
    op.create_index("ix_payment_receipt_on_day", "payment_receipt", ["on_day", "id"])
    op.create_index("ix_payment_receipt_kept_until", "payment_receipt", ["kept_until"])
    op.create_index("uq_payment_receipt_number", "payment_receipt", ["year", "number"], unique=True)
    op.create_index(
        "uq_payment_receipt_sale", "payment_receipt", ["payment_id"], unique=True,
        sqlite_where=sa.text(OF_SALE), postgresql_where=sa.text(OF_SALE),
    )  # fmt: skip


def _what_hangs_on_them() -> None:
    op.create_table(
        "receipt_vat_share",
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("rate", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("gross", sa.Integer(), nullable=False),
        sa.Column("tax", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["payment_receipt.id"], name=op.f("fk_receipt_vat_share_receipt_id_payment_receipt"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("receipt_id", "rate", name=op.f("pk_receipt_vat_share")),
    )
    op.create_table(
        "receipt_addition",
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 1", name=op.f("ck_receipt_addition_version")),
        sa.CheckConstraint("company <> '' OR reference <> ''", name=op.f("ck_receipt_addition_says")),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["payment_receipt.id"], name=op.f("fk_receipt_addition_receipt_id_payment_receipt"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("receipt_id", "version", name=op.f("pk_receipt_addition")),
    )
    op.create_table(
        "receipt_file",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["payment_receipt.id"], name=op.f("fk_receipt_file_receipt_id_payment_receipt"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_receipt_file")),
    )
    op.create_index(op.f("ix_receipt_file_receipt_id"), "receipt_file", ["receipt_id"])


def downgrade() -> None:
    """Refused once there are receipts: what has been given is kept."""
    receipt = sa.table("payment_receipt", sa.column("id"))
    if op.get_bind().execute(sa.select(receipt.c.id).limit(1)).first():
        raise RuntimeError("there are receipts, which are kept")
    op.execute("DELETE FROM outbox WHERE kind IN ('receipt.give', 'receipt.earlier')")
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS refuse_receipt()")
        op.execute("DROP FUNCTION IF EXISTS refuse_removal_of_receipt()")
