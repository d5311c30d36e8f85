"""What was paid of a write-off and went back is written off again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

WIDER = (
    (
        "writeoffkind", "kind IN ('written_off', 'undone', 'paid', 'credited', 'lapsed')",
        "kind IN ('written_off', 'undone', 'paid', 'gone_back', 'credited', 'lapsed')",
    ),
    (
        "amount", "amount <> 0 AND (kind = 'lapsed' OR (kind = 'written_off') = (amount > 0))",
        "amount <> 0 AND (kind = 'lapsed' OR (kind IN ('written_off', 'gone_back')) = (amount > 0))",
    ),
)  # fmt: skip


def upgrade() -> None:
    """Let rows be of one kind more."""
    for name, before, after in WIDER:
        _ask(name, before, after)


def downgrade() -> None:
    """Take it away; refused once there is any of it, which a build of before does not know."""
    pieces = sa.table("invoice_write_off", sa.column("kind"))
    if op.get_bind().execute(sa.select(pieces).where(pieces.c.kind == "gone_back").limit(1)).first():
        raise RuntimeError("payments of write-offs went back, which a build of before does not know")
    for name, before, after in WIDER:
        _ask(name, after, before)


def _ask(name: str, before: str, after: str) -> None:
    """Another condition of a CHECK."""
    table, whole_name = "invoice_write_off", f"ck_invoice_write_off_{name}"
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(whole_name), table)
        op.create_check_constraint(op.f(whole_name), table, after)
        return
    # As 0031 does: a new table would have no triggers.
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    replaced = sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :name")
    connection.execute(replaced, {"old": f"CHECK ({before})", "new": f"CHECK ({after})", "name": table})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
