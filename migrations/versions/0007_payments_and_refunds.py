"""Payments and refunds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "demo_session",
        sa.Column("ref", sa.String(length=26), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("return_url", sa.String(length=500), nullable=False),
        sa.Column("back_url", sa.String(length=500), nullable=False),
        sa.Column("outcome", sa.String(length=20), server_default="open", nullable=False),
        sa.Column("pays_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_demo_session")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_demo_session_idempotency_key")),
    )
    op.create_table(
        "provider_event",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_event")),
    )
    op.create_index(op.f("ix_provider_event_received_at"), "provider_event", ["received_at"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "begun",
                "open",
                "processing",
                "paid",
                "returned",
                "failed",
                "expired",
                name="paymentstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("provider_ref", sa.String(length=255), nullable=True),
        sa.Column("charge_ref", sa.String(length=255), nullable=True),
        sa.Column("url", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount")),
        sa.CheckConstraint("refunded >= 0 AND refunded <= amount", name=op.f("ck_payment_refunded_within_amount")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_payment_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_payment_idempotency_key")),
        sa.UniqueConstraint("provider_ref", name=op.f("uq_payment_provider_ref")),
    )
    op.create_index(op.f("ix_payment_booking_id"), "payment", ["booking_id"], unique=False)
    op.create_index(op.f("ix_payment_charge_ref"), "payment", ["charge_ref"], unique=False)
    op.create_index(
        "ix_payment_disputed",
        "payment",
        ["disputed_at"],
        unique=False,
        sqlite_where=sa.text("disputed_at IS NOT NULL"),
        postgresql_where=sa.text("disputed_at IS NOT NULL"),
    )
    op.create_index("ix_payment_paid_at", "payment", ["paid_at"], unique=False)
    op.create_index("ix_payment_state", "payment", ["state", "begun_at"], unique=False)
    op.create_index(
        "uq_payment_one_kept",
        "payment",
        ["booking_id"],
        unique=True,
        sqlite_where=sa.text("state = 'paid'"),
        postgresql_where=sa.text("state = 'paid'"),
    )
    op.create_table(
        "receipt",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_receipt_number")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_receipt_booking_id_booking")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_receipt")),
    )
    op.create_index("uq_receipt_says", "receipt", ["booking_id", "version", "paid", "kept"], unique=True)
    op.create_table(
        "refund",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested", "done", "failed", name="refundstate", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("provider_ref", sa.String(length=255), nullable=True),
        sa.Column("till_receipt", sa.String(length=40), server_default="", nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_refund_booking_id_booking")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_refund_idempotency_key")),
        sa.UniqueConstraint("provider_ref", name=op.f("uq_refund_provider_ref")),
    )
    op.create_index(op.f("ix_refund_booking_id"), "refund", ["booking_id"], unique=False)
    op.create_index("ix_refund_done_at", "refund", ["done_at"], unique=False)
    op.create_index(op.f("ix_refund_payment_id"), "refund", ["payment_id"], unique=False)
    op.create_index("ix_refund_state", "refund", ["state", "requested_at"], unique=False)
    op.create_index(
        "ix_refund_typed",
        "refund",
        ["requested_at"],
        unique=False,
        sqlite_where=sa.text("reason <> '' AND substr(idempotency_key, 1, 6) = 'staff:'"),
        postgresql_where=sa.text("reason <> '' AND substr(idempotency_key, 1, 6) = 'staff:'"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("refund")
    op.drop_table("receipt")
    op.drop_table("payment")
    op.drop_table("provider_event")
    op.drop_table("demo_session")
