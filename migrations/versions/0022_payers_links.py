"""Links to payers' own pages, and what is open found without looking at what is paid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OPEN = "kind = 'invoice' AND payable - paid - credited > 0"


def upgrade() -> None:
    """Make the table and the indexes."""
    op.create_table(
        "payer_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nonce", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_payer_link_digest")),
        sa.ForeignKeyConstraint(["payer_id"], ["invoice_payer.id"], name=op.f("fk_payer_link_payer_id_invoice_payer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_payer_link_digest")),
        sa.UniqueConstraint("payer_id", name=op.f("uq_payer_link_payer_id")),
    )
    op.drop_index(op.f("ix_invoice_payer_id"), table_name="invoice")
    op.create_index("ix_invoice_payer_number", "invoice", ["payer_id", "number"])
    for name, column in (("ix_invoice_open_of_payer", "payer_id"), ("ix_invoice_open_due", "due_on")):
        op.create_index(name, "invoice", [column], sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN))


def downgrade() -> None:
    """Take them away."""
    for name in ("ix_invoice_open_due", "ix_invoice_open_of_payer", "ix_invoice_payer_number"):
        op.drop_index(name, table_name="invoice")
    op.create_index(op.f("ix_invoice_payer_id"), "invoice", ["payer_id"])
    op.drop_table("payer_link")
