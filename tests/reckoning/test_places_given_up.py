"""Places on a course given up after they were invoiced or let go: a credit is proposed, what is let go follows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.closures.close import ClosureRequest, close_down
from booking.closures.models import ClosedReason
from booking.courses.cancel import cancel
from booking.courses.give_up import give_up
from booking.courses.models import CourseRules, Enrolment, Participant
from booking.courses.people import of_booking
from booking.invoicing.credit import (
    CreditExtent,
    CreditOrder,
    CreditWanted,
    credit,
    credit_and_invoice_anew,
    creditable,
)
from booking.invoicing.issue import issue, issue_all
from booking.invoicing.let_go import claim_after_all, lately_let_go, let_go
from booking.invoicing.models import Collective, Invoice, InvoicePayer
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.reckoning.proposals import CreditProposal, counted_anew, how_many_given_up, reckon_again
from booking.running.check import breaches
from booking.staff.models import Role
from tests.builders import a_slot, a_ticket_type, an_activity, tomorrow
from tests.courses.enrolled import PRICE, a_course, an_enrolment
from tests.invoicing.owed import invoice_rules
from tests.reckoning.counted import work
from tests.web.staffing import a_colleague

ACTOR = "account:1"


def held() -> datetime:
    """When the course has been held."""
    return clock.now() + timedelta(days=50)


def three_enrolled() -> int:
    """Three colleagues, who are to pay by invoice; returns the booking."""
    booking_id = an_enrolment(a_course(), "Liv Berg", "Ola Dahl", "Eva Foss", invoice_reference="12345").booking_id
    with unit_of_work():
        db.session.add(invoice_rules())
    return booking_id


def invoiced(booking_id: int) -> int:
    """The course has been held and is invoiced; returns the invoice."""
    return issue(f"course:{booking_id}", the_centre(), held(), ACTOR).invoice_id


def one_less(booking_id: int, now: datetime | None = None) -> int:
    """Staff give up one place, at what that costs."""
    first = of_booking(booking_id)[0].id
    db.session.rollback()
    with unit_of_work():
        return give_up(booking_id, first, centre=the_centre(), now=now or clock.now(), actor=ACTOR)


def all_cancelled(booking_id: int, *, waive: bool = False, now: datetime | None = None) -> None:
    with unit_of_work():
        cancel(booking_id, centre=the_centre(), now=now or clock.now(), actor=ACTOR, waive=waive)


def proposed(invoice_id: int) -> CreditProposal | None:
    db.session.rollback()
    return counted_anew(invoice_id, the_centre(), held())


def too_much(invoice_id: int) -> int:
    proposal = proposed(invoice_id)
    return 0 if proposal is None else proposal.too_much


def credited(invoice_id: int, gross: int, *lines: int) -> None:
    wanted = CreditWanted(CreditExtent.SUM, lines, gross)
    order = CreditOrder(invoice_id, wanted, "Plass gitt opp", creditable(invoice_id).credited)
    credit(order, the_centre(), held(), ACTOR)


def test_a_place_given_up_after_the_invoice_is_proposed_to_be_credited_until_it_is(app: Flask) -> None:
    booking_id = three_enrolled()
    invoice_id = invoiced(booking_id)
    assert proposed(invoice_id) is None
    one_less(booking_id)
    assert (too_much(invoice_id), how_many_given_up(), breaches()) == (PRICE, 1, [])
    credited(invoice_id, PRICE)
    assert (proposed(invoice_id), how_many_given_up(), breaches()) == (None, 0, [])


def test_of_what_costs_a_fee_the_rest_is_proposed(app: Flask) -> None:
    booking_id = three_enrolled()
    with unit_of_work():
        db.session.add(CourseRules(free_days=40))
        db.session.execute(update(Enrolment).values(terms=None))
    invoice_id = invoiced(booking_id)
    fee = one_less(booking_id)
    proposal = proposed(invoice_id)
    assert proposal is not None
    (course,) = proposal.courses
    assert (fee, proposal.too_much, course.fee, proposal.leaves_fee) == (PRICE // 2, PRICE - fee, fee, True)


def test_a_course_cancelled_for_nothing_is_proposed_to_be_credited_whole(app: Flask) -> None:
    booking_id = three_enrolled()
    invoice_id = invoiced(booking_id)
    all_cancelled(booking_id, waive=True)
    proposal = proposed(invoice_id)
    assert proposal is not None
    assert (proposal.too_much, proposal.courses[0].cancelled, breaches()) == (3 * PRICE, True, [])
    credited(invoice_id, 3 * PRICE)
    assert (proposed(invoice_id), open_receivables(the_centre(), held()), breaches()) == (None, [], [])


def test_a_course_that_the_centre_cancels_is_proposed_to_be_credited_when_its_people_give_up(app: Flask) -> None:
    booking_id = three_enrolled()
    invoice_id = invoiced(booking_id)
    slot = db.session.scalars(select(Participant.slot_id).limit(1)).one()
    db.session.rollback()
    with unit_of_work():
        wish = ClosureRequest(tomorrow(0), tomorrow(0) + timedelta(days=60), ClosedReason.ILLNESS, slot_id=slot)
        close_down(wish, now=clock.now(), account_id=None, actor=ACTOR)
    all_cancelled(booking_id, now=clock.now() + timedelta(days=39))
    assert (too_much(invoice_id), breaches()) == (3 * PRICE, [])


def test_credited_and_invoiced_anew_the_places_left_stand_on_the_new_one(app: Flask) -> None:
    booking_id = three_enrolled()
    invoice_id = invoiced(booking_id)
    one_less(booking_id)
    order = CreditOrder(invoice_id, CreditWanted(CreditExtent.ALL), "Plass gitt opp", 0)
    _note, (anew,) = credit_and_invoice_anew(order, the_centre(), held(), ACTOR, reckon_again)
    assert (anew.payable, proposed(anew.invoice_id), breaches()) == (2 * PRICE, None, [])
    one_less(booking_id)
    assert (too_much(anew.invoice_id), proposed(invoice_id)) == (PRICE, None)


def test_on_one_invoice_with_other_things_the_credit_is_taxed_as_the_course_was(app: Flask) -> None:
    booking_id = three_enrolled()
    activity = an_activity(Kind.COURSE, 10, "Sea", minutes=180, stay_minutes=0)
    a_ticket_type(activity, 50_000, "Participant", vat_rate=2500)
    other = an_enrolment(a_slot(activity, 10, tomorrow(days=41)), "Ada Lund", invoice_reference="12345").booking_id
    with unit_of_work():
        db.session.add(InvoicePayer(key="number:974760673", collective=Collective.MONTH))
    (invoice,), refusals = issue_all([f"course:{booking_id}", f"course:{other}"], the_centre(), held(), ACTOR)
    assert refusals == []
    one_less(booking_id)
    proposal = proposed(invoice.invoice_id)
    assert proposal is not None
    credited(invoice.invoice_id, proposal.too_much, *proposal.lines)
    (note,) = creditable(invoice.invoice_id).notes
    assert [(vat_sum.vat.rate, vat_sum.net + vat_sum.tax) for vat_sum in note.settled.sums] == [(0, PRICE)]


def test_what_is_let_go_of_a_course_stays_let_go_and_comes_to_what_is_owed(app: Flask) -> None:
    booking_id = three_enrolled()
    let_go(f"course:{booking_id}", "Avtalt", the_centre(), held(), ACTOR)
    one_less(booking_id)
    assert breaches() == []
    work(held())
    assert ([row.amount for row in lately_let_go()], breaches()) == ([2 * PRICE], [])
    all_cancelled(booking_id, waive=True)
    work(held())
    assert ([row.amount for row in lately_let_go()], open_receivables(the_centre(), held())) == ([0], [])
    claim_after_all(f"course:{booking_id}", held(), ACTOR)
    assert (open_receivables(the_centre(), held()), breaches()) == ([], [])


def test_the_nightly_check_finds_places_that_were_given_up_behind_the_back_of_their_invoice(app: Flask) -> None:
    booking_id = three_enrolled()
    invoiced(booking_id)
    one_less(booking_id)
    with unit_of_work():
        db.session.execute(update(Enrolment).values(owes_otherwise=False))
    told = "I11 places on a course that owe other than their invoice, and nobody is told, booking"
    assert breaches() == [f"{told}: {booking_id}"]


def test_the_nightly_check_finds_places_that_were_given_up_behind_the_back_of_what_was_let_go(app: Flask) -> None:
    booking_id = three_enrolled()
    let_go(f"course:{booking_id}", "Avtalt", the_centre(), held(), ACTOR)
    one_less(booking_id)
    with unit_of_work():
        db.session.execute(update(Enrolment).values(owes_otherwise=False))
    told = "I11 places on a course that owe other than was let go, and nobody is told, booking"
    assert breaches() == [f"{told}: {booking_id}"]


@pytest.mark.parametrize("waive", [False, True])
def test_the_page_of_the_invoice_leads_to_the_credit_of_just_that(app: Flask, waive: bool) -> None:
    booking_id = three_enrolled()
    invoice_id = invoiced(booking_id)
    if waive:
        all_cancelled(booking_id, waive=True)
    else:
        one_less(booking_id)
    with time_machine.travel(held(), tick=False):
        books = a_colleague(app, Role.FINANCE)
        page = books.get(f"/staff/invoices/{invoice_id}").get_data(as_text=True).replace("\xa0", " ")
        assert "Places on a course were given up since" in page
        assert ("nobody comes any more" in page, "some places" in page) == (waive, not waive)
        (way,) = re.findall(r'href="([^"]+extent=sum[^"]+)"', page)
        shown = books.get(way.replace("&amp;", "&")).get_data(as_text=True)
        assert f'name="gross" value="{(3 if waive else 1) * PRICE}"' in shown
        assert 'name="line" value="0" checked' in shown
        assert "Places on a course were given up" in shown
    assert db.session.scalars(select(Invoice.credited)).one() == 0
