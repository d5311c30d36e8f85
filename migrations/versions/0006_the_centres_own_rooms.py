"""the centre's own rooms: its logo, who made a slot, when an activity is sold"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MADE = sa.text("made_by IS NOT NULL")
MOVED = sa.text("moved_from IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "logo",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_logo")),
    )
    op.add_column("centre", sa.Column("logo", sa.String(length=40), server_default="", nullable=False))
    op.add_column("activity", sa.Column("on_sale_days", sa.Integer(), nullable=True))
    op.add_column("activity", sa.Column("sale_ends_minutes", sa.Integer(), nullable=True))
    op.add_column("slot", sa.Column("made_by", sa.BigInteger(), nullable=True))
    op.add_column("slot", sa.Column("by_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("ix_slot_made_by", "slot", ["made_by"], sqlite_where=MADE, postgresql_where=MADE)
    op.create_index("ix_line_slot_id", "line", ["slot_id"])
    op.create_index("ix_check_in_moved_from", "check_in", ["moved_from"], sqlite_where=MOVED, postgresql_where=MOVED)


def downgrade() -> None:
    op.drop_index("ix_check_in_moved_from", table_name="check_in")
    op.drop_index("ix_line_slot_id", table_name="line")
    op.drop_index("ix_slot_made_by", table_name="slot")
    op.drop_column("slot", "by_hand")
    op.drop_column("slot", "made_by")
    op.drop_column("activity", "sale_ends_minutes")
    op.drop_column("activity", "on_sale_days")
    op.drop_column("centre", "logo")
    op.drop_table("logo")
