"""How many heads are billed: the rule of centre, agreement and visit, and what was decided of a visit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

RULE = sa.Enum("booked", "counted", "floor", name="headsrule", native_enum=False, create_constraint=False, length=20)


def upgrade() -> None:
    """Add the columns, make the table."""
    op.add_column("school_rules", sa.Column("heads_rule", RULE, server_default="booked", nullable=False))
    op.add_column("school_rules", sa.Column("floor_percent", sa.Integer(), server_default="80", nullable=False))
    op.add_column("school_rules", sa.Column("count_days", sa.Integer(), server_default="5", nullable=False))
    op.add_column("agreement", sa.Column("heads_rule", RULE, nullable=True))
    op.add_column("agreement", sa.Column("floor_percent", sa.Integer(), server_default="80", nullable=False))
    op.add_column("visit", sa.Column("heads_rule", RULE, server_default="booked", nullable=False))
    op.add_column("visit", sa.Column("floor_percent", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "reckoning",
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column(
            "decided",
            sa.Enum(
                "count",
                "fallback",
                "hand",
                name="reckonedby",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("classes", sa.Text(), nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("decided = 'hand' OR reason = ''", name=op.f("ck_reckoning_reason_of_a_person")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_reckoning_total")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_reckoning_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_reckoning")),
    )
    op.create_index(
        "ix_reckoning_stale",
        "reckoning",
        ["visit_id"],
        unique=False,
        sqlite_where=sa.text("stale"),
        postgresql_where=sa.text("stale"),
    )


def downgrade() -> None:
    """Take it all away."""
    op.drop_index(
        "ix_reckoning_stale",
        table_name="reckoning",
        sqlite_where=sa.text("stale"),
        postgresql_where=sa.text("stale"),
    )
    op.drop_table("reckoning")
    for table, columns in (
        ("visit", ("floor_percent", "heads_rule")),
        ("agreement", ("floor_percent", "heads_rule")),
        ("school_rules", ("count_days", "floor_percent", "heads_rule")),
    ):
        for column in columns:
            op.drop_column(table, column)
