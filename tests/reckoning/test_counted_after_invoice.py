"""Classes that were invoiced on booking, as booked, and then come with others than that: proposed, never done alone."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.heads import ClassHeads, HeadsRule
from booking.agreements.models import SchoolRules
from booking.invoicing.ahead.additions import CreditedInPart, NothingMoreOwed, invoice_the_rest
from booking.invoicing.ahead.unlike import changed_since
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit, credit_and_invoice_anew
from booking.invoicing.frozen import from_kept
from booking.invoicing.issue import IssuedInvoice, issue
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.invoicing.receivables import WhyWaiting, open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.reckoning.proposals import counted_anew, reckon_again, reckon_the_rest
from booking.reckoning.queries import uncounted_visits
from booking.reports.owed import owed_or_let_go
from booking.running.check import breaches
from tests.invoicing.ahead import ACTOR, a_centre_that_invoices_on_booking, a_class_for_the_exhibition, come_as
from tests.invoicing.owed import afterwards
from tests.reckoning.counted import PUPIL, count, ready_now, work
from tests.visits.booked import Centre


def invoiced_on_booking(pupils: int = 24) -> tuple[Centre, int, IssuedInvoice]:
    """A centre that bills by the count; its class is invoiced weeks before it comes."""
    centre = a_centre_that_invoices_on_booking()
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(heads_rule=HeadsRule.COUNTED))
    booking_id = a_class_for_the_exhibition(centre, pupils=pupils).booking_id
    (receivable,) = open_receivables(centre.facts, clock.now())
    return centre, booking_id, issue(receivable.key, centre.facts, clock.now(), ACTOR)


def order(invoice: IssuedInvoice, gross: int) -> CreditOrder:
    """So much of it."""
    credited = db.session.scalars(select(Invoice.credited).where(Invoice.id == invoice.invoice_id)).one()
    db.session.rollback()
    return CreditOrder(invoice.invoice_id, CreditWanted(CreditExtent.SUM, gross=gross), "Fewer came", credited)


def test_fewer_at_the_door_than_were_invoiced_before_are_proposed_to_be_credited(app: Flask) -> None:
    centre, booking_id, invoice = invoiced_on_booking()
    assert counted_anew(invoice.invoice_id, centre.facts, clock.now()) is None
    db.session.rollback()
    count(centre, booking_id, ClassHeads(20, 2))
    work()
    proposal = counted_anew(invoice.invoice_id, centre.facts, afterwards())
    assert proposal is not None
    assert (proposal.too_much, proposal.visits[0].were, proposal.visits[0].are) == (4 * PUPIL, 26, 22)
    credit(order(invoice, 4 * PUPIL), centre.facts, afterwards(), ACTOR)
    assert counted_anew(invoice.invoice_id, centre.facts, afterwards()) is None
    assert breaches() == []


def test_who_had_said_that_fewer_come_and_comes_with_fewer_still_is_proposed_the_rest(app: Flask) -> None:
    centre, booking_id, invoice = invoiced_on_booking()
    come_as(booking_id, 22, centre)
    credit(order(invoice, 2 * PUPIL), centre.facts, clock.now(), ACTOR)
    count(centre, booking_id, ClassHeads(20, 2))
    proposal = counted_anew(invoice.invoice_id, centre.facts, afterwards())
    assert proposal is not None
    assert proposal.too_much == 2 * PUPIL
    assert breaches() == []


@pytest.mark.parametrize("counted", [False, True])
def test_nobody_waits_for_a_count_of_what_is_invoiced_and_more_can_be_invoiced_anew(app: Flask, counted: bool) -> None:
    centre, booking_id, invoice = invoiced_on_booking(pupils=20)
    if not counted:
        assert (uncounted_visits(afterwards()), ready_now()) == ([], [])
        assert counted_anew(invoice.invoice_id, centre.facts, afterwards()) is None
        return
    count(centre, booking_id, ClassHeads(23, 2), more=3)
    proposal = counted_anew(invoice.invoice_id, centre.facts, afterwards())
    assert proposal is not None
    assert (proposal.too_much, proposal.too_little) == (0, 3 * PUPIL)
    db.session.rollback()
    _note, (anew,) = credit_and_invoice_anew(order(invoice, 1), centre.facts, afterwards(), ACTOR, reckon_again)
    assert anew.payable == invoice.payable + 3 * PUPIL
    assert breaches() == []


def test_more_at_the_door_than_were_invoiced_before_are_invoiced_besides_and_then_credited_as_others_are(
    app: Flask,
) -> None:
    centre, booking_id, invoice = invoiced_on_booking(pupils=20)
    count(centre, booking_id, ClassHeads(23, 2), more=3)
    (added,) = invoice_the_rest(invoice.invoice_id, centre.facts, afterwards(), ACTOR, reckon_the_rest)
    assert added.payable == 3 * PUPIL
    (line,) = from_kept(db.session.get_one(Invoice, added.invoice_id).document).settled.lines
    assert line.charge.text.startswith(f"Addition to invoice {invoice.number}, booking ")
    assert (owed_or_let_go(), open_receivables(centre.facts, afterwards())) == (invoice.payable + added.payable, [])
    for each in (invoice, added):
        assert counted_anew(each.invoice_id, centre.facts, afterwards()) is None
        assert changed_since(each.invoice_id, centre.facts) is None
        with pytest.raises(NothingMoreOwed):
            invoice_the_rest(each.invoice_id, centre.facts, afterwards(), ACTOR, reckon_the_rest)
    assert breaches() == []
    # Credited, it is owed again, besides the invoice that stands; so is that, once it is credited.
    for each in (added, invoice):
        order_of_all = order(each, each.payable)
        _note, (anew,) = credit_and_invoice_anew(order_of_all, centre.facts, afterwards(), ACTOR, reckon_again)
        assert (anew.payable, breaches()) == (each.payable, [])
    keys = db.session.scalars(select(InvoicedReceivable.key).order_by(InvoicedReceivable.id)).all()
    assert [key.partition(":credited:")[0][len(keys[0].partition(":credited:")[0]):] for key in keys] == [
        "", ":more", ":more", "",
    ]  # fmt: skip
    assert owed_or_let_go() == invoice.payable + added.payable


def test_more_who_were_to_come_are_not_invoiced_besides_before_the_count_is_looked_at(app: Flask) -> None:
    centre, booking_id, invoice = invoiced_on_booking(pupils=20)
    come_as(booking_id, 24, centre)
    count(centre, booking_id, ClassHeads(18, 2))
    (more,) = open_receivables(centre.facts, afterwards())
    assert more.waits_for(set_up=True, exempt=True) is WhyWaiting.COSTS_MORE
    with pytest.raises(NothingMoreOwed):
        invoice_the_rest(invoice.invoice_id, centre.facts, afterwards(), ACTOR, reckon_the_rest)
    proposal = counted_anew(invoice.invoice_id, centre.facts, afterwards())
    assert proposal is not None
    assert proposal.too_much == 2 * PUPIL
    assert breaches() == []


def test_more_who_were_to_come_and_whom_nobody_counted_are_invoiced_besides_as_booked(app: Flask) -> None:
    centre, booking_id, invoice = invoiced_on_booking(pupils=20)
    come_as(booking_id, 24, centre)
    (added,) = invoice_the_rest(invoice.invoice_id, centre.facts, afterwards(), ACTOR, reckon_the_rest)
    assert (added.payable, breaches()) == (4 * PUPIL, [])


def test_nothing_is_added_to_an_invoice_of_which_something_is_credited(app: Flask) -> None:
    centre, booking_id, invoice = invoiced_on_booking(pupils=20)
    count(centre, booking_id, ClassHeads(23, 2), more=3)
    credit(order(invoice, PUPIL), centre.facts, afterwards(), ACTOR)
    with pytest.raises(CreditedInPart):
        invoice_the_rest(invoice.invoice_id, centre.facts, afterwards(), ACTOR, reckon_the_rest)
    assert breaches() == []
