"""the words of staff to refunds are found by an index of their own, to be forgotten"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TYPED = "reason <> '' AND substr(idempotency_key, 1, 6) = 'staff:'"


def upgrade() -> None:
    op.create_index(
        "ix_refund_typed", "refund", ["requested_at"], sqlite_where=sa.text(TYPED), postgresql_where=sa.text(TYPED)
    )


def downgrade() -> None:
    op.drop_index("ix_refund_typed", table_name="refund")
