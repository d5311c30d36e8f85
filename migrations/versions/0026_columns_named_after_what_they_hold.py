"""Columns named after what they hold: the words of feedback, the outcome of long work, topics that are not confirmed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give them their names; nothing that they hold changes."""
    op.drop_index("ix_feedback_said", table_name="feedback")
    op.alter_column("feedback", "said", new_column_name="words")
    op.alter_column("long_work", "said", new_column_name="outcome")
    op.alter_column("subscriber", "asked", new_column_name="unconfirmed")
    _index_those_with("words")


def downgrade() -> None:
    """Name them as they were."""
    op.drop_index("ix_feedback_words", table_name="feedback")
    op.alter_column("subscriber", "unconfirmed", new_column_name="asked")
    op.alter_column("long_work", "outcome", new_column_name="said")
    op.alter_column("feedback", "words", new_column_name="said")
    _index_those_with("said")


def _index_those_with(column: str) -> None:
    there = sa.text(f"{column} <> ''")
    op.create_index(f"ix_feedback_{column}", "feedback", ["came_on"], sqlite_where=there, postgresql_where=there)
