"""work on slots can be undone; closed hours keep their end; educators by date and hour; places a booking may take"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'slot_before',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('work_id', sa.BigInteger(), nullable=False),
        sa.Column('slot_id', sa.BigInteger(), nullable=False),
        sa.Column('trace', sa.Enum('changed', 'closed', 'removed', name='trace', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('facts', sa.Text(), nullable=False),
        sa.Column('draws', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_slot_before')),
    )
    op.create_index(op.f('ix_slot_before_starts_at'), 'slot_before', ['starts_at'], unique=False)
    op.create_index(op.f('ix_slot_before_work_id'), 'slot_before', ['work_id'], unique=False)
    op.add_column('activity', sa.Column('most_places', sa.Integer(), nullable=True))
    op.add_column('claim', sa.Column('shared', sa.Text(), nullable=True))
    op.add_column('closure', sa.Column('until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('duty', sa.Column('on_date', sa.Date(), nullable=True))
    op.add_column('duty', sa.Column('from_time', sa.Time(), nullable=True))
    op.add_column('duty', sa.Column('until_time', sa.Time(), nullable=True))


def downgrade() -> None:
    op.drop_column('duty', 'until_time')
    op.drop_column('duty', 'from_time')
    op.drop_column('duty', 'on_date')
    op.drop_column('closure', 'until')
    op.drop_column('claim', 'shared')
    op.drop_column('activity', 'most_places')
    op.drop_index(op.f('ix_slot_before_work_id'), table_name='slot_before')
    op.drop_index(op.f('ix_slot_before_starts_at'), table_name='slot_before')
    op.drop_table('slot_before')
