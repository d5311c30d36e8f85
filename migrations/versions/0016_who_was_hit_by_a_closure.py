"""Who was hit by a closure."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "closure_hit",
        sa.Column("closure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "choice",
            sa.Enum(
                "moved",
                "part_back",
                "all_back",
                name="closurechoice",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(choice IS NULL) = (chosen_at IS NULL)", name=op.f("ck_closure_hit_chosen_at")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_closure_hit_booking_id_booking")),
        sa.ForeignKeyConstraint(["closure_id"], ["closure.id"], name=op.f("fk_closure_hit_closure_id_closure")),
        sa.PrimaryKeyConstraint("closure_id", "booking_id", name=op.f("pk_closure_hit")),
    )
    op.create_index("ix_closure_hit_booking_id", "closure_hit", ["booking_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("closure_hit")
