"""A show has a longer text for its own page, and the centre tells of its partners.

Revision ID: 0048
Revises: 0046
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0046"
branch_labels = None
depends_on = None
runs_from = "0038"


def upgrade() -> None:
    """No text and no partner until somebody writes one."""
    op.add_column("activity", sa.Column("about", sa.Text(), server_default="{}", nullable=False))
    op.create_table(
        "partner",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("website", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sort", sa.Integer(), server_default="0", nullable=False),
        sa.Column("logo", sa.String(length=40), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="", nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(logo = '') = (content IS NULL)", name=op.f("ck_partner_logo_with_content")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
    )


def downgrade() -> None:
    """As it was."""
    op.drop_table("partner")
    op.drop_column("activity", "about")
