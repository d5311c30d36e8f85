"""Invoices that wait for their money, and a bank that sends files about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, insert, select, update

from booking.invoicing.bank.models import BankShare, RowState, StoredBankRow
from booking.invoicing.bank.take import TakenFile, take_bank_file
from booking.invoicing.document import Charge, settle
from booking.invoicing.issue import write_document
from booking.invoicing.kid import kid_of
from booking.invoicing.models import Invoice, InvoicePayer, InvoiceRules
from booking.kernel import clock
from booking.kernel.database import db, insert_once, unit_of_work
from booking.running.check import breaches
from tests.builders import a_centre
from tests.invoicing.bank.files import OURS_IBAN, Paid, WrittenFile, a_file, in_kroner
from tests.invoicing.documents import LOW, TOWN, an_invoice

ACTOR = "account:1"


@dataclass(frozen=True, slots=True)
class Owed:
    """An invoice that was issued."""

    id: int
    number: str
    kid: str


def an_account() -> None:
    """A centre that has said where it is paid."""
    a_centre()
    an_account_of_ours()


def an_account_of_ours() -> None:
    """The centre that is there says where it is paid."""
    with unit_of_work():
        values = {
            "account": OURS_IBAN, "street": "Kaien 1", "postcode": "5003", "town": "Bergen", "scheme": "0192",
            "exempt_reason": {},
        }  # fmt: skip
        db.session.execute(insert(InvoiceRules).values(values))


def owed(number: int = 10001, sum: int = 10_000, payer: str = "Storby kommune", **changes: object) -> Owed:
    """An invoice of so many øre."""
    with unit_of_work():
        insert_once(InvoicePayer, "key", {"key": "7"})
        payer_id = db.session.scalars(select(InvoicePayer.id)).one()
        document = an_invoice(
            number=str(number), kid=kid_of(payer_id, number), billed_to=replace(TOWN, name=payer),
            settled=settle([Charge("7A", 1, sum, LOW)]), **changes,
        )  # fmt: skip
        return Owed(write_document(document, payer_id, None, clock.now()), str(number), document.kid)


def credit(invoice: Owed, sum: int) -> None:
    """So much of it has been credited."""
    with unit_of_work():
        db.session.execute(update(Invoice).where(Invoice.id == invoice.id).values(credited=Invoice.credited + sum))


def take(file: WrittenFile) -> TakenFile:
    """The bank's file is taken; the books must agree afterwards."""
    taken = take_bank_file(file.content, ACTOR, clock.now())
    agree()
    return taken


def payment(minor: int, kid: str = "", **more: object) -> Paid:
    """Somebody pays so many øre."""
    return replace(Paid(in_kroner(minor), kid), **more)  # type: ignore[arg-type]


def came(*payments: Paid, file: str = "MSG-1") -> WrittenFile:
    """A file of payments, each with a reference of its own that no other file has."""
    numbered = [
        replace(paid, reference=paid.reference or f"{file}-{place}") for place, paid in enumerate(payments)
    ]  # fmt: skip
    return a_file(*numbered, message_id=file)


def booked_on(day: date, file: WrittenFile) -> WrittenFile:
    """The same file, of money that came on another day."""
    written = f"<Dt>{day}</Dt>"
    return replace(file, entries=tuple(replace(entry, booked_on=written, value_on=written) for entry in file.entries))


def went_back(minor: int, kid: str = "", file: str = "MSG-9") -> WrittenFile:
    """A file in which the bank takes a payment back."""
    written = came(payment(minor, kid), file=file)
    (entry,) = written.entries
    return replace(written, entries=(replace(entry, direction="DBIT", reversal="true"),))


def paid(invoice: Owed) -> int:
    """What an invoice has been paid."""
    db.session.rollback()
    return db.session.scalars(select(Invoice.paid).where(Invoice.id == invoice.id)).one()


def stored() -> list[StoredBankRow]:
    """All rows, in the order in which they came."""
    db.session.rollback()
    return list(db.session.scalars(select(StoredBankRow).order_by(StoredBankRow.id)))


def states() -> list[tuple[RowState, int, int]]:
    """State, applied and over of each row."""
    return [(row.state, row.applied, row.over) for row in stored()]


def agree() -> None:
    """What came in is on invoices, over, or waits; and the check finds nothing."""
    rows = stored()
    assert sum(row.applied + row.over + row.rest for row in rows) == sum(row.worth for row in rows)
    on_invoices = db.session.scalar(select(func.coalesce(func.sum(BankShare.amount), 0)))
    on_them = db.session.scalar(select(func.coalesce(func.sum(Invoice.paid), 0)))
    assert sum(row.applied for row in rows) == on_invoices == on_them
    assert wrong() == []


def wrong() -> list[str]:
    """What the check finds, but for these invoices themselves: they stand for nothing, and no note credits them."""
    return [breach for breach in breaches() if not breach.startswith("I11")]


def a_day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)
