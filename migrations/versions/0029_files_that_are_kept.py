"""The files of an invoice are kept as long as the invoice: the database refuses to remove them before."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

IN_SQLITE = (
    "CREATE TRIGGER invoice_file_kept BEFORE DELETE ON invoice_file WHEN EXISTS "
    "(SELECT 1 FROM invoice WHERE invoice.id = OLD.invoice_id AND invoice.kept_until > date('now')) "
    "BEGIN SELECT RAISE(ABORT, 'what is issued is kept'); END"
)
IN_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION refuse_removal_of_file() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF EXISTS (SELECT 1 FROM invoice WHERE invoice.id = OLD.invoice_id AND invoice.kept_until > CURRENT_DATE) THEN "
    "RAISE EXCEPTION 'what is issued is kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
    "RETURN OLD; END $$",
    "CREATE TRIGGER invoice_file_kept BEFORE DELETE ON invoice_file FOR EACH ROW "
    "EXECUTE FUNCTION refuse_removal_of_file()",
)


def upgrade() -> None:
    """Add the guard."""
    for statement in (IN_SQLITE,) if op.get_bind().dialect.name == "sqlite" else IN_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take it away."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER invoice_file_kept")
    else:
        op.execute("DROP TRIGGER invoice_file_kept ON invoice_file")
        op.execute("DROP FUNCTION refuse_removal_of_file()")
