"""Letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mail_count",
        sa.Column("promise_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("promise_id", name=op.f("pk_mail_count")),
    )
    op.create_index("ix_mail_count_at", "mail_count", ["at"], unique=False)
    op.create_index("ix_mail_count_who", "mail_count", ["who", "at"], unique=False)
    op.create_table(
        "mail_text",
        sa.Column("letter", sa.String(length=50), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=100), server_default="", nullable=False),
        sa.Column("opening", sa.Text(), server_default="", nullable=False),
        sa.Column("closing", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("letter", "lang", name=op.f("pk_mail_text")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("mail_text")
    op.drop_table("mail_count")
