"""Gift cards: orders, cards, their ledger and what bookings have of them; bookings of nobody, paid in part by a card.

Revision ID: 0056
Revises: 0055
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None
runs_from = "0038"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
ROLES = (
    "bank", "provider", "till", "receivable", "prepaid", "owed_back", "overpaid", "vat", "admission", "activity",
    "programme", "course", "lunch", "fee", "charges", "bad_debt", "rounding", "reminder_fee", "late_interest",
    "vipps",
)  # fmt: skip
TOLD = "recipient <> '' OR recipient_email <> '' OR giver <> '' OR greeting <> ''"
GUARDS = [
    (
        "sqlite",
        "CREATE TRIGGER gift_card_entry_unchanged BEFORE UPDATE ON gift_card_entry BEGIN SELECT RAISE(ABORT, 'the ledger of gift cards is only added to'); END",
    ),
    (
        "sqlite",
        "CREATE TRIGGER gift_card_entry_kept BEFORE DELETE ON gift_card_entry BEGIN SELECT RAISE(ABORT, 'the ledger of gift cards is kept'); END",
    ),
    (
        "postgresql",
        "CREATE OR REPLACE FUNCTION gift_card_entry_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger of gift cards is only added to' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    ),
    (
        "postgresql",
        "CREATE TRIGGER gift_card_entry_unchanged BEFORE UPDATE ON gift_card_entry FOR EACH ROW EXECUTE FUNCTION gift_card_entry_unchanged()",
    ),
    (
        "postgresql",
        "CREATE OR REPLACE FUNCTION gift_card_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger of gift cards is kept' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    ),
    (
        "postgresql",
        "CREATE TRIGGER gift_card_entry_kept BEFORE DELETE ON gift_card_entry FOR EACH ROW EXECUTE FUNCTION gift_card_entry_kept()",
    ),
]


def _kind(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    """No house sells any before it says for how much."""
    op.add_column("booking", sa.Column("by_gift_card", sa.Integer(), server_default="0", nullable=False))
    for name, default in (("least", "0"), ("most", "0"), ("step", "0"), ("months", "36")):
        op.add_column("centre", sa.Column(f"gift_card_{name}", sa.Integer(), server_default=default, nullable=False))
    _make_tables()
    for dialect, statement in GUARDS:
        if op.get_bind().dialect.name == dialect:
            op.execute(statement)
    _paid_once("state = 'paid' AND provider <> 'gift_card'")
    _checks("booking", "ck_booking_people", "people > 0", "people >= 0")
    _checks("journal_entry", "ck_journal_entry_accountrole", _among(ROLES), _among((*ROLES, "gift_card")))


def downgrade() -> None:
    """Refused once a card was sold: a build of before would lose what is owed on it."""
    connection = op.get_bind()
    nobody = sa.text("SELECT 1 FROM booking WHERE people = 0 LIMIT 1")
    if connection.execute(nobody).first():
        raise RuntimeError("gift cards have been ordered, which a build of before does not know")
    _checks("journal_entry", "ck_journal_entry_accountrole", _among((*ROLES, "gift_card")), _among(ROLES))
    _checks("booking", "ck_booking_people", "people >= 0", "people > 0")
    _paid_once("state = 'paid'")
    for table in ("gift_card_use", "gift_card_entry", "gift_card", "gift_card_order"):
        op.drop_table(table)
    if connection.dialect.name == "postgresql":
        for name in ("gift_card_entry_unchanged", "gift_card_entry_kept"):
            op.execute(f"DROP FUNCTION {name}()")
    for name in ("months", "step", "most", "least"):
        op.execute(f"ALTER TABLE centre DROP COLUMN gift_card_{name}")
    op.execute("ALTER TABLE booking DROP COLUMN by_gift_card")


def _make_tables() -> None:
    op.create_table(
        "gift_card_order",
        sa.Column("booking_id", KEY, autoincrement=False, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(80), server_default="", nullable=False),
        sa.Column("recipient_email", sa.String(254), server_default="", nullable=False),
        sa.Column("giver", sa.String(80), server_default="", nullable=False),
        sa.Column("greeting", sa.String(600), server_default="", nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("send_at", MOMENT, nullable=True),
        sa.Column("ordered_at", MOMENT, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_gift_card_order_amount")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_gift_card_order_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_gift_card_order")),
    )
    _partial("ix_gift_card_order_told", "gift_card_order", "ordered_at", TOLD)
    op.create_table(
        "gift_card",
        sa.Column("id", KEY, nullable=False),
        sa.Column("booking_id", KEY, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=True),
        sa.Column("last_signs", sa.String(4), server_default="", nullable=False),
        sa.Column("sealed", sa.String(400), server_default="", nullable=False),
        sa.Column("asked", sa.Integer(), server_default="1", nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("send_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("blocked_at", MOMENT, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_gift_card_amount")),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_gift_card_balance")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_gift_card_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_card")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_gift_card_booking_id")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_gift_card_code_hash")),
    )
    op.create_index("ix_gift_card_last_signs", "gift_card", ["last_signs"])
    _partial("ix_gift_card_send_at", "gift_card", "send_at", "send_at IS NOT NULL")
    _partial("ix_gift_card_rest", "gift_card", "expires_on", "balance > 0")
    _make_movements()


def _make_movements() -> None:
    op.create_table(
        "gift_card_entry",
        sa.Column("id", KEY, nullable=False),
        sa.Column("card_id", KEY, nullable=False),
        sa.Column(
            "move", _kind("giftcardmove", "issued", "held", "released", "refunded", "expired"), nullable=False
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("booking_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_gift_card_entry_amount")),
        sa.ForeignKeyConstraint(["card_id"], ["gift_card.id"], name=op.f("fk_gift_card_entry_card_id_gift_card")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_card_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_gift_card_entry_key")),
    )
    op.create_index(op.f("ix_gift_card_entry_card_id"), "gift_card_entry", ["card_id"])
    op.create_index("ix_gift_card_entry_move", "gift_card_entry", ["move", "at"])
    op.create_table(
        "gift_card_use",
        sa.Column("id", KEY, nullable=False),
        sa.Column("card_id", KEY, nullable=False),
        sa.Column("booking_id", KEY, nullable=False),
        sa.Column("state", _kind("usestate", "held", "kept", "released"), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("payment_key", sa.String(64), nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_gift_card_use_amount")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_gift_card_use_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["card_id"], ["gift_card.id"], name=op.f("fk_gift_card_use_card_id_gift_card")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_card_use")),
        sa.UniqueConstraint("payment_key", name=op.f("uq_gift_card_use_payment_key")),
    )
    op.create_index(op.f("ix_gift_card_use_card_id"), "gift_card_use", ["card_id"])
    op.create_index(op.f("ix_gift_card_use_booking_id"), "gift_card_use", ["booking_id"])


def _partial(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def _paid_once(condition: str) -> None:
    where = sa.text(condition)
    op.drop_index("uq_payment_one_kept", table_name="payment")
    op.create_index(
        "uq_payment_one_kept", "payment", ["booking_id"], unique=True, sqlite_where=where, postgresql_where=where
    )


def _among(values: tuple[str, ...]) -> str:
    return f"role IN ({', '.join(repr(value) for value in values)})"


def _checks(table: str, name: str, old: str, new: str) -> None:
    """Another condition in a CHECK of a table that is there, with its triggers and what refers to it."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table)
        op.create_check_constraint(op.f(name), table, new)
        return
    # As https://www.sqlite.org/lang_altertable.html has it for constraints: a new table would have no triggers.
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    replaced = sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :name")
    connection.execute(replaced, {"old": f"({old})", "new": f"({new})", "name": table})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
