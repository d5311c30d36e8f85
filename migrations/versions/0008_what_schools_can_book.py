"""What schools can book."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "programme",
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grade_from", sa.Integer(), nullable=False),
        sa.Column("grade_to", sa.Integer(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("aims", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), server_default="", nullable=False),
        sa.Column("instant", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "price_by", sa.Enum("person", "group", "free", name="priceby", native_enum=False, length=20), nullable=True
        ),
        sa.Column("price", sa.Integer(), nullable=True),
        sa.Column("adult_price", sa.Integer(), nullable=True),
        sa.Column("most_groups", sa.Integer(), nullable=True),
        sa.CheckConstraint("grade_from BETWEEN 0 AND grade_to AND grade_to <= 13", name=op.f("ck_programme_grades")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_programme_activity_id_activity")),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_programme")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("programme")
