"""school holidays by municipality, what the lunch room costs, and the price list kept with visits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('school_holiday',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('until_date', sa.Date(), nullable=False),
    sa.Column('municipalities', sa.String(length=400), nullable=False),
    sa.CheckConstraint('from_date <= until_date', name=op.f('ck_school_holiday_dates')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school_holiday'))
    )
    op.create_index('ix_school_holiday_until_date', 'school_holiday', ['until_date'], unique=False)
    op.add_column('school_rules', sa.Column('lunch_price', sa.Integer(), server_default='0', nullable=False))
    op.add_column('visit', sa.Column('price', sa.Text(), nullable=True))
    op.add_column('visit_due', sa.Column('for_lunch', sa.Boolean(), server_default=sa.text('false'), nullable=False))


def downgrade() -> None:
    op.drop_column('visit_due', 'for_lunch')
    op.drop_column('visit', 'price')
    op.drop_column('school_rules', 'lunch_price')
    op.drop_table('school_holiday')
