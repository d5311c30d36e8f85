"""ticket types that ask for a number, such as an annual pass, and the numbers that bookings have"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket_type", sa.Column("asks_number", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("ticket_type", sa.Column("number_name", sa.Text(), server_default="{}", nullable=False))
    op.add_column("ticket_type", sa.Column("number_shape", sa.String(40), server_default="", nullable=False))
    op.add_column("booking", sa.Column("numbers", sa.Text(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("booking", "numbers")
    for name in ("number_shape", "number_name", "asks_number"):
        op.drop_column("ticket_type", name)
