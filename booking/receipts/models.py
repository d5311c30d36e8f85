"""Tables of receipts: what each says for good, the VAT in it, what its buyer has added, and its files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, event, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, UTCDateTime

OF_SALE = "refund_id IS NULL"  # literally as in the partial index


class PaymentReceipt(Model):
    """The receipt of a payment or, with a `refund_id`, of money back on it; changed by nothing once it is given.

    `number` is of the series of its `year`, `booking_id` the booking that the money was for, also where a change of it
    was paid, `version` the one that it had then. `amount` is below nought for money back (minor units). `document` is
    all it says, see document.py, and `digest` its SHA-256. `on_day` is the day of the payment or refund on the centre's
    clock.
    """

    __tablename__ = "payment_receipt"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"), unique=True)
    version: Mapped[int]
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    on_day: Mapped[date] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    kept_until: Mapped[date] = mapped_column(Date)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("number > 0 AND year > 1", name="number"),
        CheckConstraint("amount <> 0 AND (amount > 0) = (refund_id IS NULL)", name="amount"),
        CheckConstraint("on_day < kept_until", name="days"),
        Index("uq_payment_receipt_number", "year", "number", unique=True),
        Index(
            "uq_payment_receipt_sale",
            "payment_id",
            unique=True,
            sqlite_where=text(OF_SALE),
            postgresql_where=text(OF_SALE),
        ),
        Index("ix_payment_receipt_on_day", "on_day", "id"),
        Index("ix_payment_receipt_kept_until", "kept_until"),
    )


class ReceiptVatShare(Model):
    """What of a receipt is taxed at one rate, in minor units, with the sign that its amount has."""

    __tablename__ = "receipt_vat_share"

    receipt_id: Mapped[int] = mapped_column(ForeignKey("payment_receipt.id", ondelete="CASCADE"), primary_key=True)
    rate: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gross: Mapped[int]
    tax: Mapped[int]


class ReceiptAddition(Model):
    """What a buyer has added to a receipt: it makes another version of it, and the ones before stay as they are."""

    __tablename__ = "receipt_addition"

    receipt_id: Mapped[int] = mapped_column(ForeignKey("payment_receipt.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    company: Mapped[str] = mapped_column(String(120))
    reference: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("version > 1", name="version"),
        CheckConstraint("company <> '' OR reference <> ''", name="says"),
    )


class ReceiptFile(Model):
    """A version of a receipt as it was first handed out, with the SHA-256 of its bytes."""

    __tablename__ = "receipt_file"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)  # "<receipt id>:<version>"
    receipt_id: Mapped[int] = mapped_column(ForeignKey("payment_receipt.id", ondelete="CASCADE"), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))


TABLES = ("payment_receipt", "receipt_vat_share", "receipt_addition", "receipt_file")
STANDS = "SELECT 1 FROM payment_receipt WHERE payment_receipt.id = OLD.receipt_id"
NOT_CHANGED, NOT_REMOVED = "a receipt is never changed", "a receipt is kept"

SQLITE_GUARDS = (
    *(
        f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{NOT_CHANGED}'); END"
        for table in TABLES
    ),
    "CREATE TRIGGER payment_receipt_kept BEFORE DELETE ON payment_receipt WHEN OLD.kept_until > date('now') "
    f"BEGIN SELECT RAISE(ABORT, '{NOT_REMOVED}'); END",
    *(
        # When a receipt goes these go after it: it is not there any more then.
        f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} WHEN EXISTS ({STANDS} AND kept_until > date('now')) "
        f"BEGIN SELECT RAISE(ABORT, '{NOT_REMOVED}'); END"
        for table in TABLES[1:]
    ),
)
POSTGRES_GUARDS = (
    "CREATE OR REPLACE FUNCTION refuse_receipt() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE OR REPLACE FUNCTION refuse_removal_of_receipt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF EXISTS ({STANDS} AND kept_until > CURRENT_DATE) THEN "
    f"RAISE EXCEPTION '{NOT_REMOVED}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$",
    *(
        f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION refuse_receipt('{NOT_CHANGED}')"
        for table in TABLES
    ),
    "CREATE TRIGGER payment_receipt_kept BEFORE DELETE ON payment_receipt FOR EACH ROW "
    f"WHEN (OLD.kept_until > CURRENT_DATE) EXECUTE FUNCTION refuse_receipt('{NOT_REMOVED}')",
    *(
        f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION refuse_removal_of_receipt()"
        for table in TABLES[1:]
    ),
)
for _dialect, _guards in (("sqlite", SQLITE_GUARDS), ("postgresql", POSTGRES_GUARDS)):
    for _guard in _guards:
        _ddl = DDL(_guard.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(ReceiptFile.__table__, "after_create", _ddl.execute_if(dialect=_dialect))
