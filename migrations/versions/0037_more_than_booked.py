"""people of a group beyond those booked are let in as uncounted, with a trouble of their own"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def let_troubles_be(*troubles: str) -> None:
    """What the database takes as the reason why people are uncounted."""
    name = op.f("ck_check_in_trouble")
    with op.batch_alter_table("check_in") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.column("trouble").in_(troubles))


def upgrade() -> None:
    let_troubles_be("twice", "cancelled", "more")


def downgrade() -> None:
    op.execute("UPDATE check_in SET trouble = 'twice' WHERE trouble = 'more'")
    let_troubles_be("twice", "cancelled")
