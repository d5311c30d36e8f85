"""letters to one mailbox are counted by the day, and held back beyond a number"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

def let_states_be(*states: str) -> None:
    """The states that the database takes for a promise."""
    name = op.f("ck_outbox_promisestate")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.column("state").in_(states))


def upgrade() -> None:
    op.add_column("centre", sa.Column("most_mails", sa.Integer(), server_default="10", nullable=False))
    op.create_table(
        "mail_count",
        sa.Column("promise_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("promise_id", name=op.f("pk_mail_count")),
    )
    op.create_index("ix_mail_count_who", "mail_count", ["who", "at"], unique=False)
    op.create_index("ix_mail_count_at", "mail_count", ["at"], unique=False)
    let_states_be("waiting", "done", "dead", "held_back")


def downgrade() -> None:
    op.execute("UPDATE outbox SET state = 'dead' WHERE state = 'held_back'")
    let_states_be("waiting", "done", "dead")
    op.drop_table("mail_count")
    op.drop_column("centre", "most_mails")
