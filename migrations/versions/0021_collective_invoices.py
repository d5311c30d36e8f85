"""Collective invoices: what is known of payers, and how many lines of an invoice a receivable has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WORDS = {
    "name": 120, "org_number": 20, "street": 120, "postcode": 12, "town": 60, "email": 254, "deliver_name": 120,
    "common_reference": 60,
}  # fmt: skip


def upgrade() -> None:
    """Add the columns."""
    for name, most in WORDS.items():
        op.add_column("invoice_payer", sa.Column(name, sa.String(length=most), server_default="", nullable=False))
    op.add_column("invoice_payer", sa.Column("deliver_to", sa.String(20), server_default="visitor", nullable=False))
    op.add_column("invoice_payer", sa.Column("collective", sa.String(20), server_default="none", nullable=False))
    op.add_column(
        "invoice_payer", sa.Column("by_reference", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.add_column("invoiced_receivable", sa.Column("lines", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("invoiced_receivable", "lines")
    for name in ("by_reference", "collective", "deliver_to", *reversed(WORDS)):
        op.drop_column("invoice_payer", name)
