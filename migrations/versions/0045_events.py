"""Lectures, festivals and contests; what is sold alone, beneath a festival, or when the house is closed.

Revision ID: 0045
Revises: 0044
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
runs_from = "0038"

BEFORE = ("admission", "programme", "course", "show", "workshop", "event", "lunch")
AFTER = ("admission", "programme", "course", "show", "workshop", "event", "lecture", "festival", "contest", "lunch")
NAME = "ck_activity_kind"


def upgrade() -> None:
    """More kinds of activity; those that are there are as they were."""
    _ask(BEFORE, AFTER)
    op.add_column("activity", sa.Column("gives_entry", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("activity", sa.Column("part_of_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_activity_part_of_id"), "activity", ["part_of_id"])
    op.add_column("activity", sa.Column("outside_hours", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    """As it was: what is of a new kind becomes an event, which is what it was before there was a word for it."""
    op.drop_column("activity", "outside_hours")
    op.drop_index(op.f("ix_activity_part_of_id"), table_name="activity")
    op.drop_column("activity", "part_of_id")
    op.drop_column("activity", "gives_entry")
    op.execute("UPDATE activity SET kind = 'event' WHERE kind IN ('lecture', 'festival', 'contest')")
    _ask(AFTER, BEFORE)


def _ask(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Another list of kinds, by its name."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(NAME), "activity")
        op.create_check_constraint(op.f(NAME), "activity", _condition(after))
        return
    # As 0031 does: a new table would take the slots of the old one with it.
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    replaced = sa.text(
        "UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'activity'"
    )
    old, new = (f"CONSTRAINT {NAME} CHECK ({_condition(kinds)})" for kinds in (before, after))
    connection.execute(replaced, {"old": old, "new": new})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")


def _condition(kinds: tuple[str, ...]) -> str:
    return "kind IN (" + ", ".join(f"'{kind}'" for kind in kinds) + ")"
