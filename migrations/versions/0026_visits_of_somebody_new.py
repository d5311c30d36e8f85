"""visits of somebody new that an agreement pays, or more than a few, are asked for first"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MARKED = sa.text("holder <> ''")


def upgrade() -> None:
    op.add_column("school_rules", sa.Column("most_visits", sa.Integer(), server_default="5", nullable=False))
    op.add_column("school_rules", sa.Column("most_visitors", sa.Integer(), server_default="150", nullable=False))
    op.add_column("school_rules", sa.Column("asks_new", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("visit", sa.Column("holder", sa.String(length=32), server_default="", nullable=False))
    op.create_index("ix_visit_holder", "visit", ["holder"], sqlite_where=MARKED, postgresql_where=MARKED)


def downgrade() -> None:
    op.drop_index("ix_visit_holder", table_name="visit", sqlite_where=MARKED, postgresql_where=MARKED)
    op.drop_column("visit", "holder")
    for name in ("asks_new", "most_visitors", "most_visits"):
        op.drop_column("school_rules", name)
