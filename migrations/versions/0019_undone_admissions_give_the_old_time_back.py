"""whether people who were moved at the door got their old time back when their admission was undone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('check_in', sa.Column('moved_back', sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column('check_in', 'moved_back')
