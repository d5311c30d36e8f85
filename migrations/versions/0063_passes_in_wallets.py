"""Passes in phones' wallets.

Revision ID: 0063
Revises: 0062
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None
runs_from = "0038"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Which bookings are in a wallet, and in whose phones."""
    op.create_table(
        "wallet_pass",
        sa.Column("booking_id", ID, nullable=False),
        sa.Column("tag", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("tag > 0", name=op.f("ck_wallet_pass_tag")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_wallet_pass_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_wallet_pass")),
    )
    op.create_table(
        "wallet_phone",
        sa.Column("id", ID, nullable=False),
        sa.Column("booking_id", ID, nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("push_token", sa.String(length=200), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("device <> '' AND push_token <> ''", name=op.f("ck_wallet_phone_named")),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["wallet_pass.booking_id"],
            name=op.f("fk_wallet_phone_booking_id_wallet_pass"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_phone")),
    )
    op.create_index(op.f("ix_wallet_phone_booking_id"), "wallet_phone", ["booking_id"], unique=False)
    op.create_index("uq_wallet_phone", "wallet_phone", ["device", "booking_id"], unique=True)


def downgrade() -> None:
    """Phones keep the passes that they have, and are told of nothing more."""
    op.drop_table("wallet_phone")
    op.drop_table("wallet_pass")
