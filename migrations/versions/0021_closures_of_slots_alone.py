"""closures of the slots on their list alone, the parties of a claim, what hinders who waits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('closure', sa.Column('listed', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('waiting', sa.Column('hindered', sa.String(length=60), nullable=True))
    op.add_column('visit_waiting', sa.Column('hindered', sa.String(length=60), nullable=True))
    op.add_column('claim', sa.Column('parties', sa.Text(), nullable=True))
    # Slots that one closure had cancelled were left out of those made later over them: now they belong to both.
    op.execute("""
        INSERT INTO closure_slot (closure_id, slot_id, was)
        SELECT later.id, slot.id, min(before.was)
        FROM closure AS later
        JOIN slot ON slot.starts_at < coalesce(later.until, later.ends_at) AND slot.ends_at > later.starts_at
        JOIN closure_slot AS before ON before.slot_id = slot.id
        JOIN closure AS earlier ON earlier.id = before.closure_id
        WHERE later.reopened_at IS NULL AND earlier.reopened_at IS NULL AND later.slot_id IS NULL
          AND slot.activity_id IS NOT NULL AND slot.status = 'cancelled'
          AND (later.space_id IS NULL OR later.space_id = slot.space_id)
          AND (later.activity_id IS NULL OR later.activity_id = slot.activity_id)
          AND NOT EXISTS (
            SELECT 1 FROM closure_slot AS own WHERE own.closure_id = later.id AND own.slot_id = slot.id
          )
        GROUP BY later.id, slot.id
    """)


def downgrade() -> None:
    op.drop_column('claim', 'parties')
    op.drop_column('visit_waiting', 'hindered')
    op.drop_column('waiting', 'hindered')
    op.drop_column('closure', 'listed')
