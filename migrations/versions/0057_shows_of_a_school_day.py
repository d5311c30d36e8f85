"""Shows that school classes may see as part of their day, and what they owe for them.

A program of before works beside this one until the centre opens its first show to classes: it cannot read a visit that
has one, so from then on the database has none (`booking/programmes/shows.py: changed`).

Revision ID: 0057
Revises: 0056
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None
runs_from = "0038"

KINDS = ("programme", "lunch", "exhibition")


def upgrade() -> None:
    """No show is open to classes until the centre says so."""
    op.create_table(
        "school_show",
        sa.Column(
            "activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("is_open", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("price", sa.Integer(), server_default="0", nullable=False),
        sa.Column("vat_rate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("grade_from", sa.Integer(), nullable=False),
        sa.Column("grade_to", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "grade_from BETWEEN 0 AND grade_to AND grade_to <= 13", name=op.f("ck_school_show_grades")
        ),
        sa.CheckConstraint("price >= 0", name=op.f("ck_school_show_price")),
        sa.CheckConstraint("vat_rate BETWEEN 0 AND 10000", name=op.f("ck_school_show_vat_rate")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_school_show_activity_id_activity")),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_school_show")),
    )
    op.add_column("visit_due", sa.Column("show_id", sa.BigInteger(), nullable=True))
    _kinds(KINDS, (*KINDS, "show"))


def downgrade() -> None:
    """Refused once a class has a show in its day: a build of before cannot read it."""
    part = sa.table("visit_part", sa.column("kind"))
    if op.get_bind().execute(sa.select(part).where(part.c.kind == "show").limit(1)).first():
        raise RuntimeError("a visit has what a build of before does not know: a show")
    _kinds((*KINDS, "show"), KINDS)
    op.execute("ALTER TABLE visit_due DROP COLUMN show_id")
    op.drop_table("school_show")


def _kinds(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Other kinds in the CHECK of what a class does."""
    name = "ck_visit_part_partkind"
    old, new = (f"kind IN ({', '.join(repr(value) for value in values)})" for values in (before, after))
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), "visit_part")
        op.create_check_constraint(op.f(name), "visit_part", new)
        return
    # As https://www.sqlite.org/lang_altertable.html has it for constraints: a new table would have no triggers.
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    replaced = sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :name")
    connection.execute(replaced, {"old": f"({old})", "new": f"({new})", "name": "visit_part"})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
