"""Invoices before the visit, where what is sold is admission: who wants them, and what they were issued for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

IS_PLANNED = sa.text("planned_on IS NOT NULL")


def upgrade() -> None:
    """Say what is admission, and when payers are invoiced; what is invoiced agrees with its booking."""
    op.add_column("activity", sa.Column("invoiced_ahead", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("invoice_rules", sa.Column("timing", sa.String(20), server_default="after", nullable=False))
    op.add_column("invoice_payer", sa.Column("timing", sa.String(20), nullable=True))
    op.add_column("invoiced_receivable", sa.Column("owed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("invoiced_receivable", sa.Column("planned_on", sa.Date(), nullable=True))
    op.execute("UPDATE invoiced_receivable SET owed = amount")
    op.create_index(
        "ix_invoiced_receivable_planned_on",
        "invoiced_receivable",
        ["planned_on"],
        sqlite_where=IS_PLANNED,
        postgresql_where=IS_PLANNED,
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_invoiced_receivable_planned_on", "invoiced_receivable")
    op.drop_column("invoiced_receivable", "planned_on")
    op.drop_column("invoiced_receivable", "owed")
    op.drop_column("invoice_payer", "timing")
    op.drop_column("invoice_rules", "timing")
    op.drop_column("activity", "invoiced_ahead")
