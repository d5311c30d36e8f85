"""Open invoices are read some at a time: in the order of their numbers, and of each payer as they are due.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None
runs_from = "0038"

IS_OPEN = sa.text("kind = 'invoice' AND payable - paid - credited - written_off > 0")


def upgrade() -> None:
    """Of all, in place of an index by day, since no list is asked for by day any more; and of each payer in its order."""
    op.drop_index("ix_invoice_open_due", table_name="invoice")
    op.create_index("ix_invoice_open_number", "invoice", ["number"], sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
    _of_payer("payer_id", "due_on", "number")


def downgrade() -> None:
    """As it was."""
    _of_payer("payer_id")
    op.drop_index("ix_invoice_open_number", table_name="invoice")
    op.create_index("ix_invoice_open_due", "invoice", ["due_on"], sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)


def _of_payer(*columns: str) -> None:
    op.drop_index("ix_invoice_open_of_payer", table_name="invoice")
    op.create_index("ix_invoice_open_of_payer", "invoice", [*columns], sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
