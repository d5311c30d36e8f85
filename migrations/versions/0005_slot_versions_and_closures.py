"""a slot's version; closures"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('closure',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('space_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('activity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('slot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('why', sa.Enum('weather', 'power', 'illness', 'other', name='why', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('words', sa.String(length=300), server_default='', nullable=False),
    sa.Column('closed_days', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('work_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_closure_starts_before_it_ends')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_closure_account_id_account')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_closure_activity_id_activity')),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_closure_slot_id_slot')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_closure_space_id_space')),
    sa.ForeignKeyConstraint(['work_id'], ['long_work.id'], name=op.f('fk_closure_work_id_long_work')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closure'))
    )
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_closure_ends_at'), ['ends_at'], unique=False)

    op.create_table('closure_hit',
    sa.Column('closure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('choice', sa.Enum('moved', 'part_back', 'all_back', name='choice', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('chosen_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(choice IS NULL) = (chosen_at IS NULL)', name=op.f('ck_closure_hit_chosen_at')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_closure_hit_booking_id_booking')),
    sa.ForeignKeyConstraint(['closure_id'], ['closure.id'], name=op.f('fk_closure_hit_closure_id_closure')),
    sa.PrimaryKeyConstraint('closure_id', 'booking_id', name=op.f('pk_closure_hit'))
    )
    with op.batch_alter_table('closure_hit', schema=None) as batch_op:
        batch_op.create_index('ix_closure_hit_booking_id', ['booking_id'], unique=False)

    op.create_table('closure_slot',
    sa.Column('closure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('was', sa.Enum('open', 'closed', 'cancelled', name='slotstatus', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.ForeignKeyConstraint(['closure_id'], ['closure.id'], name=op.f('fk_closure_slot_closure_id_closure')),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_closure_slot_slot_id_slot')),
    sa.PrimaryKeyConstraint('closure_id', 'slot_id', name=op.f('pk_closure_slot'))
    )
    with op.batch_alter_table('closure_slot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_closure_slot_slot_id'), ['slot_id'], unique=False)

    op.add_column('slot', sa.Column('version', sa.Integer(), server_default='1', nullable=False))



def downgrade() -> None:
    op.drop_column('slot', 'version')

    with op.batch_alter_table('closure_slot', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_closure_slot_slot_id'))

    op.drop_table('closure_slot')
    with op.batch_alter_table('closure_hit', schema=None) as batch_op:
        batch_op.drop_index('ix_closure_hit_booking_id')

    op.drop_table('closure_hit')
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_closure_ends_at'))

    op.drop_table('closure')
