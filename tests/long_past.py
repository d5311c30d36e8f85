"""A long past of every state, made by the functions that people's clicks call. All that people type carries a mark."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.models import SchoolKind
from booking.agreements.payers import SchoolFacts
from booking.bookings import change as booking_change
from booking.bookings.basket import Pick
from booking.bookings.details import Contact, Details
from booking.bookings.hold import drop, expire_pending
from booking.bookings.models import Booking, Waiting
from booking.capacity.models import Channel, Slot
from booking.centre.facts import the_centre
from booking.closures import answer
from booking.courses.enrol import NewParticipant
from booking.courses.models import Paying
from booking.courses.people import of_booking, rename
from booking.door import walk_in
from booking.door.undo import undo
from booking.exports import long_lists
from booking.exports.sources import bookings_filters
from booking.feedback import feedback
from booking.feedback.feedback import Opinion
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.newsletter import subscribers
from booking.outbox import long_work
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import promise
from booking.outreach.book import book as book_outreach
from booking.outreach.models import OutreachVisit
from booking.payments import demo, pay
from booking.payments.demo import Play
from booking.payments.fulfil import fulfil
from booking.payments.give_back import give_back
from booking.payments.models import Payment, PaymentState
from booking.programmes.models import Programme
from booking.releases.models import ReleaseWay
from booking.reports.bookings import BookingFilter as WantedBookings
from booking.running.worker import run_once
from booking.staff.models import Role
from booking.staff.sessions import add_account
from booking.visit_waiting import waiting as school_waiting
from booking.visits import change, read
from booking.visits.book import book_visit
from booking.waiting import waiting
from booking.wishes import wishes
from tests.builders import a_centre, a_confirmed_booking, a_hold, a_slot, a_ticket_type, an_activity, tomorrow
from tests.closures.closing import closed, facts_of, offers, write
from tests.courses.away import a_road
from tests.courses.away import an_order as order_away
from tests.courses.enrolled import a_course, an_enrolment
from tests.door.doors import let_in
from tests.payments.buying import payment_of, ref_of
from tests.visits.booked import a_plan, an_order
from tests.wishes.releasing import a_release_day

MARK, DIGITS = "Zyxwv", "99887766"
MAIL = "zyxwv@example.org"
WHO = Contact(f"{MARK} Nordmann", MAIL, f"+47{DIGITS}", f"{MARK}: wheelchair")
BY_HAND = SchoolFacts(None, f"{MARK} skole", "", "Bergen", SchoolKind.SCHOOL, "", known=False)


def tickets(app: Flask) -> datetime:
    """Bookings of every state, with payments of every state; waiting, closed, let in, sold in the till."""
    a_centre()
    entry = an_activity(capacity=60)
    slot, adult = a_slot(entry, 60), a_ticket_type(entry)
    other, free = a_slot(entry, 60, tomorrow(days=4)), a_ticket_type(entry, 0, "Free")
    a_slot(entry, 60, tomorrow(12, days=4))
    a_hold(slot, adult)  # never filled in

    begun = [a_hold(slot, adult).booking_id for _ in range(6)]
    for booking_id in begun:
        pay.begin(booking_id, Details(WHO, "nb", ["shows"]))
    _abandoned, declined, slow, bought, disputed, cancelled = begun
    play(declined, Play.DECLINE)
    be_paid_too_late(entry, adult)
    play(slow, Play.LATER)  # its money takes some minutes
    for booking_id in (bought, disputed, cancelled):
        play(booking_id, Play.PAY)
        fulfil(payment_of(booking_id).id)
    with unit_of_work():
        db.session.execute(update(Payment).where(Payment.booking_id == disputed).values(disputed_at=clock.now()))
        give_back(bought, 100, f"{MARK} was ill", new_secret(), "account:1")
        booking_change.cancel(cancelled, centre=the_centre(), now=clock.now())
    with unit_of_work():  # dearer: a change that waits for money which never comes
        dearer = [Pick(slot, adult, 5)]
        booking_change.change(bought, dearer, centre=the_centre(), now=clock.now())

    confirmed = a_confirmed_booking(slot, free, name=WHO.name, email=MAIL)
    mark = new_secret()
    let_in(confirmed.booking_id, {(slot, free): 1}, mark=mark, reason=f"{MARK} came early")
    with unit_of_work():
        undo(mark, f"{MARK} was another", None, clock.now())
    sold = a_hold(slot, adult, channel=Channel.DESK)
    with unit_of_work():
        ada = add_account("ada@example.org", "Ada", Role.ADMIN, clock.now())
        walk_in.sold_in_till(sold.booking_id, "T-1", replace(WHO, email="", needs=""), ada, clock.now())

    wait_in_line(entry, free)
    be_closed(other, free)
    with unit_of_work():
        subscribers.ask(MAIL, ["shows"], "nb", clock.now())
        promise("mail.find", "find:1", {"email": MAIL, "lang": "nb"})
        promise("mail.my_visits", "my:1", {"email": MAIL, "lang": "nb"})
        db.session.execute(update(Slot).where(Slot.id == slot).values(note=f"{MARK} leads"))
        about = {"lang": "nb", "format": "csv", "filters": filters_of(MARK)}
        long_work.begin(f"{long_lists.KIND}bookings", about, None)
    run_once(app)
    for hours in (1, 30):  # baskets run out, offers run out, slow money comes
        with time_machine.travel(clock.now() + timedelta(hours=hours), tick=False):
            run_once(app)
    with unit_of_work():
        db.session.execute(
            update(Promise).where(Promise.kind == "mail.find").values(state=PromiseState.DEAD, last_error=f"550 {MAIL}")
        )
    return tomorrow(days=5)


def be_paid_too_late(entry: int, adult: int) -> None:
    """Money comes when the places are somebody else's, and goes back."""
    slot = a_slot(entry, 2, tomorrow(16))
    late = a_hold(slot, adult).booking_id
    pay.begin(late, Details(WHO, "nb"))
    play(late, Play.PAY)
    with unit_of_work():
        assert expire_pending(late, clock.now() + timedelta(hours=1))
    a_hold(slot, adult)
    assert fulfil(payment_of(late).id) is PaymentState.RETURNED


def play(booking_id: int, what: Play) -> None:
    """At the demo till."""
    ref = ref_of(payment_of(booking_id))
    with unit_of_work():
        demo.play(ref, what, clock.now())


def filters_of(typed: str) -> dict[str, object]:
    """What staff searched a list of bookings for."""
    return dict(bookings_filters(WantedBookings(words=typed)))


def wait_in_line(entry: int, free: int) -> None:
    """Four in line for a time of two places: one takes the offer, one refuses it, one lets it run out, one leaves."""
    full = a_slot(entry, 2, tomorrow(14))
    taken_by = a_confirmed_booking(full, free, name=WHO.name, email=MAIL)
    secrets = []
    for n in range(4):
        who = replace(WHO, email=f"{n}{MAIL}")
        with unit_of_work():
            secrets.append(waiting.wait([full], [(free, 2)], who, centre=the_centre(), lang="nb", now=clock.now()))
    with unit_of_work():
        waiting.leave(secrets[3], clock.now())
    for ends in (True, False):
        with unit_of_work():
            booking_change.cancel(taken_by.booking_id, centre=the_centre(), now=clock.now())
        offered = an_offer()
        if ends:
            pay.begin(offered, Details(WHO, "nb"))
            db.session.rollback()
            taken_by = replace(taken_by, booking_id=offered)
    with unit_of_work():
        drop(offered, clock.now())
    an_offer()


def an_offer() -> int:
    """The next in line gets one; its booking."""
    ((waiting_id, slot_id),) = waiting.next_offers(clock.now())
    with unit_of_work():
        assert waiting.offer(waiting_id, slot_id, centre=the_centre(), now=clock.now())
    db.session.rollback()
    return db.session.scalars(select(Waiting.booking_id).where(Waiting.id == waiting_id)).one() or 0


def be_closed(slot: int, free: int) -> None:
    """A closure with letters: one wants the money, one another time, one never answers."""
    hit = [a_confirmed_booking(slot, free, name=WHO.name, email=MAIL).booking_id for _ in range(3)]
    closure = closed(slot)
    write(closure)
    with unit_of_work():
        answer.all_back(facts_of(hit[0]), centre=the_centre(), now=clock.now())
    times = offers(hit[1])
    with unit_of_work():
        answer.move(facts_of(hit[1]), times[0], now=clock.now())


def schools(app: Flask) -> datetime:
    """A drawing, a visit of a school written by hand, one that staff decline, places in line, words afterwards."""
    day = a_release_day(ReleaseWay.DRAWING, sessions=2)
    for number in range(2):
        wish = replace(
            day.order(day.slots[0], number), contact=WHO, order_number=MARK, on_the_day=MARK, invoice_reference=MARK
        )
        with unit_of_work():
            wishes.prepare(replace(wish, mobile=f"+47{DIGITS}"), day.facts, day.facts.opens_at - timedelta(hours=1))
    run_once(app)
    centre = day.centre
    plan = a_plan(centre, f"{MARK}A", pupils=10, programmes_wanted=1)
    order = an_order(centre, plan, MAIL, mobile=f"+47{DIGITS}", on_the_day=MARK, order_number=MARK)
    with unit_of_work():
        booked = book_visit(replace(order, contact=WHO, school=BY_HAND), centre=centre.facts, now=clock.now())
        db.session.get_one(Programme, centre.body).instant = False
    request = replace(order, contact=WHO, school=replace(BY_HAND, name=f"{MARK} barnehage"))
    request = replace(request, plan=a_plan(centre, f"{MARK}B", pupils=10))
    with unit_of_work():
        declined = book_visit(request, centre=centre.facts, now=clock.now())
    with unit_of_work():
        change.decline(declined.booking_id, f"{MARK}, no", centre=centre.facts, now=clock.now(), actor="account:1")
        waiting_for = db.session.scalars(select(Slot.id).where(Slot.activity_id == centre.bridges)).first()
        assert waiting_for is not None
        full = db.session.get_one(Slot, waiting_for)
        had, before = full.taken, full.capacity
        full.taken = full.capacity = max(had, 20)
    with unit_of_work():
        school_waiting.wait(waiting_for, 20, MAIL, "nb", the_centre(), clock.now())
        full = db.session.get_one(Slot, waiting_for)
        full.taken, full.capacity = had, before
        about = {"email": MAIL, "lang": "nb", "wishes": f"group={MARK}"}
        promise("mail.visit_copy", "visit_copy:1", about)
    db.session.rollback()
    visit = read.of_booking(booked.booking_id, "NOK")
    assert visit is not None
    opinions = {centre.bridges: Opinion(5, f"{MARK} was good"), centre.body: Opinion(5, f"{MARK} was good")}
    with unit_of_work():
        feedback.answer(visit, centre.on, opinions, centre.on + timedelta(days=1), clock.now())
    run_once(app)
    return datetime.combine(centre.on, datetime.min.time(), UTC)


def courses(app: Flask) -> datetime:
    """One enrolment by invoice, one by card that nobody pays, one given up; and a class that we go to."""
    slot = a_course()
    payer = {"employer": f"{MARK} AS", "order_number": MARK, "invoice_reference": MARK}
    names = (f"{MARK} Nordmann", f"{MARK} Hansen")
    kept = an_enrolment(slot, *names, pays=Paying.INVOICE, **payer)
    an_enrolment(slot, *names, pays=Paying.CARD, **payer)
    with unit_of_work():
        db.session.execute(update(Booking).values(name=WHO.name, email=MAIL, phone=WHO.phone, needs=WHO.needs))
        (first, _) = of_booking(kept.booking_id)
        rename(kept.booking_id, {first.id: NewParticipant(f"{MARK} Olsen", MAIL)}, centre=the_centre(), now=clock.now())
    run_once(app)
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        run_once(app)
    return tomorrow(days=40)


def outreach(app: Flask) -> datetime:
    """A class written by hand that has us come."""
    road = a_road()
    order = order_away(road)
    order = replace(order, contact=WHO, school=BY_HAND, address=f"{MARK}vegen 1", mobile=f"+47{DIGITS}")
    with unit_of_work():
        book_outreach(order, centre=the_centre(), now=clock.now())
        db.session.execute(update(OutreachVisit).values(room=f"Room of {MARK}"))
    run_once(app)
    return road.at_ten
