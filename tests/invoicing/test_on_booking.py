"""Admission is invoiced as soon as it is booked, where centre and payer want that; nothing else is, and what changes
afterwards is put right by credit notes that somebody decides on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking, State
from booking.catalogue.models import Activity, Kind
from booking.invoicing.ahead.unlike import changed_since, invoices_to_put_right, leave_as_invoiced
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit, credit_and_invoice_anew
from booking.invoicing.frozen import from_kept
from booking.invoicing.issue import IssuedInvoice, ReceivableGone, ReceivableWaits, issue
from booking.invoicing.let_go import let_go
from booking.invoicing.models import Collective, Invoice, InvoicedReceivable, InvoicePayer, InvoiceRules, InvoiceTiming
from booking.invoicing.payers import keep_payer
from booking.invoicing.receivables import Receivable, WhyWaiting, open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.reports.owed import owed_or_let_go
from booking.running.check import breaches
from booking.visits.change import cancel_visit
from booking.visits.models import Approval, Visit
from tests.invoicing.ahead import ACTOR, a_centre_that_invoices_on_booking, a_class_for_the_exhibition, come_as
from tests.invoicing.owed import TOWN_NUMBER, a_class, afterwards
from tests.visits.booked import Centre


def now_open(centre: Centre) -> list[Receivable]:
    """What can be invoiced now, or waits."""
    db.session.rollback()
    return open_receivables(centre.facts, clock.now())


def why(centre: Centre) -> list[WhyWaiting | None]:
    """Why each of them waits."""
    return [receivable.waits_for(set_up=True, exempt=True) for receivable in now_open(centre)]


def issued_now(centre: Centre) -> IssuedInvoice:
    """The one that there is becomes an invoice."""
    (receivable,) = now_open(centre)
    return issue(receivable.key, centre.facts, clock.now(), ACTOR)


def credit_order(invoice_id: int, gross: int = 0) -> CreditOrder:
    """All of it, or a sum."""
    credited = db.session.scalars(select(Invoice.credited).where(Invoice.id == invoice_id)).one()
    db.session.rollback()
    wanted = CreditWanted(CreditExtent.SUM, gross=gross) if gross else CreditWanted(CreditExtent.ALL)
    return CreditOrder(invoice_id, wanted, "Fewer come", credited)


def test_a_class_for_the_exhibition_is_invoiced_as_soon_as_it_is_booked_and_says_when_it_comes(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    booked = a_class_for_the_exhibition(centre)
    issued = issued_now(centre)
    document = from_kept(db.session.get_one(Invoice, issued.invoice_id).document)
    assert (document.issued_on, document.delivered.on) == (clock.now().date(), centre.on)
    assert (document.settled.lines[0].charge.delivered_on, document.reason) == (
        centre.on, f"For admission on {centre.on.day} {centre.on:%B} {centre.on.year}, invoiced in advance.",
    )  # fmt: skip
    row = db.session.scalars(select(InvoicedReceivable)).one()
    assert (row.booking_id, row.planned_on, row.owed) == (booked.booking_id, centre.on, issued.payable)
    assert now_open(centre) == []
    assert breaches() == []


def test_what_is_not_marked_as_admission_waits_until_the_class_has_been_and_so_does_lunch(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    a_class(centre, "6A")  # a programme
    assert why(centre) == [WhyWaiting.NOT_ADMISSION]
    (receivable,) = now_open(centre)
    with pytest.raises(ReceivableWaits) as refusal:
        issue(receivable.key, centre.facts, clock.now(), ACTOR)
    assert refusal.value.why is WhyWaiting.NOT_ADMISSION
    assert issue(receivable.key, centre.facts, afterwards(), ACTOR).payable == receivable.gross


def test_nobody_is_invoiced_before_the_visit_unless_the_office_has_ticked_what_is_admission(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    a_class_for_the_exhibition(centre)
    with unit_of_work():
        db.session.execute(update(Activity).values(invoiced_ahead=False))
    assert why(centre) == [WhyWaiting.NOT_ADMISSION]


def test_a_request_is_not_invoiced_before_somebody_has_said_yes(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    a_class_for_the_exhibition(centre)
    with unit_of_work():
        db.session.execute(update(Booking).values(state=State.PENDING, held_until=clock.now() + timedelta(days=1)))
        db.session.execute(update(Visit).values(approval=Approval.ASKED))
    assert now_open(centre) == []


def test_what_is_more_than_a_year_ahead_waits(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    a_class_for_the_exhibition(centre)
    (receivable,) = open_receivables(centre.facts, clock.now() - timedelta(days=350))
    assert receivable.waits_for(set_up=True, exempt=True) is WhyWaiting.TOO_FAR_AHEAD


@pytest.mark.parametrize(
    ("centres", "payers", "collective", "is_there"),
    [
        (InvoiceTiming.ON_BOOKING, None, Collective.NONE, True),
        (InvoiceTiming.ON_BOOKING, InvoiceTiming.AFTER, Collective.NONE, False),
        (InvoiceTiming.ON_BOOKING, None, Collective.MONTH, False),
        (InvoiceTiming.AFTER, None, Collective.NONE, False),
        (InvoiceTiming.AFTER, InvoiceTiming.ON_BOOKING, Collective.NONE, True),
        (InvoiceTiming.AFTER, InvoiceTiming.ON_BOOKING, Collective.MONTH, True),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_payer_has_its_own_terms_over_the_centres(
    app: Flask, centres: InvoiceTiming, payers: InvoiceTiming | None, collective: Collective, is_there: bool
) -> None:
    centre = a_centre_that_invoices_on_booking()
    for name in ("6A", "6B"):
        a_class_for_the_exhibition(centre, name)
    with unit_of_work():
        db.session.execute(update(InvoiceRules).values(timing=centres))
        keep_payer(f"number:{TOWN_NUMBER}")
        db.session.execute(update(InvoicePayer).values(timing=payers, collective=collective))
    keys = [receivable.key for receivable in now_open(centre)]
    assert len(keys) == (2 if is_there else 0)
    for key in keys:  # one by one, whatever is collective
        issue(key, centre.facts, clock.now(), ACTOR)


def test_what_is_to_come_cannot_be_let_go(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    a_class_for_the_exhibition(centre)
    (receivable,) = now_open(centre)
    with pytest.raises(ReceivableGone):
        let_go(receivable.key, "Too early", centre.facts, clock.now(), ACTOR)


def test_who_comes_with_fewer_is_proposed_a_credit_note_of_the_difference(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    booked = a_class_for_the_exhibition(centre)
    issued = issued_now(centre)
    come_as(booked.booking_id, 20, centre)
    unlike = changed_since(issued.invoice_id, centre.facts)
    assert unlike is not None
    assert (unlike.too_much, unlike.too_little, unlike.is_all) == (4 * 11000, 0, False)
    assert [visit.number for visit in invoices_to_put_right(centre.facts, clock.now())] == [issued.number]
    assert (now_open(centre), breaches()) == ([], [])
    credit(credit_order(issued.invoice_id, 4 * 11000), centre.facts, clock.now(), ACTOR)
    assert changed_since(issued.invoice_id, centre.facts) is None
    assert invoices_to_put_right(centre.facts, clock.now()) == []
    assert breaches() == []
    # Who comes with all of them after all owes the difference again.
    come_as(booked.booking_id, 24, centre)
    again = changed_since(issued.invoice_id, centre.facts)
    assert again is not None
    assert (again.too_much, again.too_little) == (0, 4 * 11000)
    assert breaches() == []


def test_who_comes_with_more_owes_it_visibly_until_the_invoice_is_credited_and_issued_anew(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    booked = a_class_for_the_exhibition(centre)
    issued = issued_now(centre)
    come_as(booked.booking_id, 26, centre)
    (more,) = now_open(centre)
    assert (more.gross, more.invoice_id, why(centre)) == (2 * 11000, issued.invoice_id, [WhyWaiting.COSTS_MORE])
    assert owed_or_let_go() == issued.payable + more.gross
    assert breaches() == []
    order = credit_order(issued.invoice_id)
    note, (anew,) = credit_and_invoice_anew(order, centre.facts, clock.now(), ACTOR)
    assert (note.gross, anew.payable) == (issued.payable, issued.payable + more.gross)
    assert (now_open(centre), changed_since(anew.invoice_id, centre.facts)) == ([], None)
    assert (owed_or_let_go(), breaches()) == (anew.payable, [])


def test_what_is_more_once_the_class_has_been_is_an_invoice_besides_and_the_last_is_credited_first(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    booked = a_class_for_the_exhibition(centre)
    issued = issued_now(centre)
    come_as(booked.booking_id, 26, centre)
    with pytest.raises(ReceivableWaits):
        issued_now(centre)
    (more,) = open_receivables(centre.facts, afterwards())
    added = issue(more.key, centre.facts, afterwards(), ACTOR)
    assert (added.payable, now_open(centre), breaches()) == (2 * 11000, [], [])
    assert owed_or_let_go() == issued.payable + added.payable
    for fewer, too_much in ((25, (0, 11000)), (22, (2 * 11000, 2 * 11000))):
        come_as(booked.booking_id, fewer, centre)
        unlike = [changed_since(each.invoice_id, centre.facts) for each in (issued, added)]
        assert tuple(0 if each is None else each.too_much for each in unlike) == too_much
        assert breaches() == []
    with unit_of_work():
        cancel_visit(booked.booking_id, centre=centre.facts, now=clock.now(), actor="staff:1", waive=True)
    for each in (added, issued):
        assert (unlike_now := changed_since(each.invoice_id, centre.facts)) is not None and unlike_now.is_all
        credit(credit_order(each.invoice_id), centre.facts, clock.now(), ACTOR)
    assert (owed_or_let_go(), now_open(centre), breaches()) == (0, [], [])


def test_a_visit_that_is_called_off_is_proposed_to_be_credited_whole_and_its_fee_is_a_claim_of_its_own(
    app: Flask,
) -> None:
    centre = a_centre_that_invoices_on_booking()
    booked = a_class_for_the_exhibition(centre)
    issued = issued_now(centre)
    with unit_of_work():
        cancel_visit(booked.booking_id, centre=centre.facts, now=clock.now())
    unlike = changed_since(issued.invoice_id, centre.facts)
    assert unlike is not None
    assert (unlike.too_much, unlike.is_all, unlike.is_cancelled) == (issued.payable, True, True)
    with unit_of_work():
        db.session.execute(update(Visit).values(fee=50000))  # as if it had been late
    (fee,) = now_open(centre)
    assert (fee.gross, fee.waits_for(set_up=True, exempt=True)) == (50000, None)
    assert breaches() == []
    credit(credit_order(issued.invoice_id), centre.facts, clock.now(), ACTOR)
    assert changed_since(issued.invoice_id, centre.facts) is None
    assert breaches() == []


def test_the_office_can_leave_an_invoice_as_it_is_and_is_asked_again_only_when_something_changes_again(
    app: Flask,
) -> None:
    centre = a_centre_that_invoices_on_booking()
    booked = a_class_for_the_exhibition(centre)
    issued = issued_now(centre)
    come_as(booked.booking_id, 26, centre)
    leave_as_invoiced(issued.invoice_id, centre.facts, ACTOR)
    assert (changed_since(issued.invoice_id, centre.facts), now_open(centre), breaches()) == (None, [], [])
    come_as(booked.booking_id, 27, centre)
    assert [receivable.gross for receivable in now_open(centre)] == [11000]


def test_a_credit_note_out_of_goodwill_is_no_reason_to_claim_it_again(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    a_class_for_the_exhibition(centre)
    issued = issued_now(centre)
    credit(credit_order(issued.invoice_id, 11000), centre.facts, clock.now(), ACTOR)
    assert (changed_since(issued.invoice_id, centre.facts), now_open(centre), breaches()) == (None, [], [])


def test_after_the_visit_nothing_is_different_for_who_was_invoiced_before_it(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    a_class_for_the_exhibition(centre)
    issued = issued_now(centre)
    db.session.rollback()
    assert open_receivables(centre.facts, afterwards()) == []
    assert breaches() == []
    credit(credit_order(issued.invoice_id), centre.facts, clock.now(), ACTOR)
    assert [receivable.gross for receivable in now_open(centre)] == [issued.payable]
    assert db.session.scalars(select(Activity.kind).where(Activity.invoiced_ahead)).all() == [Kind.ADMISSION]
