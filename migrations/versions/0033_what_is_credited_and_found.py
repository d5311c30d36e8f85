"""Places on courses that owe another sum than was invoiced, accounts that are confirmed, words that invoices are found by.

What is let go may come to nothing for a while.
"""

from __future__ import annotations

import json
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE, AFTER = "amount > 0", "amount >= 0"
OWED = (
    "(SELECT CASE booking.state WHEN 'confirmed' THEN booking.total ELSE 0 END FROM booking"
    " WHERE booking.id = enrolment.booking_id) + enrolment.fee"
)
OTHERWISE = " OR ".join(
    f"EXISTS (SELECT 1 FROM {table} WHERE {table}.key = 'course:' || enrolment.booking_id AND amount <> {OWED})"
    for table in ("invoiced_receivable", "receivable_let_go")
)


def upgrade() -> None:
    """Make the column, and mark what was given up before there was one."""
    op.add_column(
        "enrolment", sa.Column("owes_otherwise", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.execute(f"UPDATE enrolment SET owes_otherwise = {'1' if _is_sqlite() else 'true'} WHERE {OTHERWISE}")
    op.create_index(
        "ix_enrolment_owes_otherwise", "enrolment", ["booking_id"],
        sqlite_where=sa.text("owes_otherwise = 1"), postgresql_where=sa.text("owes_otherwise = true"),
    )  # fmt: skip
    with op.batch_alter_table("receivable_let_go") as table:
        table.drop_constraint(op.f("ck_receivable_let_go_amount"), type_="check")
        table.create_check_constraint(op.f("ck_receivable_let_go_amount"), AFTER)
    op.create_table(
        "invoice_word",
        sa.Column(
            "word", sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("invoice_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_word_invoice_id_invoice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "invoice_id", name=op.f("pk_invoice_word")),
    )
    op.create_index(op.f("ix_invoice_word_invoice_id"), "invoice_word", ["invoice_id"])
    _find_what_is_there()
    op.add_column("books_rules", sa.Column("confirmed", sa.Text(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Take it away; what was let go and comes to nothing goes, as a build of before has it."""
    op.drop_column("books_rules", "confirmed")
    op.drop_table("invoice_word")
    op.execute("DELETE FROM receivable_let_go WHERE amount = 0")
    with op.batch_alter_table("receivable_let_go") as table:
        table.drop_constraint(op.f("ck_receivable_let_go_amount"), type_="check")
        table.create_check_constraint(op.f("ck_receivable_let_go_amount"), BEFORE)
    op.drop_index("ix_enrolment_owes_otherwise", table_name="enrolment")
    op.drop_column("enrolment", "owes_otherwise")


def _find_what_is_there() -> None:
    """Words for the documents of before, some at a time."""
    connection = op.get_bind()
    words = sa.table("invoice_word", sa.column("word"), sa.column("invoice_id"))
    batch = sa.text("SELECT id, kid, document FROM invoice WHERE id > :after ORDER BY id LIMIT 500")
    after = 0
    while rows := connection.execute(batch, {"after": after}).all():
        after = rows[-1][0]
        rows_of_words = [
            {"word": word, "invoice_id": invoice_id}
            for invoice_id, kid, document in rows
            for word in _words(kid, json.loads(document))
        ]
        connection.execute(words.insert(), rows_of_words)


def _words(kid: str, kept: dict[str, dict[str, str]]) -> set[str]:
    """As the house has them at this revision, see booking.invoicing.issued.words."""
    payer, delivered = kept["billed_to"], kept["delivered"]
    about = (
        kept["number"], kid, payer["name"], payer["org_number"], delivered["name"], kept["reference"],
        kept["order_number"],
    )  # fmt: skip
    text = " ".join(map(str, about)).casefold()
    text = text.replace("ø", "o").replace("æ", "ae").replace("đ", "d").replace("ł", "l")
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return {word[:40] for word in re.findall(r"\w+", plain.replace("aa", "a")) if len(word) > 1}


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
