"""the door: check-ins, head counts, words that bookings are found by, and what the desk notes on a booking"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('booking_word',
    sa.Column('word', sa.String(length=40).with_variant(sa.String(length=40, collation='C'), 'postgresql'), nullable=False),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_booking_word_booking_id_booking'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('word', 'booking_id', name=op.f('pk_booking_word'))
    )
    with op.batch_alter_table('booking_word', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_booking_word_booking_id'), ['booking_id'], unique=False)

    op.create_table('departure',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint('people BETWEEN 1 AND 100000', name=op.f('ck_departure_people')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_departure_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_departure'))
    )
    with op.batch_alter_table('departure', schema=None) as batch_op:
        batch_op.create_index('ix_departure_at', ['at'], unique=False)

    op.create_table('head_count',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint('people BETWEEN 0 AND 100000', name=op.f('ck_head_count_people')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_head_count_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_head_count'))
    )
    with op.batch_alter_table('head_count', schema=None) as batch_op:
        batch_op.create_index('ix_head_count_at', ['at'], unique=False)

    op.create_table('check_in',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mark', sa.String(length=26), nullable=False),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('device', sa.String(length=26), server_default='', nullable=False),
    sa.Column('way', sa.Enum('camera', 'scanner', 'typed', 'list', name='way', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('heads', sa.Integer(), nullable=False),
    sa.Column('uncounted', sa.Integer(), server_default='0', nullable=False),
    sa.Column('trouble', sa.Enum('twice', 'cancelled', name='trouble', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('reason', sa.String(length=200), server_default='', nullable=False),
    sa.Column('moved_from', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('undone_reason', sa.String(length=200), server_default='', nullable=False),
    sa.CheckConstraint('(uncounted = 0) = (trouble IS NULL)', name=op.f('ck_check_in_trouble_of_the_uncounted')),
    sa.CheckConstraint('heads >= 0 AND uncounted >= 0 AND heads + uncounted > 0', name=op.f('ck_check_in_heads')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_check_in_account_id_account')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_check_in_booking_id_booking')),
    sa.ForeignKeyConstraint(['moved_from'], ['slot.id'], name=op.f('fk_check_in_moved_from_slot')),
    sa.ForeignKeyConstraint(['undone_by'], ['account.id'], name=op.f('fk_check_in_undone_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_in')),
    sa.UniqueConstraint('mark', name=op.f('uq_check_in_mark'))
    )
    with op.batch_alter_table('check_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_check_in_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_check_in_booking_id'), ['booking_id'], unique=False)

    op.create_table('check_in_line',
    sa.Column('check_in_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('heads', sa.Integer(), nullable=False),
    sa.CheckConstraint('heads > 0', name=op.f('ck_check_in_line_heads')),
    sa.ForeignKeyConstraint(['check_in_id'], ['check_in.id'], name=op.f('fk_check_in_line_check_in_id_check_in')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_check_in_line_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('check_in_id', 'ticket_id', name=op.f('pk_check_in_line'))
    )
    with op.batch_alter_table('check_in_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_check_in_line_ticket_id'), ['ticket_id'], unique=False)

    for column in (
        sa.Column('group_name', sa.String(length=120), server_default='', nullable=False),
        sa.Column('expected_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('till_receipt', sa.String(length=40), server_default='', nullable=False),
    ):
        op.add_column('booking', column)
    for column in (
        sa.Column('door_early_minutes', sa.Integer(), server_default='30', nullable=False),
        sa.Column('door_late_minutes', sa.Integer(), server_default='60', nullable=False),
        sa.Column('door_moves', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    ):
        op.add_column('centre', column)


    _make_findable()


def _make_findable() -> None:
    """Bookings of before are found by the words of their search line."""
    connection, last = op.get_bind(), 0
    some = sa.text("SELECT id, search FROM booking WHERE search <> '' AND id > :last ORDER BY id LIMIT 1000")
    write = sa.text("INSERT INTO booking_word (word, booking_id) VALUES (:word, :booking_id)")
    while rows := connection.execute(some, {"last": last}).all():
        last = rows[-1][0]
        words = [(booking_id, word[:40]) for booking_id, search in rows for word in set(re.findall(r"[\w@.+-]+", search))]
        connection.execute(write, [{"word": word, "booking_id": booking_id} for booking_id, word in set(words)])


def downgrade() -> None:
    for name in ('door_moves', 'door_late_minutes', 'door_early_minutes'):
        op.drop_column('centre', name)
    for name in ('till_receipt', 'expected_at', 'group_name'):
        op.drop_column('booking', name)
    with op.batch_alter_table('check_in_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_check_in_line_ticket_id'))

    op.drop_table('check_in_line')
    with op.batch_alter_table('check_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_check_in_booking_id'))
        batch_op.drop_index(batch_op.f('ix_check_in_at'))

    op.drop_table('check_in')
    with op.batch_alter_table('head_count', schema=None) as batch_op:
        batch_op.drop_index('ix_head_count_at')

    op.drop_table('head_count')
    with op.batch_alter_table('departure', schema=None) as batch_op:
        batch_op.drop_index('ix_departure_at')

    op.drop_table('departure')
    with op.batch_alter_table('booking_word', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_booking_word_booking_id'))

    op.drop_table('booking_word')
