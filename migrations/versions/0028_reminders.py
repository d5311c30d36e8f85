"""Reminders of invoices: steps, rates, what was reminded of, and what holds an invoice back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reminder_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("pay_days", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("with_fee", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("with_interest", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 9", name=op.f("ck_reminder_step_number")),
        sa.CheckConstraint("days BETWEEN 1 AND 365 AND pay_days BETWEEN 1 AND 90", name=op.f("ck_reminder_step_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_step")),
        sa.UniqueConstraint("number", name=op.f("uq_reminder_step_number")),
    )
    op.create_table(
        "late_rate",
        sa.Column("id", ID, nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("interest", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fee", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("interest BETWEEN 0 AND 10000 AND fee >= 0", name=op.f("ck_late_rate_rates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_rate")),
        sa.UniqueConstraint("from_date", name=op.f("uq_late_rate_from_date")),
    )
    op.create_table(
        "invoice_reminder",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", _one_of("reminderstate", "promised", "sent", "stopped"), nullable=False),
        sa.Column(
            "why",
            _one_of("whystopped", "", "nothing_open", "held", "not_delivered", "no_email", "step_gone"),
            server_default="",
            nullable=False,
        ),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("pay_by", sa.Date(), nullable=True),
        sa.Column("open", sa.Integer(), server_default="0", nullable=False),
        sa.Column("interest", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fee", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("open >= 0 AND interest >= 0 AND fee >= 0", name=op.f("ck_invoice_reminder_sums")),
        sa.CheckConstraint("(state = 'sent') = (sent_on IS NOT NULL)", name=op.f("ck_invoice_reminder_sent_on")),
        sa.CheckConstraint("(state = 'stopped') = (why <> '')", name=op.f("ck_invoice_reminder_why")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_reminder_invoice_id_invoice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_reminder")),
        sa.UniqueConstraint("key", name=op.f("uq_invoice_reminder_key")),
    )
    op.create_index(op.f("ix_invoice_reminder_invoice_id"), "invoice_reminder", ["invoice_id"])
    op.create_index("ix_invoice_reminder_number", "invoice_reminder", ["number", "state", "sent_on"])
    op.create_table(
        "invoice_hold",
        sa.Column("id", ID, nullable=False),
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("kind", _one_of("holdkind", "disputed", "collector"), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_hold_invoice_id_invoice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_hold")),
    )
    op.create_index(op.f("ix_invoice_hold_invoice_id"), "invoice_hold", ["invoice_id"])
    holds = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_invoice_hold_one", "invoice_hold", ["invoice_id", "kind"], unique=True, sqlite_where=holds,
        postgresql_where=holds,
    )  # fmt: skip


def downgrade() -> None:
    """Take them away."""
    for table in ("invoice_hold", "invoice_reminder", "late_rate", "reminder_step"):
        op.drop_table(table)
