"""teacher courses and outreach"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('certificate',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('name_mark', sa.String(length=64), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_certificate_minutes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('mark', name=op.f('uq_certificate_mark'))
    )
    op.create_table('course_rules',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('least', sa.Integer(), nullable=False),
    sa.Column('warn_days', sa.Integer(), nullable=False),
    sa.Column('free_days', sa.Integer(), nullable=False),
    sa.Column('late_percent', sa.Integer(), nullable=False),
    sa.Column('same_day_percent', sa.Integer(), nullable=False),
    sa.Column('by_invoice', sa.Boolean(), nullable=False),
    sa.CheckConstraint('late_percent BETWEEN 0 AND 100 AND same_day_percent BETWEEN 0 AND 100', name=op.f('ck_course_rules_percents')),
    sa.CheckConstraint('least >= 0 AND warn_days >= 0 AND free_days >= 0', name=op.f('ck_course_rules_days')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_rules'))
    )
    op.create_table('travel',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('municipality', sa.String(length=60), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('fee', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint('minutes BETWEEN 0 AND 300 AND fee >= 0', name=op.f('ck_travel_way')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_travel')),
    sa.UniqueConstraint('key', name=op.f('uq_travel_key'))
    )
    op.create_table('enrolment',
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('pays', sa.Enum('card', 'invoice', 'free', name='paying', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('employer', sa.String(length=120), server_default='', nullable=False),
    sa.Column('org_number', sa.String(length=20), server_default='', nullable=False),
    sa.Column('invoice_reference', sa.String(length=60), server_default='', nullable=False),
    sa.Column('order_number', sa.String(length=60), server_default='', nullable=False),
    sa.Column('fee', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint('fee >= 0', name=op.f('ck_enrolment_fee')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_enrolment_booking_id_booking'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('booking_id', name=op.f('pk_enrolment'))
    )
    op.create_table('outreach',
    sa.Column('activity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('grade_from', sa.Integer(), nullable=False),
    sa.Column('grade_to', sa.Integer(), nullable=False),
    sa.Column('price', sa.Integer(), server_default='0', nullable=False),
    sa.Column('vat_rate', sa.Integer(), server_default='0', nullable=False),
    sa.Column('most_a_day', sa.Integer(), server_default='2', nullable=False),
    sa.Column('weekdays', sa.Integer(), server_default='31', nullable=False),
    sa.Column('from_time', sa.Time(), nullable=False),
    sa.Column('until_time', sa.Time(), nullable=False),
    sa.Column('setup_minutes', sa.Integer(), server_default='30', nullable=False),
    sa.Column('notice_days', sa.Integer(), server_default='7', nullable=False),
    sa.Column('instant', sa.Boolean(), server_default=sa.text('(true)'), nullable=False),
    sa.Column('needs', sa.Text(), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.CheckConstraint('grade_from BETWEEN 0 AND grade_to AND grade_to <= 13', name=op.f('ck_outreach_grades')),
    sa.CheckConstraint('price >= 0 AND most_a_day > 0 AND setup_minutes >= 0 AND notice_days >= 0', name=op.f('ck_outreach_numbers')),
    sa.CheckConstraint('vat_rate BETWEEN 0 AND 10000', name=op.f('ck_outreach_vat_rate')),
    sa.CheckConstraint('weekdays BETWEEN 1 AND 127', name=op.f('ck_outreach_weekdays')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_outreach_activity_id_activity')),
    sa.PrimaryKeyConstraint('activity_id', name=op.f('pk_outreach'))
    )
    op.create_table('outreach_visit',
    sa.Column('visit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('activity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('address', sa.String(length=160), nullable=False),
    sa.Column('room', sa.String(length=160), server_default='', nullable=False),
    sa.Column('municipality', sa.String(length=60), nullable=False),
    sa.Column('travel_minutes', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_outreach_visit_starts_before_it_ends')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_outreach_visit_activity_id_activity')),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_outreach_visit_slot_id_slot')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_outreach_visit_visit_id_visit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('visit_id', name=op.f('pk_outreach_visit'))
    )
    with op.batch_alter_table('outreach_visit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outreach_visit_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_outreach_visit_slot_id'), ['slot_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_outreach_visit_starts_at'), ['starts_at'], unique=False)

    op.create_table('participant',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('slot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('told', sa.Enum('nothing', 'place', 'off', name='told', native_enum=False, create_constraint=True, length=20), server_default='nothing', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('code', sa.String(length=26), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_participant_booking_id_booking'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_participant_slot_id_slot')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_participant_ticket_id_ticket'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participant')),
    sa.UniqueConstraint('ticket_id', name=op.f('uq_participant_ticket_id'))
    )
    with op.batch_alter_table('participant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_participant_booking_id'), ['booking_id'], unique=False)
        batch_op.create_index('ix_participant_named', ['starts_at'], unique=False, sqlite_where=sa.text("name <> ''"), postgresql_where=sa.text("name <> ''"))
        batch_op.create_index(batch_op.f('ix_participant_slot_id'), ['slot_id'], unique=False)
        batch_op.create_index('ix_participant_unseated', ['booking_id'], unique=False, sqlite_where=sa.text("ticket_id IS NULL AND name <> ''"), postgresql_where=sa.text("ticket_id IS NULL AND name <> ''"))



def downgrade() -> None:
    with op.batch_alter_table('participant', schema=None) as batch_op:
        batch_op.drop_index('ix_participant_unseated', sqlite_where=sa.text("ticket_id IS NULL AND name <> ''"), postgresql_where=sa.text("ticket_id IS NULL AND name <> ''"))
        batch_op.drop_index(batch_op.f('ix_participant_slot_id'))
        batch_op.drop_index('ix_participant_named', sqlite_where=sa.text("name <> ''"), postgresql_where=sa.text("name <> ''"))
        batch_op.drop_index(batch_op.f('ix_participant_booking_id'))

    op.drop_table('participant')
    with op.batch_alter_table('outreach_visit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outreach_visit_starts_at'))
        batch_op.drop_index(batch_op.f('ix_outreach_visit_slot_id'))
        batch_op.drop_index(batch_op.f('ix_outreach_visit_activity_id'))

    op.drop_table('outreach_visit')
    op.drop_table('outreach')
    op.drop_table('enrolment')
    op.drop_table('travel')
    op.drop_table('course_rules')
    op.drop_table('certificate')
