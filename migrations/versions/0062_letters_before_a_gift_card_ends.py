"""When whoever has a gift card was told that its last day comes near; where it was sent is known until then.

Revision ID: 0062
Revises: 0061
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None
runs_from = "0038"

TOLD = "ix_gift_card_order_told"
WORDS, PEOPLE = (sa.text(condition) for condition in (
    "recipient <> '' OR giver <> '' OR greeting <> ''",
    "recipient <> '' OR recipient_email <> '' OR giver <> '' OR greeting <> ''",
))  # fmt: skip
INDEX, TO_TELL = "ix_gift_card_to_tell", sa.text("balance > 0 AND told_at IS NULL")


def upgrade() -> None:
    """Nobody has been told yet."""
    op.add_column("gift_card", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(INDEX, "gift_card", ["expires_on"], sqlite_where=TO_TELL, postgresql_where=TO_TELL)
    _index_told(WORDS)


def downgrade() -> None:
    """Who has been told is told by nobody else."""
    _index_told(PEOPLE)
    op.drop_index(INDEX, table_name="gift_card")
    op.execute("ALTER TABLE gift_card DROP COLUMN told_at")


def _index_told(condition: sa.TextClause) -> None:
    op.drop_index(TOLD, table_name="gift_card_order")
    op.create_index(TOLD, "gift_card_order", ["ordered_at"], sqlite_where=condition, postgresql_where=condition)
