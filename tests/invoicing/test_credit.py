"""What was invoiced is taken back by credit notes: once, never more than is left, in the one series of numbers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from booking.agreements.models import Agreement
from booking.bookings.models import Booking, State
from booking.invoicing.credit import (
    CreditedMeanwhile,
    CreditExtent,
    CreditOrder,
    CreditReasonWrong,
    CreditWanted,
    IssuedNote,
    MoreThanLeft,
    NotCreditable,
    NothingLeftToCredit,
    NothingToInvoiceAnew,
    credit,
    credit_and_invoice_anew,
)
from booking.invoicing.document import DocumentKind, InvoiceDocument
from booking.invoicing.files import file_of, write_files
from booking.invoicing.frozen import digest_of, from_kept
from booking.invoicing.issue import FIRST_NUMBER, IssuedInvoice, NotSetUp, ReceivableWaits, issue
from booking.invoicing.kid import kid_of
from booking.invoicing.models import FileKind, Invoice, InvoicedReceivable, InvoiceRules
from booking.invoicing.queries import issued_one, notes_on
from booking.invoicing.receivables import WhyWaiting, open_receivables
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox.models import Promise
from booking.records.models import AuditEntry
from booking.visits.models import Visit
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.visits.booked import Centre

ACTOR = "account:1"
ALL = CreditWanted(CreditExtent.ALL)


@dataclass(frozen=True)
class Invoiced:
    """A class that was invoiced."""

    centre: Centre
    key: str
    issued: IssuedInvoice

    def order(self, wanted: CreditWanted = ALL, reason: str = "Feil mottaker", credited: int = 0) -> CreditOrder:
        """What somebody decides who saw that so much was credited."""
        return CreditOrder(self.issued.invoice_id, wanted, reason, credited)

    def credit(self, wanted: CreditWanted = ALL, credited: int = 0) -> IssuedNote:
        """Credit it."""
        return credit(self.order(wanted, credited=credited), self.centre.facts, afterwards(), ACTOR)

    def anew(self) -> tuple[IssuedNote, list[IssuedInvoice]]:
        """Credit it and invoice anew."""
        return credit_and_invoice_anew(self.order(), self.centre.facts, afterwards(), ACTOR)

    def claimable(self) -> list[str]:
        """What can be claimed."""
        db.session.rollback()
        return [receivable.key for receivable in open_receivables(self.centre.facts, afterwards())]


def an_invoiced_class() -> Invoiced:
    """A class that came, and its invoice."""
    centre = a_centre_that_invoices()
    a_class(centre)
    db.session.rollback()
    (receivable,) = open_receivables(centre.facts, afterwards())
    return Invoiced(centre, receivable.key, issue(receivable.key, centre.facts, afterwards(), ACTOR))


def a_sum(gross: int) -> CreditWanted:
    """So much."""
    return CreditWanted(CreditExtent.SUM, gross=gross)


def document_of(invoice_id: int) -> InvoiceDocument:
    """What a document says."""
    return from_kept(db.session.get_one(Invoice, invoice_id).document)


def test_a_credit_note_takes_the_next_number_and_names_the_invoice_and_the_reason(app: Flask) -> None:
    invoiced = an_invoiced_class()
    issued_note = invoiced.credit()
    row, note = db.session.get_one(Invoice, issued_note.note_id), document_of(issued_note.note_id)
    invoice = document_of(invoiced.issued.invoice_id)
    assert (issued_note.number, issued_note.gross, note.settled) == (
        FIRST_NUMBER + 1, invoiced.issued.payable, invoice.settled,
    )  # fmt: skip
    assert (note.kind, note.reason, [was.number for was in note.corrects]) == (
        DocumentKind.CREDIT_NOTE, "Feil mottaker", [str(FIRST_NUMBER)],
    )  # fmt: skip
    assert (row.corrects_id, row.kid, row.digest) == (
        invoiced.issued.invoice_id, kid_of(row.payer_id, row.number), digest_of(row.document),
    )  # fmt: skip
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "invoice.credit")).one()
    assert (entry.subject, entry.after) == (
        f"invoice:{invoiced.issued.invoice_id}", {"number": issued_note.number, "payable": issued_note.gross},
    )  # fmt: skip


def test_the_files_of_a_credit_note_are_promised_and_made(app: Flask) -> None:
    invoiced = an_invoiced_class()
    note_id = invoiced.credit(a_sum(10_001)).note_id
    abouts = db.session.scalars(select(Promise.about).where(Promise.kind == "invoice.files")).all()
    assert {"invoice_id": note_id} in abouts
    write_files(note_id)
    paper, electronic = file_of(note_id, FileKind.PDF), file_of(note_id, FileKind.XML)
    assert paper is not None
    assert electronic is not None
    assert b"Part of invoice 10001" in electronic
    assert b">100.01</cbc:PayableAmount>" in electronic


def test_what_an_invoice_claimed_that_is_credited_whole_can_be_invoiced_anew(app: Flask) -> None:
    invoiced = an_invoiced_class()
    first = invoiced.credit(a_sum(1_000))
    assert invoiced.claimable() == []
    last = invoiced.credit(credited=1_000)
    assert (first.gross + last.gross, invoiced.claimable()) == (invoiced.issued.payable, [invoiced.key])
    assert db.session.scalars(select(InvoicedReceivable.key)).all() == [f"{invoiced.key}:credited:{last.note_id}"]
    again = issue(invoiced.key, invoiced.centre.facts, afterwards(), ACTOR)
    assert (again.number, again.payable) == (FIRST_NUMBER + 3, invoiced.issued.payable)


def test_parts_and_the_rest_are_the_invoice_and_then_nothing_is_left(app: Flask) -> None:
    invoiced = an_invoiced_class()
    whole = invoiced.issued.payable
    invoiced.credit(a_sum(333))
    with pytest.raises(MoreThanLeft) as refusal:
        invoiced.credit(a_sum(whole), credited=333)
    assert refusal.value.left == whole - 333
    invoiced.credit(credited=333)
    facts = issued_one(invoiced.issued.invoice_id)
    assert facts is not None
    assert (facts.creditable, facts.left, sum(note.document.settled.tax for note in notes_on(facts.invoice_id))) == (
        0, 0, facts.document.settled.tax,
    )  # fmt: skip
    with pytest.raises(NothingLeftToCredit):
        invoiced.credit(credited=whole)


def test_a_line_is_credited_by_its_name(app: Flask) -> None:
    invoiced = an_invoiced_class()
    (line, *_others) = document_of(invoiced.issued.invoice_id).settled.lines
    note_id = invoiced.credit(CreditWanted(CreditExtent.LINES, (0,))).note_id
    assert [credited.charge for credited in document_of(note_id).settled.lines] == [replace(line.charge, of_line=0)]


def test_what_was_paid_beyond_what_is_left_is_to_be_paid_back(app: Flask) -> None:
    invoiced = an_invoiced_class()
    whole = invoiced.issued.payable
    with unit_of_work():
        db.session.execute(update(Invoice).values(paid=whole))
    invoiced.credit(a_sum(5_000))
    facts = issued_one(invoiced.issued.invoice_id)
    assert facts is not None
    assert (facts.paid_too_much, facts.left) == (5_000, 0)


@pytest.mark.parametrize("reason", ["", " \n\t ", "x" * 201])
def test_without_a_reason_nothing_is_credited(app: Flask, reason: str) -> None:
    invoiced = an_invoiced_class()
    with pytest.raises(CreditReasonWrong):
        credit(invoiced.order(reason=reason), invoiced.centre.facts, afterwards(), ACTOR)
    assert db.session.scalars(select(Invoice.credited)).all() == [0]


def test_a_credit_note_and_what_is_not_there_cannot_be_credited(app: Flask) -> None:
    invoiced = an_invoiced_class()
    note_id = invoiced.credit().note_id
    for invoice_id in (note_id, 999):
        with pytest.raises(NotCreditable):
            credit(CreditOrder(invoice_id, ALL, "Feil", 0), invoiced.centre.facts, afterwards(), ACTOR)


def test_the_same_press_twice_credits_once(app: Flask) -> None:
    invoiced = an_invoiced_class()
    invoiced.credit(a_sum(1_000))
    with pytest.raises(CreditedMeanwhile):
        invoiced.credit(a_sum(1_000))
    assert db.session.scalars(select(Invoice.credited).order_by(Invoice.id)).all() == [1_000, 0]


@pytest.mark.parametrize("extent", [CreditExtent.ALL, CreditExtent.SUM])
def test_of_many_who_credit_at_once_the_first_wins_and_the_others_are_told(app: Flask, extent: CreditExtent) -> None:
    invoiced = an_invoiced_class()
    wanted = ALL if extent is CreditExtent.ALL else a_sum(1_000)
    db.session.remove()

    def press(_n: int) -> IssuedNote | Refusal:
        with app.app_context():
            try:
                return invoiced.credit(wanted)
            except (CreditedMeanwhile, NothingLeftToCredit) as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(press, range(6)))
    assert sum(isinstance(answer, IssuedNote) for answer in answers) == 1
    numbers = sorted(db.session.scalars(select(Invoice.number)))
    assert numbers == [FIRST_NUMBER, FIRST_NUMBER + 1]


def test_another_reference_is_credited_and_invoiced_anew_at_one_press(app: Flask) -> None:
    invoiced = an_invoiced_class()
    with unit_of_work():
        db.session.execute(update(Visit).values(invoice_reference="54321"))
    issued_note, (again,) = invoiced.anew()
    assert (issued_note.number, again.number) == (FIRST_NUMBER + 1, FIRST_NUMBER + 2)
    assert (document_of(issued_note.note_id).reference, document_of(again.invoice_id).reference) == ("12345", "54321")
    assert invoiced.claimable() == []
    receivables = db.session.execute(
        select(InvoicedReceivable.key, InvoicedReceivable.invoice_id).order_by(InvoicedReceivable.id)
    ).all()
    assert [tuple(receivable) for receivable in receivables] == [
        (f"{invoiced.key}:credited:{issued_note.note_id}", invoiced.issued.invoice_id),
        (invoiced.key, again.invoice_id),
    ]


def test_what_cannot_be_invoiced_anew_is_not_credited_either(app: Flask) -> None:
    invoiced = an_invoiced_class()
    with unit_of_work():
        db.session.execute(update(Agreement).values(org_number=""))
    with pytest.raises(ReceivableWaits) as refusal:
        invoiced.anew()
    assert refusal.value.why is WhyWaiting.NO_NUMBER
    with unit_of_work():
        db.session.execute(update(Booking).values(state=State.CANCELLED))
    with pytest.raises(NothingToInvoiceAnew):
        invoiced.anew()
    with unit_of_work():
        db.session.execute(delete(InvoiceRules))
    with pytest.raises(NotSetUp):
        invoiced.anew()
    assert db.session.execute(select(Invoice.number, Invoice.credited)).all() == [(FIRST_NUMBER, 0)]
    assert db.session.scalars(select(InvoicedReceivable.key)).all() == [invoiced.key]


def test_an_invoice_that_was_credited_cannot_be_credited_and_invoiced_anew(app: Flask) -> None:
    invoiced = an_invoiced_class()
    invoiced.credit()
    with pytest.raises(NothingLeftToCredit):
        invoiced.anew()
