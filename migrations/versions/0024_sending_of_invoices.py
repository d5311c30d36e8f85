"""Sending: the centre's and a payer's way, deliveries with their steps, what was looked up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table('recipient_look_up',
    sa.Column('address', sa.String(length=60), nullable=False),
    sa.Column('receives', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('address', name=op.f('pk_recipient_look_up'))
    )
    op.create_index('ix_recipient_look_up_at', 'recipient_look_up', ['at'], unique=False)

    op.create_table('sending_rules',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.Enum('folder', 'mail', 'access_point', name='sendingchannel', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('paper_instead', sa.Boolean(), server_default=sa.text("true"), nullable=False),
    sa.Column('attach_xml', sa.Boolean(), server_default=sa.text("true"), nullable=False),
    sa.Column('reports', sa.Boolean(), server_default=sa.text("false"), nullable=False),
    sa.Column('channel_reports', sa.Boolean(), server_default=sa.text("false"), nullable=False),
    sa.Column('report_days', sa.Integer(), server_default='5', nullable=False),
    sa.CheckConstraint('report_days BETWEEN 1 AND 60', name=op.f('ck_sending_rules_report_days')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sending_rules'))
    )
    op.create_table('payer_sending',
    sa.Column('payer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('channel', sa.Enum('folder', 'mail', 'access_point', name='sendingchannel', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('public_body', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['payer_id'], ['invoice_payer.id'], name=op.f('fk_payer_sending_payer_id_invoice_payer')),
    sa.PrimaryKeyConstraint('payer_id', name=op.f('pk_payer_sending'))
    )
    op.create_table('invoice_delivery',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invoice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'looking_up', 'sending', 'sent', 'delivered', 'refused', 'unknown', 'needs_person', 'by_mail', 'outside', 'kept_back', name='deliverystate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('channel', sa.Enum('folder', 'mail', 'access_point', name='sendingchannel', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('why', sa.Enum('', 'not_set_up', 'no_access_point', 'not_found', 'not_known', 'no_xml', 'no_email', 'mail_refused', 'invoice_not_sent', 'never_arrived', 'credited', 'chosen', name='whyperson', native_enum=False, create_constraint=True, length=20), server_default='', nullable=False),
    sa.Column('said', sa.String(length=500), server_default='', nullable=False),
    sa.Column('reason', sa.String(length=200), server_default='', nullable=False),
    sa.Column('attempt', sa.Integer(), server_default='1', nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('their_ref', sa.String(length=200), server_default='', nullable=False),
    sa.Column('look_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('receipt', sa.Text(), server_default='', nullable=False),
    sa.Column('response', sa.Enum('none', 'in_process', 'query', 'conditional', 'rejected', 'accepted', 'paid', name='buyerresponse', native_enum=False, create_constraint=True, length=20), server_default='none', nullable=False),
    sa.Column('response_said', sa.String(length=500), server_default='', nullable=False),
    sa.Column('report', sa.Enum('not_needed', 'due', 'reported', name='reportstate', native_enum=False, create_constraint=True, length=20), server_default='not_needed', nullable=False),
    sa.Column('report_by', sa.Date(), nullable=True),
    sa.CheckConstraint("(report = 'not_needed') = (report_by IS NULL)", name=op.f('ck_invoice_delivery_report')),
    sa.CheckConstraint("state <> 'delivered' OR delivered_at IS NOT NULL", name=op.f('ck_invoice_delivery_delivered')),
    sa.CheckConstraint("state <> 'sending' OR (begun_at IS NOT NULL AND channel IS NOT NULL)", name=op.f('ck_invoice_delivery_begun')),
    sa.CheckConstraint('attempt > 0', name=op.f('ck_invoice_delivery_attempt')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_invoice_delivery_invoice_id_invoice'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_delivery')),
    sa.UniqueConstraint('invoice_id', name=op.f('uq_invoice_delivery_invoice_id'))
    )
    op.create_index('ix_invoice_delivery_look_at', 'invoice_delivery', ['look_at'], unique=False, sqlite_where=sa.text('look_at IS NOT NULL'), postgresql_where=sa.text('look_at IS NOT NULL'))
    op.create_index('ix_invoice_delivery_report_by', 'invoice_delivery', ['report_by'], unique=False, sqlite_where=sa.text("report = 'due'"), postgresql_where=sa.text("report = 'due'"))
    op.create_index('ix_invoice_delivery_response', 'invoice_delivery', ['response'], unique=False, sqlite_where=sa.text("response IN ('query', 'rejected')"), postgresql_where=sa.text("response IN ('query', 'rejected')"))
    op.create_index('ix_invoice_delivery_state', 'invoice_delivery', ['state', 'since'], unique=False)
    op.create_index('ix_invoice_delivery_their_ref', 'invoice_delivery', ['their_ref'], unique=False)

    op.create_table('delivery_step',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('delivery_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('why', sa.String(length=20), server_default='', nullable=False),
    sa.Column('said', sa.String(length=500), server_default='', nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['delivery_id'], ['invoice_delivery.id'], name=op.f('fk_delivery_step_delivery_id_invoice_delivery'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_step'))
    )
    op.create_index(op.f('ix_delivery_step_delivery_id'), 'delivery_step', ['delivery_id'], unique=False)



def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f('ix_delivery_step_delivery_id'), table_name='delivery_step')

    op.drop_table('delivery_step')
    op.drop_index('ix_invoice_delivery_their_ref', table_name='invoice_delivery')
    op.drop_index('ix_invoice_delivery_state', table_name='invoice_delivery')
    op.drop_index('ix_invoice_delivery_response', table_name='invoice_delivery', sqlite_where=sa.text("response IN ('query', 'rejected')"), postgresql_where=sa.text("response IN ('query', 'rejected')"))
    op.drop_index('ix_invoice_delivery_report_by', table_name='invoice_delivery', sqlite_where=sa.text("report = 'due'"), postgresql_where=sa.text("report = 'due'"))
    op.drop_index('ix_invoice_delivery_look_at', table_name='invoice_delivery', sqlite_where=sa.text('look_at IS NOT NULL'), postgresql_where=sa.text('look_at IS NOT NULL'))

    op.drop_table('invoice_delivery')
    op.drop_table('payer_sending')
    op.drop_table('sending_rules')
    op.drop_index('ix_recipient_look_up_at', table_name='recipient_look_up')

    op.drop_table('recipient_look_up')
