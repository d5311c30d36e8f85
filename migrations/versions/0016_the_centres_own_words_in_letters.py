"""the centre's own words in letters"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mail_text',
    sa.Column('letter', sa.String(length=50), nullable=False),
    sa.Column('lang', sa.String(length=2), nullable=False),
    sa.Column('subject', sa.String(length=100), server_default='', nullable=False),
    sa.Column('opening', sa.Text(), server_default='', nullable=False),
    sa.Column('closing', sa.Text(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('letter', 'lang', name=op.f('pk_mail_text'))
    )


def downgrade() -> None:
    op.drop_table('mail_text')
