"""Reminders may be left out, letters of invoices say their attempt, and deliveries that want somebody are found."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

PROMISED = sa.text("state = 'promised' AND left_out_at IS NULL")
UNDONE = sa.text("state IN ('waiting', 'looking_up', 'sending', 'refused', 'unknown', 'needs_person')")
WITH_CHANNEL = sa.text("state = 'sent' AND channel <> 'mail'")
OUTBOX = sa.table("outbox", sa.column("id"), sa.column("kind"), sa.column("key"), sa.column("about", sa.Text))


def upgrade() -> None:
    """Add the column and the indexes; write into promised letters what their keys say."""
    op.add_column("invoice_reminder", sa.Column("left_out_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_invoice_reminder_promised", "invoice_reminder", ["promised_at"], sqlite_where=PROMISED,
        postgresql_where=PROMISED,
    )  # fmt: skip
    op.drop_index("ix_invoice_delivery_state", table_name="invoice_delivery")
    op.create_index(
        "ix_invoice_delivery_undone", "invoice_delivery", ["since"], sqlite_where=UNDONE, postgresql_where=UNDONE
    )
    op.create_index(
        "ix_invoice_delivery_with_channel", "invoice_delivery", ["since"], sqlite_where=WITH_CHANNEL,
        postgresql_where=WITH_CHANNEL,
    )  # fmt: skip
    rows = op.get_bind().execute(
        sa.select(OUTBOX.c.id, OUTBOX.c.key, OUTBOX.c.about).where(OUTBOX.c.kind == "mail.invoice")
    )
    for promise_id, key, about in rows.all():
        kept = json.loads(about) | {"attempt": int(key.rpartition(":")[2])}
        now = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
        op.execute(sa.update(OUTBOX).where(OUTBOX.c.id == promise_id).values(about=now))


def downgrade() -> None:
    """Take them away; what letters say more than they did does no harm."""
    op.drop_index("ix_invoice_delivery_with_channel", table_name="invoice_delivery")
    op.drop_index("ix_invoice_delivery_undone", table_name="invoice_delivery")
    op.create_index("ix_invoice_delivery_state", "invoice_delivery", ["state", "since"])
    op.drop_index("ix_invoice_reminder_promised", table_name="invoice_reminder")
    op.drop_column("invoice_reminder", "left_out_at")
