"""links to teachers' own visits that were ended before their time"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'ended_links',
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_ended_links')),
    )
    op.create_index(op.f('ix_ended_links_ended_at'), 'ended_links', ['ended_at'])


def downgrade() -> None:
    op.drop_table('ended_links')
