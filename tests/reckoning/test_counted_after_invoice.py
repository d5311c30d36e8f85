"""Classes that were invoiced on booking, as booked, and then come with others than that: proposed, never done alone."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.heads import ClassHeads, HeadsRule
from booking.agreements.models import SchoolRules
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit, credit_and_invoice_anew
from booking.invoicing.issue import IssuedInvoice, issue
from booking.invoicing.models import Invoice
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.reckoning.proposals import counted_anew, reckon_again
from booking.reckoning.queries import uncounted_visits
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
