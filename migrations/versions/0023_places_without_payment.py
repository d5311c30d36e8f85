"""limits by places and by person, free bookings confirmed by mail, news asked about after the purchase"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

HELD = sa.text("held_until IS NOT NULL")


def some(column: str) -> sa.TextClause:
    """The rows of a partial index: those that carry the mark."""
    return sa.text(f"{column} <> ''")


def upgrade() -> None:
    for name, most in (("most_places_person", 40), ("most_places_address", 60), ("most_free_places", 6)):
        op.add_column("centre", sa.Column(name, sa.Integer(), server_default=str(most), nullable=False))
    op.drop_column("centre", "most_holds")
    # Marks of addresses stay only while they count: not beside what is paid for or over.
    op.execute("UPDATE booking SET holder = '' WHERE holder <> '' AND held_until IS NULL")
    op.add_column("booking", sa.Column("person", sa.String(length=32), server_default="", nullable=False))
    op.add_column("booking", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("booking", sa.Column("topics", sa.Text(), server_default="[]", nullable=False))
    op.drop_index("ix_booking_holder", table_name="booking", sqlite_where=HELD, postgresql_where=HELD)
    for table in ("booking", "waiting"):
        if table == "waiting":
            op.add_column(table, sa.Column("holder", sa.String(length=32), server_default="", nullable=False))
            op.add_column(table, sa.Column("person", sa.String(length=32), server_default="", nullable=False))
        for column in ("holder", "person"):
            where = some(column)
            op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=where, postgresql_where=where)
    op.add_column("subscriber", sa.Column("asked", sa.Text(), server_default="[]", nullable=False))
    op.execute("UPDATE subscriber SET asked = topics WHERE confirmed_at IS NULL AND ended_at IS NULL")


def downgrade() -> None:
    op.execute("UPDATE subscriber SET topics = asked WHERE confirmed_at IS NULL AND topics = '[]'")
    op.drop_column("subscriber", "asked")
    for table in ("waiting", "booking"):
        for column in ("person", "holder"):
            op.drop_index(f"ix_{table}_{column}", table_name=table)
        if table == "waiting":
            op.drop_column(table, "person")
            op.drop_column(table, "holder")
    op.create_index("ix_booking_holder", "booking", ["holder"], sqlite_where=HELD, postgresql_where=HELD)
    for column in ("topics", "asked_at", "person"):
        op.drop_column("booking", column)
    op.add_column("centre", sa.Column("most_holds", sa.Integer(), server_default="10", nullable=False))
    with op.batch_alter_table("centre") as batch:
        batch.alter_column("most_holds", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    for name in ("most_free_places", "most_places_address", "most_places_person"):
        op.drop_column("centre", name)
