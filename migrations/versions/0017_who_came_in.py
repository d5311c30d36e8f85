"""Who came in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "departure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("people BETWEEN 1 AND 100000", name=op.f("ck_departure_people")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_departure_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
    )
    op.create_index("ix_departure_at", "departure", ["at"], unique=False)
    op.create_table(
        "head_count",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("people BETWEEN 0 AND 100000", name=op.f("ck_head_count_people")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_head_count_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_head_count")),
    )
    op.create_index("ix_head_count_at", "head_count", ["at"], unique=False)
    op.create_table(
        "check_in",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mark", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("device", sa.String(length=26), server_default="", nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "camera",
                "scanner",
                "typed",
                "list",
                name="entryway",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("uncounted", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "trouble",
            sa.Enum("twice", "cancelled", "more", name="trouble", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("moved_from", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("moved_back", sa.Boolean(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("undone_reason", sa.String(length=200), server_default="", nullable=False),
        sa.CheckConstraint("(uncounted = 0) = (trouble IS NULL)", name=op.f("ck_check_in_trouble_of_the_uncounted")),
        sa.CheckConstraint("heads >= 0 AND uncounted >= 0 AND heads + uncounted > 0", name=op.f("ck_check_in_heads")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_check_in_account_id_account")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_check_in_booking_id_booking")),
        sa.ForeignKeyConstraint(["moved_from"], ["slot.id"], name=op.f("fk_check_in_moved_from_slot")),
        sa.ForeignKeyConstraint(["undone_by"], ["account.id"], name=op.f("fk_check_in_undone_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("mark", name=op.f("uq_check_in_mark")),
    )
    op.create_index(op.f("ix_check_in_at"), "check_in", ["at"], unique=False)
    op.create_index(op.f("ix_check_in_booking_id"), "check_in", ["booking_id"], unique=False)
    op.create_index(
        "ix_check_in_moved_from",
        "check_in",
        ["moved_from"],
        unique=False,
        sqlite_where=sa.text("moved_from IS NOT NULL"),
        postgresql_where=sa.text("moved_from IS NOT NULL"),
    )
    op.create_index(
        "ix_check_in_words",
        "check_in",
        ["at"],
        unique=False,
        sqlite_where=sa.text("reason <> '' OR undone_reason <> ''"),
        postgresql_where=sa.text("reason <> '' OR undone_reason <> ''"),
    )
    op.create_table(
        "check_in_line",
        sa.Column("check_in_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.CheckConstraint("heads > 0", name=op.f("ck_check_in_line_heads")),
        sa.ForeignKeyConstraint(["check_in_id"], ["check_in.id"], name=op.f("fk_check_in_line_check_in_id_check_in")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_check_in_line_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("check_in_id", "ticket_id", name=op.f("pk_check_in_line")),
    )
    op.create_index(op.f("ix_check_in_line_ticket_id"), "check_in_line", ["ticket_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("check_in_line")
    op.drop_table("check_in")
    op.drop_table("head_count")
    op.drop_table("departure")
