"""long work, done by the worker in steps"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('long_work',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'running', 'done', 'failed', 'stopped', name='workstate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('cursor', sa.Integer(), server_default='0', nullable=False),
    sa.Column('done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('total', sa.Integer(), server_default='0', nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_long_work_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_long_work'))
    )
    with op.batch_alter_table('long_work', schema=None) as batch_op:
        batch_op.create_index('ix_long_work_begun_at', ['begun_at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('long_work', schema=None) as batch_op:
        batch_op.drop_index('ix_long_work_begun_at')

    op.drop_table('long_work')
