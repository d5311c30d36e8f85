"""school visits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('agreement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('payer', sa.String(length=120), nullable=False),
    sa.Column('org_number', sa.String(length=20), server_default='', nullable=False),
    sa.Column('reference_pattern', sa.String(length=60), server_default='', nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('secret', sa.String(length=26), nullable=False),
    sa.Column('municipality', sa.String(length=60), server_default='', nullable=False),
    sa.Column('school_kind', sa.Enum('school', 'kindergarten', name='schoolkind', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('pays', sa.Enum('all', 'share', 'per_pupil', 'per_group', name='pays', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('each', sa.Integer(), nullable=False),
    sa.Column('grade_from', sa.Integer(), nullable=True),
    sa.Column('grade_to', sa.Integer(), nullable=True),
    sa.Column('from_date', sa.Date(), nullable=True),
    sa.Column('until_date', sa.Date(), nullable=True),
    sa.Column('kinds', sa.Text(), nullable=True),
    sa.Column('most_visits', sa.Integer(), nullable=True),
    sa.Column('most_pupils', sa.Integer(), nullable=True),
    sa.Column('class_visits', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), server_default=sa.text('(true)'), nullable=False),
    sa.CheckConstraint('"each" >= 0', name=op.f('ck_agreement_each')),
    sa.CheckConstraint('percent BETWEEN 0 AND 100', name=op.f('ck_agreement_percent')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement')),
    sa.UniqueConstraint('code', name=op.f('uq_agreement_code')),
    sa.UniqueConstraint('secret', name=op.f('uq_agreement_secret'))
    )
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.create_index('ix_agreement_municipality', ['municipality'], unique=False)

    op.create_table('school',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('search', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), server_default='', nullable=False),
    sa.Column('org_number', sa.String(length=20), server_default='', nullable=False),
    sa.Column('municipality', sa.String(length=60), server_default='', nullable=False),
    sa.Column('kind', sa.Enum('school', 'kindergarten', name='schoolkind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('email', sa.String(length=254), server_default='', nullable=False),
    sa.Column('reference_pattern', sa.String(length=60), server_default='', nullable=False),
    sa.Column('known', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school'))
    )
    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.create_index('ix_school_search', ['search'], unique=False)
        batch_op.create_index('uq_school_org_number', ['org_number'], unique=True, sqlite_where=sa.text("org_number <> ''"), postgresql_where=sa.text("org_number <> ''"))

    op.create_table('allowance',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('agreement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('holder', sa.String(length=140), server_default='', nullable=False),
    sa.Column('most_visits', sa.Integer(), nullable=True),
    sa.Column('most_pupils', sa.Integer(), nullable=True),
    sa.Column('visits', sa.Integer(), server_default='0', nullable=False),
    sa.Column('pupils', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint('pupils >= 0 AND (most_pupils IS NULL OR pupils <= most_pupils)', name=op.f('ck_allowance_pupils_within')),
    sa.CheckConstraint('visits >= 0 AND (most_visits IS NULL OR visits <= most_visits)', name=op.f('ck_allowance_visits_within')),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_allowance_agreement_id_agreement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allowance')),
    sa.UniqueConstraint('key', name=op.f('uq_allowance_key'))
    )
    with op.batch_alter_table('allowance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_allowance_agreement_id'), ['agreement_id'], unique=False)

    op.create_table('school_rules',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('pupil_price', sa.Integer(), nullable=False),
    sa.Column('adult_price', sa.Integer(), nullable=False),
    sa.Column('least_price', sa.Integer(), nullable=False),
    sa.Column('pupils_per_adult', sa.Integer(), nullable=False),
    sa.Column('children_per_adult', sa.Integer(), nullable=False),
    sa.Column('number_days', sa.Integer(), nullable=False),
    sa.Column('free_days', sa.Integer(), nullable=False),
    sa.Column('late_percent', sa.Integer(), nullable=False),
    sa.Column('same_day_percent', sa.Integer(), nullable=False),
    sa.Column('pupil_type_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('adult_type_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lunch_type_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint('late_percent BETWEEN 0 AND 100 AND same_day_percent BETWEEN 0 AND 100', name=op.f('ck_school_rules_percents')),
    sa.CheckConstraint('pupil_price >= 0 AND adult_price >= 0 AND least_price >= 0', name=op.f('ck_school_rules_prices')),
    sa.CheckConstraint('pupils_per_adult > 0 AND children_per_adult > 0', name=op.f('ck_school_rules_ratios')),
    sa.ForeignKeyConstraint(['adult_type_id'], ['ticket_type.id'], name=op.f('fk_school_rules_adult_type_id_ticket_type')),
    sa.ForeignKeyConstraint(['lunch_type_id'], ['ticket_type.id'], name=op.f('fk_school_rules_lunch_type_id_ticket_type')),
    sa.ForeignKeyConstraint(['pupil_type_id'], ['ticket_type.id'], name=op.f('fk_school_rules_pupil_type_id_ticket_type')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school_rules'))
    )
    op.create_table('visit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('school_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mobile', sa.String(length=40), server_default='', nullable=False),
    sa.Column('on_the_day', sa.String(length=120), server_default='', nullable=False),
    sa.Column('order_number', sa.String(length=60), server_default='', nullable=False),
    sa.Column('invoice_reference', sa.String(length=60), server_default='', nullable=False),
    sa.Column('code', sa.String(length=40), server_default='', nullable=False),
    sa.Column('arrives_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leaves_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('approval', sa.Enum('not_needed', 'asked', 'given', 'declined', name='approval', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('reason', sa.String(length=400), server_default='', nullable=False),
    sa.Column('fee', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint('arrives_at < leaves_at', name=op.f('ck_visit_arrives_before_it_leaves')),
    sa.CheckConstraint('fee >= 0', name=op.f('ck_visit_fee')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_visit_booking_id_booking'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_visit_school_id_school')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
    sa.UniqueConstraint('booking_id', name=op.f('uq_visit_booking_id'))
    )
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.create_index('ix_visit_arrives_at', ['arrives_at'], unique=False)
        batch_op.create_index('ix_visit_asked', ['arrives_at'], unique=False, sqlite_where=sa.text("approval = 'asked'"), postgresql_where=sa.text("approval = 'asked'"))
        batch_op.create_index(batch_op.f('ix_visit_school_id'), ['school_id'], unique=False)

    op.create_table('programme',
    sa.Column('activity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('grade_from', sa.Integer(), nullable=False),
    sa.Column('grade_to', sa.Integer(), nullable=False),
    sa.Column('subjects', sa.Text(), nullable=False),
    sa.Column('aims', sa.Text(), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=2), server_default='', nullable=False),
    sa.Column('instant', sa.Boolean(), server_default=sa.text('(true)'), nullable=False),
    sa.Column('shared', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.CheckConstraint('grade_from BETWEEN 0 AND grade_to AND grade_to <= 13', name=op.f('ck_programme_grades')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_programme_activity_id_activity')),
    sa.PrimaryKeyConstraint('activity_id', name=op.f('pk_programme'))
    )
    op.create_table('visit_due',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('visit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('paid_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('agreement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('group_name', sa.String(length=40), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('because', sa.Enum('all', 'share', 'per_pupil', 'per_group', 'rest', 'used_up', 'other_date', 'other_grade', 'other_kind', 'no_agreement', name='because', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('pupils', sa.Integer(), nullable=False),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_visit_due_amount')),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_visit_due_agreement_id_agreement')),
    sa.ForeignKeyConstraint(['paid_by'], ['agreement.id'], name=op.f('fk_visit_due_paid_by_agreement')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_due_visit_id_visit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_due'))
    )
    with op.batch_alter_table('visit_due', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_due_paid_by'), ['paid_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_visit_due_visit_id'), ['visit_id'], unique=False)

    op.create_table('visit_group',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('visit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('grade', sa.Integer(), nullable=False),
    sa.Column('pupils', sa.Integer(), nullable=False),
    sa.Column('adults', sa.Integer(), nullable=False),
    sa.Column('claims', sa.Text(), nullable=False),
    sa.CheckConstraint('grade BETWEEN 0 AND 13', name=op.f('ck_visit_group_grade')),
    sa.CheckConstraint('pupils > 0 AND adults >= 0', name=op.f('ck_visit_group_people')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_group_visit_id_visit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_group'))
    )
    with op.batch_alter_table('visit_group', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_group_visit_id'), ['visit_id'], unique=False)

    op.create_table('visit_part',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('group_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('programme', 'lunch', 'exhibition', name='partkind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('slot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('activity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_visit_part_activity_id_activity')),
    sa.ForeignKeyConstraint(['group_id'], ['visit_group.id'], name=op.f('fk_visit_part_group_id_visit_group'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_visit_part_slot_id_slot')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_part'))
    )
    with op.batch_alter_table('visit_part', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_part_group_id'), ['group_id'], unique=False)

    op.create_table('visit_waiting',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lang', sa.String(length=2), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint('people > 0', name=op.f('ck_visit_waiting_people')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_visit_waiting_booking_id_booking'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_visit_waiting_slot_id_slot')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_waiting'))
    )
    with op.batch_alter_table('visit_waiting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_waiting_booking_id'), ['booking_id'], unique=False)
        batch_op.create_index('uq_visit_waiting_slot_email', ['slot_id', 'email'], unique=True)
        batch_op.create_index('ix_visit_waiting_unoffered', ['created_at'], unique=False, sqlite_where=sa.text('offered_at IS NULL'), postgresql_where=sa.text('offered_at IS NULL'))


def downgrade() -> None:
    with op.batch_alter_table('visit_waiting', schema=None) as batch_op:
        batch_op.drop_index('ix_visit_waiting_unoffered', sqlite_where=sa.text('offered_at IS NULL'), postgresql_where=sa.text('offered_at IS NULL'))
        batch_op.drop_index('uq_visit_waiting_slot_email')
        batch_op.drop_index(batch_op.f('ix_visit_waiting_booking_id'))

    op.drop_table('visit_waiting')
    with op.batch_alter_table('visit_part', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_part_group_id'))

    op.drop_table('visit_part')
    with op.batch_alter_table('visit_group', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_group_visit_id'))

    op.drop_table('visit_group')
    with op.batch_alter_table('visit_due', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_due_visit_id'))
        batch_op.drop_index(batch_op.f('ix_visit_due_paid_by'))

    op.drop_table('visit_due')
    op.drop_table('programme')
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_school_id'))
        batch_op.drop_index('ix_visit_asked', sqlite_where=sa.text("approval = 'asked'"), postgresql_where=sa.text("approval = 'asked'"))
        batch_op.drop_index('ix_visit_arrives_at')

    op.drop_table('visit')
    op.drop_table('school_rules')
    with op.batch_alter_table('allowance', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_allowance_agreement_id'))

    op.drop_table('allowance')
    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.drop_index('uq_school_org_number', sqlite_where=sa.text("org_number <> ''"), postgresql_where=sa.text("org_number <> ''"))
        batch_op.drop_index('ix_school_search')

    op.drop_table('school')
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.drop_index('ix_agreement_municipality')

    op.drop_table('agreement')
