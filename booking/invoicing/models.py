"""Tables of invoices: the centre's rules, who pays, the documents, the receivables on them, their files."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    and_,
    event,
    func,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from booking.invoicing.document import DocumentKind
from booking.kernel.database import Id, Json, Model, Texts, Translated, UTCDateTime, stored

# Literally as queries for open invoices say it, or no database uses the indexes.
IS_OPEN = text("kind = 'invoice' AND payable - paid - credited - written_off > 0")


class FileKind(StrEnum):
    """What a document is written as."""

    PDF = "pdf"
    XML = "xml"


class Collective(StrEnum):
    """Whether what a payer owes goes out one by one, or together."""

    NONE = "none"
    MONTH = "month"  # one invoice for each calendar month


class InvoiceTiming(StrEnum):
    """From when on what a visit costs can be invoiced."""

    AFTER = "after"  # once the visit is over
    ON_BOOKING = "on_booking"  # as soon as it is booked, where the law allows it, see ahead/admission.py


class DeliverTo(StrEnum):
    """Whom an invoice says that it was delivered to."""

    VISITOR = "visitor"  # the school that came
    PAYER = "payer"
    NAMED = "named"  # a unit of the payer's, by its name


class InvoiceRules(Model):
    """What the centre's accountant decides; one row. Without it nothing can be invoiced.

    `vat_number` as documents show it and `registered_in` beside it; both empty: not registered. `scheme` is the Peppol
    scheme of the centre's own number. `exempt_reason` is said where nothing is taxed, `exempt_code` the books' code of
    it; empty: such receivables wait. `latest_days` after the delivery an invoice must have gone out. `timing` holds for
    payers that say nothing else.
    """

    __tablename__ = "invoice_rules"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account: Mapped[str] = mapped_column(String(34))
    bic: Mapped[str] = mapped_column(String(11), default="", server_default="")
    vat_number: Mapped[str] = mapped_column(String(20), default="", server_default="")
    registered_in: Mapped[str] = mapped_column(String(60), default="", server_default="")
    street: Mapped[str] = mapped_column(String(120))
    postcode: Mapped[str] = mapped_column(String(12))
    town: Mapped[str] = mapped_column(String(60))
    scheme: Mapped[str] = mapped_column(String(4))
    pay_days: Mapped[int] = mapped_column(default=30, server_default="30")
    latest_days: Mapped[int] = mapped_column(default=28, server_default="28")
    exempt_reason: Mapped[Texts] = mapped_column(Translated, default=dict)
    exempt_code: Mapped[str] = mapped_column(String(4), default="", server_default="")
    timing: Mapped[InvoiceTiming] = mapped_column(
        stored(InvoiceTiming, check=False), default=InvoiceTiming.AFTER, server_default="after"
    )

    __table_args__ = (CheckConstraint("pay_days BETWEEN 1 AND 90 AND latest_days BETWEEN 1 AND 90", name="days"),)


class InvoicePayer(Model):
    """Who pays; `key` is an organisation number, else the agreement, school or booking it is.

    Its id stands in every KID, so a payer is never deleted. The rest is what somebody has said of it, see
    payers.PayerTerms; `org_number` is the legal entity's, where it is another than the key's. `timing` None: as the
    centre's rules say.
    """

    __tablename__ = "invoice_payer"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    org_number: Mapped[str] = mapped_column(String(20), default="", server_default="")
    street: Mapped[str] = mapped_column(String(120), default="", server_default="")
    postcode: Mapped[str] = mapped_column(String(12), default="", server_default="")
    town: Mapped[str] = mapped_column(String(60), default="", server_default="")
    email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    deliver_to: Mapped[DeliverTo] = mapped_column(
        stored(DeliverTo, check=False), default=DeliverTo.VISITOR, server_default="visitor"
    )
    deliver_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    collective: Mapped[Collective] = mapped_column(
        stored(Collective, check=False), default=Collective.NONE, server_default="none"
    )
    by_reference: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    common_reference: Mapped[str] = mapped_column(String(60), default="", server_default="")
    timing: Mapped[InvoiceTiming | None] = mapped_column(stored(InvoiceTiming, check=False))


class Invoice(Model):
    """An issued document. `document` is everything it says, see frozen.py, and `digest` its SHA-256.

    All but `paid`, `credited` and `written_off` (minor units) is refused by the database when it is changed, and so is
    its removal before `kept_until`. A credit note `corrects_id` an invoice, whose `credited` it moves. `written_off` is
    below nought where what was paid too much has lapsed with its fifth year, see write_offs/lapse.py.
    """

    __tablename__ = "invoice"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[DocumentKind] = mapped_column(stored(DocumentKind))
    payer_id: Mapped[int] = mapped_column(ForeignKey("invoice_payer.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    payable: Mapped[int]
    paid: Mapped[int] = mapped_column(default=0, server_default="0")
    credited: Mapped[int] = mapped_column(default=0, server_default="0")
    written_off: Mapped[int] = mapped_column(default=0, server_default="0")
    kid: Mapped[str] = mapped_column(String(25), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    kept_until: Mapped[date] = mapped_column(Date)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("payable >= 0 AND number > 0", name="sums"),
        CheckConstraint("credited >= 0 AND credited <= payable", name="credited_within"),
        CheckConstraint("paid >= 0", name="paid"),
        CheckConstraint(
            "written_off = 0 OR (written_off > 0 AND paid + credited + written_off <= payable)"
            " OR paid + credited + written_off = payable",
            name="written_off",
        ),
        CheckConstraint("(kind = 'credit_note') = (corrects_id IS NOT NULL)", name="corrects"),
        CheckConstraint("issued_on <= due_on AND due_on < kept_until", name="dates"),
        Index("ix_invoice_issued_on", "issued_on"),
        Index("ix_invoice_payer_number", "payer_id", "number"),
        Index(
            "ix_invoice_open_of_payer", "payer_id", "due_on", "number", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
        ),
        Index("ix_invoice_open_number", "number", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
    )

    @hybrid_property
    def unpaid(self) -> int:
        """What money may still come for: what is left, and what is written off; below nought if paid too much."""
        return self.payable - self.paid - self.credited

    @hybrid_property
    def left(self) -> int:
        """What is asked of the payer still; below nought if paid too much. Of a credit note it means nothing."""
        return self.unpaid - self.written_off


class InvoiceWord(Model):
    """A word that a document is found by, letters folded. In byte order, so that a beginning is a range of the key."""

    __tablename__ = "invoice_word"

    word: Mapped[str] = mapped_column(
        String(40).with_variant(String(40, collation="C"), "postgresql"), primary_key=True
    )
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"), primary_key=True, index=True)


class InvoicedReceivable(Model):
    """What stands on an invoice: `key` names the receivable, and is on one invoice at most until that is credited.

    It has so many `lines` of the invoice, after those of the rows before it; 0 in one of before that was kept: all.
    `owed` is what the booking cost its payer when invoice and booking last agreed, in minor units: the amount, less
    what was credited since because it costs less. `planned_on`: it was issued before the visit, which was to be then.
    An addition, for what a visit costs more than its invoice, has MORE behind its key, once for each before it.
    """

    __tablename__ = "invoiced_receivable"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    amount: Mapped[int]
    lines: Mapped[int] = mapped_column(default=0, server_default="0")
    owed: Mapped[int] = mapped_column(default=0, server_default="0")
    planned_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index(
            "ix_invoiced_receivable_planned_on",
            "planned_on",
            sqlite_where=text("planned_on IS NOT NULL"),
            postgresql_where=text("planned_on IS NOT NULL"),
        ),
    )

    CREDITED = ":credited:"  # after it in a key stands the credit note that made the receivable free again
    MORE = ":more"

    @classmethod
    def of_receivable(cls) -> ColumnElement[str]:
        """The key of the receivable that a row is of, also where it is an addition."""
        return func.replace(cls.key, cls.MORE, "")

    @classmethod
    def stands_for(cls, booking_id: InstrumentedAttribute[int], key: ColumnElement[str]) -> ColumnElement[bool]:
        """Rows of this receivable that are not credited whole: its invoice, and additions to it."""
        return and_(cls.booking_id == booking_id, cls.of_receivable() == key, ~cls.key.contains(cls.CREDITED))


class ReceivableLetGo(Model):
    """A receivable that will not be claimed: for whom, how much (minor units, nought while nothing is owed) and why."""

    __tablename__ = "receivable_let_go"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    amount: Mapped[int]
    payer: Mapped[str] = mapped_column(String(120), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(200))
    let_go_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)


class InvoiceFile(Model):
    """A document as it goes out: written once, with the SHA-256 of its bytes."""

    __tablename__ = "invoice_file"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)  # "<invoice id>:<kind>"
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FileKind] = mapped_column(stored(FileKind))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))


FROZEN = (
    "number", "kind", "payer_id", "corrects_id", "currency", "payable", "kid", "issued_at", "issued_on", "due_on",
    "kept_until", "document", "digest",
)  # fmt: skip
NOT_CHANGED, NOT_REMOVED = "what is issued is never changed", "what is issued is kept"

SQLITE_GUARDS = (
    f"CREATE TRIGGER invoice_unchanged BEFORE UPDATE OF {', '.join(FROZEN)} ON invoice "
    f"BEGIN SELECT RAISE(ABORT, '{NOT_CHANGED}'); END",
    "CREATE TRIGGER invoice_kept BEFORE DELETE ON invoice WHEN OLD.kept_until > date('now') "
    f"BEGIN SELECT RAISE(ABORT, '{NOT_REMOVED}'); END",
    f"CREATE TRIGGER invoice_file_unchanged BEFORE UPDATE ON invoice_file "
    f"BEGIN SELECT RAISE(ABORT, '{NOT_CHANGED}'); END",
    # When an invoice goes its files go after it: it is not there any more then.
    "CREATE TRIGGER invoice_file_kept BEFORE DELETE ON invoice_file WHEN EXISTS "
    "(SELECT 1 FROM invoice WHERE invoice.id = OLD.invoice_id AND invoice.kept_until > date('now')) "
    "BEGIN SELECT RAISE(ABORT, 'what is issued is kept'); END",
)
_SAME = " OR ".join(f"NEW.{name}::text IS DISTINCT FROM OLD.{name}::text" for name in FROZEN)
POSTGRES_GUARDS = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{NOT_CHANGED}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE OR REPLACE FUNCTION refuse_removal() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{NOT_REMOVED}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    f"CREATE TRIGGER invoice_unchanged BEFORE UPDATE ON invoice FOR EACH ROW WHEN ({_SAME}) "
    "EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER invoice_kept BEFORE DELETE ON invoice FOR EACH ROW WHEN (OLD.kept_until > CURRENT_DATE) "
    "EXECUTE FUNCTION refuse_removal()",
    "CREATE TRIGGER invoice_file_unchanged BEFORE UPDATE ON invoice_file FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE OR REPLACE FUNCTION refuse_removal_of_file() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF EXISTS (SELECT 1 FROM invoice WHERE invoice.id = OLD.invoice_id AND invoice.kept_until > CURRENT_DATE) THEN "
    "RAISE EXCEPTION 'what is issued is kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; "
    "END $$",
    "CREATE TRIGGER invoice_file_kept BEFORE DELETE ON invoice_file FOR EACH ROW "
    "EXECUTE FUNCTION refuse_removal_of_file()",
)
for _dialect, _guards in (("sqlite", SQLITE_GUARDS), ("postgresql", POSTGRES_GUARDS)):
    for _guard in _guards:
        _ddl = DDL(_guard)  # type: ignore[no-untyped-call]
        event.listen(InvoiceFile.__table__, "after_create", _ddl.execute_if(dialect=_dialect))
