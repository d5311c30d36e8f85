"""Invoices: the centre's rules, who pays, what was issued, what it stands for, and its files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# As booking/invoicing/models.py has them: what is issued is never changed, and kept as long as the law says.
SQLITE = (
    "CREATE TRIGGER invoice_unchanged BEFORE UPDATE OF number, kind, payer_id, corrects_id, currency, payable, kid, issued_at, issued_on, due_on, kept_until, document, digest ON invoice BEGIN SELECT RAISE(ABORT, 'what is issued is never changed'); END",
    "CREATE TRIGGER invoice_kept BEFORE DELETE ON invoice WHEN OLD.kept_until > date('now') BEGIN SELECT RAISE(ABORT, 'what is issued is kept'); END",
    "CREATE TRIGGER invoice_file_unchanged BEFORE UPDATE ON invoice_file BEGIN SELECT RAISE(ABORT, 'what is issued is never changed'); END",
)
POSTGRES = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'what is issued is never changed' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE OR REPLACE FUNCTION refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'what is issued is kept' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER invoice_unchanged BEFORE UPDATE ON invoice FOR EACH ROW WHEN (NEW.number::text IS DISTINCT FROM OLD.number::text OR NEW.kind::text IS DISTINCT FROM OLD.kind::text OR NEW.payer_id::text IS DISTINCT FROM OLD.payer_id::text OR NEW.corrects_id::text IS DISTINCT FROM OLD.corrects_id::text OR NEW.currency::text IS DISTINCT FROM OLD.currency::text OR NEW.payable::text IS DISTINCT FROM OLD.payable::text OR NEW.kid::text IS DISTINCT FROM OLD.kid::text OR NEW.issued_at::text IS DISTINCT FROM OLD.issued_at::text OR NEW.issued_on::text IS DISTINCT FROM OLD.issued_on::text OR NEW.due_on::text IS DISTINCT FROM OLD.due_on::text OR NEW.kept_until::text IS DISTINCT FROM OLD.kept_until::text OR NEW.document::text IS DISTINCT FROM OLD.document::text OR NEW.digest::text IS DISTINCT FROM OLD.digest::text) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER invoice_kept BEFORE DELETE ON invoice FOR EACH ROW WHEN (OLD.kept_until > CURRENT_DATE) EXECUTE FUNCTION refuse_removal()",
    "CREATE TRIGGER invoice_file_unchanged BEFORE UPDATE ON invoice_file FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)


def upgrade() -> None:
    """Make the tables, and let the database guard them."""
    op.create_table(
        "invoice_payer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_payer")),
        sa.UniqueConstraint("key", name=op.f("uq_invoice_payer_key")),
    )
    op.create_table(
        "invoice_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), server_default="", nullable=False),
        sa.Column("vat_number", sa.String(length=20), server_default="", nullable=False),
        sa.Column("registered_in", sa.String(length=60), server_default="", nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("town", sa.String(length=60), nullable=False),
        sa.Column("scheme", sa.String(length=4), nullable=False),
        sa.Column("pay_days", sa.Integer(), server_default="30", nullable=False),
        sa.Column("latest_days", sa.Integer(), server_default="28", nullable=False),
        sa.Column("exempt_reason", sa.Text(), nullable=False),
        sa.Column("exempt_code", sa.String(length=4), server_default="", nullable=False),
        sa.CheckConstraint(
            "pay_days BETWEEN 1 AND 90 AND latest_days BETWEEN 1 AND 90", name=op.f("ck_invoice_rules_days")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_rules")),
    )
    op.create_table(
        "invoice_series",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_series")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "invoice", "credit_note", name="documentkind", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("payer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payable", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), server_default="0", nullable=False),
        sa.Column("credited", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kid", sa.String(length=25), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(kind = 'credit_note') = (corrects_id IS NOT NULL)", name=op.f("ck_invoice_corrects")),
        sa.CheckConstraint("credited >= 0 AND credited <= payable", name=op.f("ck_invoice_credited_within")),
        sa.CheckConstraint("issued_on <= due_on AND due_on < kept_until", name=op.f("ck_invoice_dates")),
        sa.CheckConstraint("paid >= 0", name=op.f("ck_invoice_paid")),
        sa.CheckConstraint("payable >= 0 AND number > 0", name=op.f("ck_invoice_sums")),
        sa.ForeignKeyConstraint(["corrects_id"], ["invoice.id"], name=op.f("fk_invoice_corrects_id_invoice")),
        sa.ForeignKeyConstraint(["payer_id"], ["invoice_payer.id"], name=op.f("fk_invoice_payer_id_invoice_payer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("kid", name=op.f("uq_invoice_kid")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
    )
    op.create_index(op.f("ix_invoice_corrects_id"), "invoice", ["corrects_id"], unique=False)
    op.create_index("ix_invoice_issued_on", "invoice", ["issued_on"], unique=False)
    op.create_index(op.f("ix_invoice_payer_id"), "invoice", ["payer_id"], unique=False)
    op.create_table(
        "invoiced_receivable",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("invoice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_invoiced_receivable_amount")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_invoiced_receivable_booking_id_booking")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoiced_receivable_invoice_id_invoice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoiced_receivable")),
        sa.UniqueConstraint("key", name=op.f("uq_invoiced_receivable_key")),
    )
    op.create_index(op.f("ix_invoiced_receivable_booking_id"), "invoiced_receivable", ["booking_id"], unique=False)
    op.create_index(op.f("ix_invoiced_receivable_invoice_id"), "invoiced_receivable", ["invoice_id"], unique=False)
    op.create_table(
        "invoice_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("pdf", "xml", name="filekind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_file_invoice_id_invoice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_file")),
        sa.UniqueConstraint("key", name=op.f("uq_invoice_file_key")),
    )
    op.create_index(op.f("ix_invoice_file_invoice_id"), "invoice_file", ["invoice_id"], unique=False)
    for guard in POSTGRES if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(guard)


def downgrade() -> None:
    """Take them away."""

    op.drop_index(op.f("ix_invoice_file_invoice_id"), table_name="invoice_file")
    op.drop_table("invoice_file")
    op.drop_index(op.f("ix_invoiced_receivable_invoice_id"), table_name="invoiced_receivable")
    op.drop_index(op.f("ix_invoiced_receivable_booking_id"), table_name="invoiced_receivable")
    op.drop_table("invoiced_receivable")
    op.drop_index(op.f("ix_invoice_payer_id"), table_name="invoice")
    op.drop_index("ix_invoice_issued_on", table_name="invoice")
    op.drop_index(op.f("ix_invoice_corrects_id"), table_name="invoice")
    op.drop_table("invoice")
    op.drop_table("invoice_series")
    op.drop_table("invoice_rules")
    op.drop_table("invoice_payer")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
        op.execute("DROP FUNCTION refuse_removal()")
