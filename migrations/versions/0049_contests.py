"""Contests: what each asks, the teams and people who enter, and who is in a team.

Revision ID: 0049
Revises: 0048
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None
runs_from = "0038"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _kind(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    """Four tables; nothing of what is there changes."""
    op.create_table(
        "contest",
        sa.Column("activity_id", KEY, nullable=False),
        sa.Column("contestants", _kind("contestants", "teams", "persons"), nullable=False),
        sa.Column("least_members", sa.Integer(), nullable=False),
        sa.Column("most_members", sa.Integer(), nullable=False),
        sa.Column("asks_names", sa.Boolean(), nullable=False),
        sa.Column("asks_birth_year", sa.Boolean(), nullable=False),
        sa.Column("least_age", sa.Integer(), nullable=True),
        sa.Column("most_age", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "least_age IS NULL OR most_age IS NULL OR least_age <= most_age", name=op.f("ck_contest_ages")
        ),
        sa.CheckConstraint(
            "least_members >= 1 AND most_members >= least_members AND most_members <= 30",
            name=op.f("ck_contest_members"),
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_contest_activity_id_activity")),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_contest")),
    )
    op.create_table(
        "contest_field",
        sa.Column("id", KEY, nullable=False),
        sa.Column("activity_id", KEY, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), server_default="{}", nullable=False),
        sa.Column("kind", _kind("answerkind", "line", "text", "number", "choice", "yes"), nullable=False),
        sa.Column("asked_of", _kind("askedof", "entry", "member"), server_default="entry", nullable=False),
        sa.Column("required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("least", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("choices", sa.Text(), server_default="{}", nullable=False),
        sa.Column("sort", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("least IS NULL OR most IS NULL OR least <= most", name=op.f("ck_contest_field_range")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_contest_field_activity_id_activity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_field")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contest_field_activity_id"), "contest_field", ["activity_id"])
    _create_entries()


def _create_entries() -> None:
    op.create_table(
        "contest_entry",
        sa.Column("id", KEY, nullable=False),
        sa.Column("booking_id", KEY, nullable=False),
        sa.Column("activity_id", KEY, nullable=False),
        sa.Column(
            "state", _kind("entrystate", "entered", "withdrawn", "taken_out"), server_default="entered", nullable=False
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=400), server_default="", nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), server_default="[]", nullable=False),
        sa.Column("reason", sa.String(length=400), server_default="", nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("size >= 1", name=op.f("ck_contest_entry_size")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_contest_entry_activity_id_activity")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_contest_entry_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_entry")),
    )
    op.create_index(op.f("ix_contest_entry_activity_id"), "contest_entry", ["activity_id"])
    op.create_index(op.f("ix_contest_entry_booking_id"), "contest_entry", ["booking_id"])
    named, keyed = sa.text("name <> ''"), sa.text("name_key <> ''")
    op.create_index(
        "ix_contest_entry_named", "contest_entry", ["booking_id"], sqlite_where=named, postgresql_where=named
    )
    op.create_index(
        "uq_contest_entry_name",
        "contest_entry",
        ["activity_id", "name_key"],
        unique=True,
        sqlite_where=keyed,
        postgresql_where=keyed,
    )
    op.create_table(
        "contest_member",
        sa.Column("id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("answers", sa.Text(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["contest_entry.id"], name=op.f("fk_contest_member_entry_id_contest_entry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_member")),
    )
    op.create_index(op.f("ix_contest_member_entry_id"), "contest_member", ["entry_id"])


def downgrade() -> None:
    """As it was; who entered is gone."""
    for table in ("contest_member", "contest_entry", "contest_field", "contest"):
        op.drop_table(table)
