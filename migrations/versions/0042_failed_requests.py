"""What did not come about is kept with the request's id, and promises know the request that they come from.

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None
runs_from = "0038"

REQUEST_ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
HAS_ONE = sa.text("request_id <> ''")


def upgrade() -> None:
    """A table of its own; promises made before come from no request that is known."""
    op.create_table(
        "failed_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", REQUEST_ID, nullable=False),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("route", sa.String(200), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("slot_id", sa.BigInteger(), nullable=True),
        sa.Column("booking_id", sa.BigInteger(), nullable=True),
        sa.Column("left_out", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_failed_request"),
    )
    op.create_index("ix_failed_request_failed_at", "failed_request", ["failed_at"])
    op.create_index("ix_failed_request_request_id", "failed_request", ["request_id"])
    op.add_column("outbox", sa.Column("request_id", REQUEST_ID, server_default="", nullable=False))
    op.create_index("ix_outbox_request", "outbox", ["request_id"], sqlite_where=HAS_ONE, postgresql_where=HAS_ONE)


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_outbox_request", table_name="outbox")
    op.drop_column("outbox", "request_id")
    op.drop_table("failed_request")
