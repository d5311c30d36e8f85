"""Receivables that are let go, and marks on what was invoiced or let go, so that nobody searches the past for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MARKS = (("visit_due", "dealt_with"), ("visit", "fee_dealt_with"), ("enrolment", "dealt_with"))
INDEXES = (
    ("ix_visit_due_open", "visit_due", "visit_id", "dealt_with", "amount > 0"),
    ("ix_visit_fee_open", "visit", "booking_id", "fee_dealt_with", "fee > 0"),
    ("ix_enrolment_open", "enrolment", "booking_id", "dealt_with", "pays = 'invoice'"),
)
ALREADY = (
    "UPDATE visit_due SET dealt_with = true WHERE EXISTS (SELECT 1 FROM visit v JOIN invoiced_receivable r"
    " ON r.key = 'visit:' || v.booking_id || ':' || COALESCE(visit_due.paid_by, 0) WHERE v.id = visit_due.visit_id)",
    "UPDATE visit SET fee_dealt_with = true WHERE fee > 0 AND EXISTS"
    " (SELECT 1 FROM invoiced_receivable r WHERE r.key = 'fee:' || visit.booking_id)",
    "UPDATE enrolment SET dealt_with = true WHERE EXISTS"
    " (SELECT 1 FROM invoiced_receivable r WHERE r.key = 'course:' || enrolment.booking_id)",
)


def upgrade() -> None:
    """Make the table, the marks and their indexes; mark what is invoiced already."""
    op.create_table(
        "receivable_let_go",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=120), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_receivable_let_go_amount")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_receivable_let_go_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receivable_let_go")),
        sa.UniqueConstraint("key", name=op.f("uq_receivable_let_go_key")),
    )
    op.create_index(op.f("ix_receivable_let_go_booking_id"), "receivable_let_go", ["booking_id"])
    for table, name in MARKS:
        op.add_column(table, sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    for statement in ALREADY:
        op.execute(statement)
    for name, table, column, mark, besides in INDEXES:
        where = {
            "sqlite_where": sa.text(f"{mark} = 0 AND {besides}"),
            "postgresql_where": sa.text(f"{mark} = false AND {besides}"),
        }
        op.create_index(name, table, [column], **where)


def downgrade() -> None:
    """Take them away."""
    for name, table, *_rest in INDEXES:
        op.drop_index(name, table_name=table)
    for table, name in MARKS:
        op.drop_column(table, name)
    op.drop_index(op.f("ix_receivable_let_go_booking_id"), table_name="receivable_let_go")
    op.drop_table("receivable_let_go")
