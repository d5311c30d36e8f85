"""What is owed becomes documents: once, in one series, for the sum that the teacher was shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from booking.agreements.models import Agreement, School
from booking.agreements.prices import Pays
from booking.bookings.models import Booking, Line
from booking.invoicing.document import VatCategory
from booking.invoicing.frozen import digest_of, from_kept
from booking.invoicing.issue import FIRST_NUMBER, NotSetUp, ReceivableGone, ReceivableWaits, issue, issue_all
from booking.invoicing.models import FROZEN, Invoice, InvoicedReceivable, InvoiceFile, InvoiceRules
from booking.invoicing.receivables import WhyWaiting, open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox.models import Promise
from booking.visits.models import Visit, VisitDue
from tests.invoicing.owed import TOWN_NUMBER, a_centre_that_invoices, a_class, afterwards
from tests.visits.booked import Centre

ACTOR = "account:1"


def keys_of(centre: Centre) -> list[str]:
    """What can be claimed once all has been."""
    db.session.rollback()
    return [receivable.key for receivable in open_receivables(centre.facts, afterwards())]


def test_a_class_that_came_is_invoiced_for_what_its_teacher_was_shown(app: Flask) -> None:
    centre = a_centre_that_invoices()
    booked = a_class(centre)
    shown = db.session.scalar(select(func.sum(VisitDue.amount)))
    (key,) = keys_of(centre)
    issued = issue(key, centre.facts, afterwards(), ACTOR)
    row = db.session.get_one(Invoice, issued.invoice_id)
    document = from_kept(row.document)
    assert (issued.number, issued.payable, document.settled.gross) == (FIRST_NUMBER, shown, shown)
    assert (document.reference, document.billed_to.org_number, document.delivered.name) == (
        "12345", TOWN_NUMBER, "Solbakken skole",
    )  # fmt: skip
    assert (document.due_on - document.issued_on, row.digest) == (timedelta(days=30), digest_of(row.document))
    receivable = db.session.scalars(select(InvoicedReceivable)).one()
    assert (receivable.booking_id, receivable.amount) == (booked.booking_id, shown)
    assert db.session.scalars(select(Promise.about).where(Promise.kind == "invoice.files")).all() == [
        {"invoice_id": issued.invoice_id}
    ]


def test_nothing_can_be_claimed_before_the_class_has_been(app: Flask) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    db.session.rollback()
    assert open_receivables(centre.facts, clock.now()) == []


def test_what_is_claimed_stands_in_no_list_any_more_and_the_second_press_issues_nothing(app: Flask) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    keys = keys_of(centre)
    first, refused = issue_all(keys, centre.facts, afterwards(), ACTOR)
    again, gone = issue_all(keys, centre.facts, afterwards(), ACTOR)
    assert (len(first), refused, again, [type(refusal) for refusal in gone]) == (1, [], [], [ReceivableGone])
    assert keys_of(centre) == []


def test_two_payers_of_a_class_get_a_document_each_and_together_the_whole(app: Flask) -> None:
    centre = a_centre_that_invoices(pays=Pays.SHARE, percent=60)
    a_class(centre)
    total = db.session.scalars(select(Booking.total)).one()
    issued, refused = issue_all(keys_of(centre), centre.facts, afterwards(), ACTOR)
    assert refused == []
    assert (len(issued), sum(invoice.payable for invoice in issued)) == (2, total)
    documents = [from_kept(kept) for kept in db.session.scalars(select(Invoice.document).order_by(Invoice.number))]
    assert {document.billed_to.org_number for document in documents} == {TOWN_NUMBER, "974760673"}
    assert len({document.kid for document in documents}) == 2


def test_numbers_have_no_gap_where_an_issue_is_refused(app: Flask) -> None:
    centre = a_centre_that_invoices()
    for name in ("6A", "6B", "6C"):
        a_class(centre, name)
    first, second, third = keys_of(centre)
    with unit_of_work():
        booking = select(Booking.id).where(Booking.id == int(second.split(":")[1])).scalar_subquery()
        db.session.execute(update(Visit).where(Visit.booking_id == booking).values(invoice_reference="12"))
    issued, refused = issue_all([first, second, third], centre.facts, afterwards(), ACTOR)
    assert [invoice.number for invoice in issued] == [FIRST_NUMBER, FIRST_NUMBER + 1]
    assert [refusal.why for refusal in refused if isinstance(refusal, ReceivableWaits)] == [WhyWaiting.WRONG_REFERENCE]


@pytest.mark.parametrize("why", [WhyWaiting.NO_NUMBER, WhyWaiting.NO_REFERENCE, WhyWaiting.NO_VAT])
def test_what_would_be_returned_by_the_payer_waits_and_says_why(app: Flask, why: WhyWaiting) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    with unit_of_work():
        if why is WhyWaiting.NO_NUMBER:
            db.session.execute(update(Agreement).values(org_number=""))
        elif why is WhyWaiting.NO_REFERENCE:
            db.session.execute(update(Visit).values(invoice_reference=""))
        else:
            db.session.execute(update(InvoiceRules).values(exempt_reason={}))

            db.session.execute(update(Line).values(vat_rate=0))
    (key,) = keys_of(centre)
    with pytest.raises(ReceivableWaits) as refusal:
        issue(key, centre.facts, afterwards(), ACTOR)
    assert refusal.value.why is why
    assert db.session.scalars(select(Invoice.id)).all() == []


def test_a_centre_that_has_not_said_where_to_pay_invoices_nothing(app: Flask) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    with unit_of_work():
        db.session.execute(delete(InvoiceRules))
    with pytest.raises(NotSetUp):
        issue(keys_of(centre)[0], centre.facts, afterwards(), ACTOR)


def test_what_is_not_taxed_says_why(app: Flask) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)

    with unit_of_work():
        db.session.execute(update(Line).values(vat_rate=0))
    issued = issue(keys_of(centre)[0], centre.facts, afterwards(), ACTOR)
    document = from_kept(db.session.get_one(Invoice, issued.invoice_id).document)
    assert [(vat_sum.vat.category, vat_sum.vat.reason, vat_sum.tax) for vat_sum in document.settled.sums] == [
        (VatCategory.EXEMPT, "Exempt", 0)
    ]


@pytest.mark.parametrize("column", FROZEN)
def test_the_database_refuses_to_change_what_is_issued(app: Flask, column: str) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    issue(keys_of(centre)[0], centre.facts, afterwards(), ACTOR)
    row = db.session.scalars(select(Invoice)).one()
    other = {
        "kind": "credit_note", "corrects_id": row.id, "currency": "EUR", "kid": "000000000000000", "digest": "0",
        "issued_at": row.issued_at + timedelta(days=1), "issued_on": row.issued_on - timedelta(days=1),
        "due_on": row.due_on + timedelta(days=1), "kept_until": row.kept_until + timedelta(days=1), "document": {},
    }  # fmt: skip
    value = other[column] if column in other else getattr(row, column) + 1
    with pytest.raises((DBAPIError, IntegrityError), match=r"never changed|CHECK|violates"), unit_of_work():
        db.session.execute(update(Invoice).values({column: value}))


def test_the_database_keeps_what_is_issued_and_lets_what_was_paid_be_written(app: Flask) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    issued = issue(keys_of(centre)[0], centre.facts, afterwards(), ACTOR)
    with unit_of_work():
        db.session.execute(update(Invoice).values(paid=5))
        db.session.add(InvoiceFile(key="1:pdf", invoice_id=issued.invoice_id, kind="pdf", content=b"1", digest="1"))
    with pytest.raises((DBAPIError, IntegrityError), match="is kept"), unit_of_work():
        db.session.execute(delete(Invoice))
    with pytest.raises((DBAPIError, IntegrityError), match="never changed"), unit_of_work():
        db.session.execute(update(InvoiceFile).values(content=b"2"))
    with pytest.raises((DBAPIError, IntegrityError), match="is kept"), unit_of_work():
        db.session.execute(delete(InvoiceFile))


def test_many_who_issue_at_once_get_consecutive_numbers_and_each_claim_once(app: Flask) -> None:
    centre = a_centre_that_invoices()
    for name in ("6A", "6B", "6C"):
        a_class(centre, name)
    keys = keys_of(centre)
    db.session.remove()

    def press(key: str) -> int | Refusal:
        with app.app_context():
            try:
                return issue(key, centre.facts, afterwards(), ACTOR).number
            except ReceivableGone as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(press, keys * 4))
    numbers = sorted(answer for answer in answers if isinstance(answer, int))
    assert numbers == list(range(FIRST_NUMBER, FIRST_NUMBER + len(keys)))
    assert sum(isinstance(answer, ReceivableGone) for answer in answers) == 3 * len(keys)


def test_a_school_and_its_owner_with_one_number_are_one_payer(app: Flask) -> None:
    centre = a_centre_that_invoices(pays=Pays.SHARE, percent=60)
    a_class(centre)
    with unit_of_work():
        db.session.execute(update(School).values(org_number=TOWN_NUMBER))
    issue_all(keys_of(centre), centre.facts, afterwards(), ACTOR)
    assert len(set(db.session.scalars(select(Invoice.payer_id)))) == 1
