"""The books: vouchers with their entries, the centre's accounts, closed months, the provider's payouts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# As booking/books/models.py has them: what is in the journal balances, and is never changed.
SQLITE = (
    "CREATE TRIGGER voucher_balances BEFORE INSERT ON voucher BEGIN SELECT RAISE(ABORT, 'a voucher balances') WHERE (SELECT coalesce(sum(amount), 0) FROM journal_entry WHERE voucher_number = NEW.number) <> 0 OR NOT EXISTS (SELECT 1 FROM journal_entry WHERE voucher_number = NEW.number); SELECT RAISE(ABORT, 'the month is closed') WHERE EXISTS (SELECT 1 FROM closed_month WHERE last_day >= NEW.on_day); END",
    "CREATE TRIGGER voucher_unchanged BEFORE UPDATE ON voucher BEGIN SELECT RAISE(ABORT, 'what is in the journal is never changed') WHERE 1 = 1; END",
    "CREATE TRIGGER voucher_kept BEFORE DELETE ON voucher BEGIN SELECT RAISE(ABORT, 'the journal is kept') WHERE 1 = 1; END",
    "CREATE TRIGGER journal_entry_sealed BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(ABORT, 'a voucher is whole when it is written') WHERE EXISTS (SELECT 1 FROM voucher WHERE number = NEW.voucher_number); END",
    "CREATE TRIGGER journal_entry_unchanged BEFORE UPDATE ON journal_entry BEGIN SELECT RAISE(ABORT, 'what is in the journal is never changed') WHERE 1 = 1; END",
    "CREATE TRIGGER journal_entry_kept BEFORE DELETE ON journal_entry BEGIN SELECT RAISE(ABORT, 'the journal is kept') WHERE 1 = 1; END",
    "CREATE TRIGGER closed_month_unchanged BEFORE UPDATE ON closed_month BEGIN SELECT RAISE(ABORT, 'what is in the journal is never changed') WHERE 1 = 1; END",
    "CREATE TRIGGER closed_month_kept BEFORE DELETE ON closed_month BEGIN SELECT RAISE(ABORT, 'the journal is kept') WHERE 1 = 1; END",
)
POSTGRES = (
    "CREATE OR REPLACE FUNCTION voucher_balances() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT coalesce(sum(amount), 0) FROM journal_entry WHERE voucher_number = NEW.number) <> 0 OR NOT EXISTS (SELECT 1 FROM journal_entry WHERE voucher_number = NEW.number) THEN RAISE EXCEPTION 'a voucher balances' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF EXISTS (SELECT 1 FROM closed_month WHERE last_day >= NEW.on_day) THEN RAISE EXCEPTION 'the month is closed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER voucher_balances BEFORE INSERT ON voucher FOR EACH ROW EXECUTE FUNCTION voucher_balances()",
    "CREATE OR REPLACE FUNCTION voucher_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'what is in the journal is never changed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER voucher_unchanged BEFORE UPDATE ON voucher FOR EACH ROW EXECUTE FUNCTION voucher_unchanged()",
    "CREATE OR REPLACE FUNCTION voucher_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'the journal is kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$",
    "CREATE TRIGGER voucher_kept BEFORE DELETE ON voucher FOR EACH ROW EXECUTE FUNCTION voucher_kept()",
    "CREATE OR REPLACE FUNCTION journal_entry_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM voucher WHERE number = NEW.voucher_number) THEN RAISE EXCEPTION 'a voucher is whole when it is written' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER journal_entry_sealed BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_sealed()",
    "CREATE OR REPLACE FUNCTION journal_entry_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'what is in the journal is never changed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER journal_entry_unchanged BEFORE UPDATE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_unchanged()",
    "CREATE OR REPLACE FUNCTION journal_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'the journal is kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$",
    "CREATE TRIGGER journal_entry_kept BEFORE DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_kept()",
    "CREATE OR REPLACE FUNCTION closed_month_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'what is in the journal is never changed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER closed_month_unchanged BEFORE UPDATE ON closed_month FOR EACH ROW EXECUTE FUNCTION closed_month_unchanged()",
    "CREATE OR REPLACE FUNCTION closed_month_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'the journal is kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$",
    "CREATE TRIGGER closed_month_kept BEFORE DELETE ON closed_month FOR EACH ROW EXECUTE FUNCTION closed_month_kept()",
)
FUNCTIONS = (
    "voucher_balances",
    "voucher_unchanged",
    "voucher_kept",
    "journal_entry_sealed",
    "journal_entry_unchanged",
    "journal_entry_kept",
    "closed_month_unchanged",
    "closed_month_kept",
)


def upgrade() -> None:
    """Make the tables, and let the database guard them."""
    op.create_table(
        "books_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("accounts", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("vat", sa.Text(), nullable=False),
        sa.Column("dimensions", sa.Text(), server_default="{}", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("last_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_books_rules_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_rules")),
    )
    op.create_table(
        "closed_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=40), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("accounts", sa.Text(), nullable=False),
        sa.Column("sums", sa.Text(), nullable=False),
        sa.Column("balances", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_closed_month")),
    )
    op.create_table(
        "journal_source",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.String(length=80), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_journal_source")),
    )
    op.create_table(
        "payout",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("charges", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("ref", name=op.f("uq_payout_ref")),
    )
    with op.batch_alter_table("payout", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payout_on_day"), ["on_day"], unique=False)

    op.create_table(
        "voucher",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "takings",
                "refund",
                "income",
                "invoice",
                "credit_note",
                "bank",
                "dispute",
                "payout",
                name="voucherkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=20), server_default="", nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_voucher_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_voucher")),
    )
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voucher_on_day"), ["on_day"], unique=False)

    op.create_table(
        "journal_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voucher_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "bank",
                "provider",
                "till",
                "receivable",
                "prepaid",
                "owed_back",
                "overpaid",
                "vat",
                "admission",
                "activity",
                "programme",
                "course",
                "lunch",
                "fee",
                "charges",
                "bad_debt",
                "rounding",
                name="accountrole",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("vat_rate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("activity_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["voucher_number"],
            ["voucher.number"],
            name=op.f("fk_journal_entry_voucher_number_voucher"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_entry_source"), ["source"], unique=False)
        batch_op.create_index("ix_journal_entry_voucher_number", ["voucher_number"], unique=False)

    op.create_table(
        "payout_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=255), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("charges", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payout_row_payout_id_payout"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_row")),
    )
    with op.batch_alter_table("payout_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payout_row_payout_id"), ["payout_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payout_row_ref"), ["ref"], unique=False)

    for guard in POSTGRES if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(guard)


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("payout_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payout_row_ref"))
        batch_op.drop_index(batch_op.f("ix_payout_row_payout_id"))

    op.drop_table("payout_row")
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_entry_voucher_number")
        batch_op.drop_index(batch_op.f("ix_journal_entry_source"))

    op.drop_table("journal_entry")
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voucher_on_day"))

    op.drop_table("voucher")
    with op.batch_alter_table("payout", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payout_on_day"))

    op.drop_table("payout")
    op.drop_table("journal_source")
    op.drop_table("closed_month")
    op.drop_table("books_rules")
    if op.get_bind().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"DROP FUNCTION {function}()")
