"""Files of long lists lie in the database, where every machine finds them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None
runs_from = "0038"


def upgrade() -> None:
    """Add the table of their parts."""
    op.create_table(
        "export_part",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("work_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_id"], ["long_work.id"], name=op.f("fk_export_part_work_id_long_work"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_part")),
    )
    op.create_index("ix_export_part_work", "export_part", ["work_id", "number"], unique=True)
    op.create_index("ix_export_part_written_at", "export_part", ["written_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("export_part")
