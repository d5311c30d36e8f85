"""schools that are no longer there, programmes with a price and a limit of their own, visits with their deadlines"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('programme', sa.Column('price_by', sa.String(length=20), nullable=True))
    op.add_column('programme', sa.Column('price', sa.Integer(), nullable=True))
    op.add_column('programme', sa.Column('adult_price', sa.Integer(), nullable=True))
    op.add_column('programme', sa.Column('most_groups', sa.Integer(), nullable=True))
    op.add_column('school', sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False))
    op.add_column('visit', sa.Column('terms', sa.Text(), nullable=True))
    op.create_index('ix_school_municipality', 'school', ['municipality', 'search'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_school_municipality', table_name='school')
    op.drop_column('visit', 'terms')
    op.drop_column('school', 'active')
    for name in ('most_groups', 'adult_price', 'price', 'price_by'):
        op.drop_column('programme', name)
