"""agreements say which visits they pay for, programmes at the school among them

They were said in kinds of activities, of which only programmes were ever billed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BILLED = ("programme", "admission", "outreach")


def upgrade() -> None:
    table = sa.table("agreement", sa.column("id", sa.Integer), sa.column("kinds", sa.JSON))
    connection = op.get_bind()
    for row in connection.execute(sa.select(table.c.id, table.c.kinds)).all():
        if row.kinds is None:
            continue
        kinds = [kind for kind in row.kinds if kind in BILLED]
        if kinds != row.kinds:
            connection.execute(table.update().where(table.c.id == row.id).values(kinds=kinds))


def downgrade() -> None:
    pass
