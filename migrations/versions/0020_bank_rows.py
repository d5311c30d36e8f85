"""Bank rows: files taken from the bank, what came in, and what of it pays which invoice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "bank_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.String(length=35), nullable=False),
        sa.Column("account", sa.String(length=35), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("had", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.CheckConstraint("had >= 0 AND size > had AND left_out >= 0", name=op.f("ck_bank_file_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_file")),
    )
    op.create_table(
        "bank_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bank_reference", sa.String(length=35), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reversal", sa.Boolean(), nullable=False),
        sa.Column("kid", sa.String(length=35), nullable=False),
        sa.Column("refs", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("debtor", sa.String(length=140), nullable=False),
        sa.Column("debtor_account", sa.String(length=70), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "paid",
                "part",
                "too_much",
                "credited",
                "unknown_kid",
                "several",
                "no_kid",
                "other_currency",
                "taken_back",
                "taken_back_unknown",
                "known",
                name="rowoutcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "matched",
                "set_aside",
                "other_currency",
                "taken_back",
                name="rowstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("over", sa.BigInteger(), nullable=False),
        sa.Column("proposals", sa.Text(), nullable=False),
        sa.Column("may_undo", sa.Text(), nullable=False),
        sa.Column("undoes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("by_hand_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "over = 0 OR state IN ('matched', 'taken_back')", name=op.f("ck_bank_row_over_only_when_matched")
        ),
        sa.CheckConstraint(
            "state <> 'matched' OR abs(applied + over) = amount", name=op.f("ck_bank_row_matched_whole")
        ),
        sa.CheckConstraint("undoes_id IS NULL OR (reversal AND state = 'taken_back')", name=op.f("ck_bank_row_undoes")),
        sa.CheckConstraint(
            "(NOT reversal AND applied >= 0 AND over >= 0 AND applied + over <= amount) OR (reversal AND applied <= 0 AND over <= 0 AND applied + over >= -amount)",
            name=op.f("ck_bank_row_sums"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bank_row_amount")),
        sa.ForeignKeyConstraint(["file_id"], ["bank_file.id"], name=op.f("fk_bank_row_file_id_bank_file")),
        sa.ForeignKeyConstraint(["undoes_id"], ["bank_row.id"], name=op.f("fk_bank_row_undoes_id_bank_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_row")),
        sa.UniqueConstraint("key", name=op.f("uq_bank_row_key")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_bank_row_undoes_id")),
    )
    op.create_index(op.f("ix_bank_row_booked_on"), "bank_row", ["booked_on"], unique=False)
    op.create_index(op.f("ix_bank_row_by_hand_at"), "bank_row", ["by_hand_at"], unique=False)
    op.create_index(op.f("ix_bank_row_file_id"), "bank_row", ["file_id"], unique=False)
    op.create_index(
        "ix_bank_row_over",
        "bank_row",
        ["id"],
        unique=False,
        sqlite_where=sa.text("over <> 0"),
        postgresql_where=sa.text("over <> 0"),
    )
    op.create_index("ix_bank_row_state", "bank_row", ["state", "id"], unique=False)

    op.create_table(
        "bank_share",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invoice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_bank_share_amount")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_bank_share_invoice_id_invoice"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["row_id"], ["bank_row.id"], name=op.f("fk_bank_share_row_id_bank_row"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_share")),
        sa.UniqueConstraint("row_id", "invoice_id", "by_hand", name="uq_bank_share_once"),
    )
    op.create_index(op.f("ix_bank_share_invoice_id"), "bank_share", ["invoice_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_bank_share_invoice_id"), table_name="bank_share")
    op.drop_table("bank_share")
    op.drop_index("ix_bank_row_state", table_name="bank_row")
    op.drop_index(
        "ix_bank_row_over",
        table_name="bank_row",
        sqlite_where=sa.text("over <> 0"),
        postgresql_where=sa.text("over <> 0"),
    )
    op.drop_index(op.f("ix_bank_row_file_id"), table_name="bank_row")
    op.drop_index(op.f("ix_bank_row_by_hand_at"), table_name="bank_row")
    op.drop_index(op.f("ix_bank_row_booked_on"), table_name="bank_row")
    op.drop_table("bank_row")
    op.drop_table("bank_file")
