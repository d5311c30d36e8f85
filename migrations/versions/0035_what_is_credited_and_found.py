"""Places on courses that owe another sum than was invoiced, what is let go while nothing is owed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0032"
branch_labels = None
depends_on = None

BEFORE, AFTER = "amount > 0", "amount >= 0"
OWED = (
    "(SELECT CASE booking.state WHEN 'confirmed' THEN booking.total ELSE 0 END FROM booking"
    " WHERE booking.id = enrolment.booking_id) + enrolment.fee"
)
OTHERWISE = " OR ".join(
    f"EXISTS (SELECT 1 FROM {table} WHERE {table}.key = 'course:' || enrolment.booking_id AND amount <> {OWED})"
    for table in ("invoiced_receivable", "receivable_let_go")
)


def upgrade() -> None:
    """Make the column, and mark what was given up before there was one."""
    op.add_column(
        "enrolment", sa.Column("owes_otherwise", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.execute(f"UPDATE enrolment SET owes_otherwise = {'1' if _is_sqlite() else 'true'} WHERE {OTHERWISE}")
    op.create_index(
        "ix_enrolment_owes_otherwise", "enrolment", ["booking_id"],
        sqlite_where=sa.text("owes_otherwise = 1"), postgresql_where=sa.text("owes_otherwise = true"),
    )  # fmt: skip
    with op.batch_alter_table("receivable_let_go") as table:
        table.drop_constraint(op.f("ck_receivable_let_go_amount"), type_="check")
        table.create_check_constraint(op.f("ck_receivable_let_go_amount"), AFTER)


def downgrade() -> None:
    """Take it away; what was let go and comes to nothing goes, as a build of before has it."""
    op.execute("DELETE FROM receivable_let_go WHERE amount = 0")
    with op.batch_alter_table("receivable_let_go") as table:
        table.drop_constraint(op.f("ck_receivable_let_go_amount"), type_="check")
        table.create_check_constraint(op.f("ck_receivable_let_go_amount"), BEFORE)
    op.drop_index("ix_enrolment_owes_otherwise", table_name="enrolment")
    op.drop_column("enrolment", "owes_otherwise")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
