"""What those who were hit may choose; nothing that must never happen happens."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.change import change
from booking.bookings.confirm import confirm
from booking.bookings.hold import Hold
from booking.bookings.models import State, Ticket
from booking.bookings.refusals import AlreadyUsed, WrongState
from booking.bookings.store import lock
from booking.capacity.models import Channel, Slot
from booking.capacity.places import Full
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.closures import answer, refund_unanswered
from booking.closures.models import ClosureChoice
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox import long_work
from booking.payments.models import Refund
from booking.running.check import breaches
from booking.running.steps import STEPS
from tests.builders import (
    a_confirmed_booking,
    a_hold,
    a_sale,
    a_slot,
    a_space,
    a_stretch,
    a_ticket_type,
    an_activity,
    paid_for,
    taken,
    tomorrow,
)
from tests.closures.closing import another_day, choice_of, closed, facts_of, offers, promised
from tests.door.doors import let_in


def sent_back() -> list[int]:
    """What was promised back, in order."""
    db.session.rollback()
    return list(db.session.scalars(select(Refund.amount).order_by(Refund.id)))


def test_a_new_time_is_free_keeps_the_price_and_the_codes_and_ignores_deadlines(app: Flask) -> None:
    _, slot, adult = a_sale(change_until_hours=24 * 30)
    held = a_confirmed_booking(slot, adult, 2)
    codes = [ticket.code for ticket in queries.tickets_of(held.booking_id)]
    later = another_day(slot)
    closed(slot)
    (times,) = offers(held.booking_id)
    with unit_of_work():
        answer.move(facts_of(held.booking_id), times, now=clock.now())
    facts = facts_of(held.booking_id)
    assert (facts.lines[0].slot_id, facts.total, facts.version) == (later, 42000, 2)
    assert [ticket.code for ticket in queries.tickets_of(held.booking_id)] == codes
    assert (taken(slot), taken(later)) == (0, 2)
    assert choice_of(held.booking_id) is ClosureChoice.MOVED
    assert len(promised("mail.change")) == 1
    assert sent_back() == []
    assert breaches() == []


def test_answered_in_two_windows_is_answered_once(app: Flask) -> None:
    _, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult)
    another_day(slot)
    closed(slot)
    (times,) = offers(held.booking_id)
    facts = facts_of(held.booking_id)
    with unit_of_work():
        answer.move(facts, times, now=clock.now())
    with pytest.raises(WrongState), unit_of_work():
        answer.move(facts, times, now=clock.now())
    assert breaches() == []


def test_two_windows_that_answer_at_one_moment_wait_for_one_another(app: Flask) -> None:
    centre, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult)
    another_day(slot)
    closed(slot)
    (times,), facts = offers(held.booking_id), facts_of(held.booking_id)
    is_moving, ends = Event(), list[str]()

    def give_up() -> None:
        with app.app_context():
            is_moving.wait(5)
            try:
                with unit_of_work():
                    answer.all_back(facts, centre=centre, now=clock.now())
                ends.append("cancelled")
            except Exception as error:
                ends.append(type(error).__name__)

    other = Thread(target=give_up)
    other.start()
    with unit_of_work():
        lock(held.booking_id)  # the first thing that a move does
        is_moving.set()
        sleep(0.3)
        answer.move(facts, times, now=clock.now())
    other.join()
    assert ends == ["cancelled"]
    assert choice_of(held.booking_id) is ClosureChoice.MOVED
    assert breaches() == []


def test_all_of_the_money_back_whatever_the_deadline(app: Flask) -> None:
    centre, slot, adult = a_sale(change_until_hours=24 * 30, refund_until_hours=24 * 60)
    held = paid_for(a_confirmed_booking(slot, adult, 2))
    closed(slot)
    for _twice in range(2):
        with unit_of_work():
            answer.all_back(facts_of(held.booking_id), centre=centre, now=clock.now())
    assert sent_back() == [42000]
    assert facts_of(held.booking_id).state is State.CANCELLED
    assert choice_of(held.booking_id) is ClosureChoice.ALL_BACK
    assert taken(slot) == 0
    assert breaches() == []


def entry_and_show() -> tuple[int, int, int, int]:
    """A family with entry and a show the same day: (booking, entry slot, show slot, the show's activity)."""
    _, slot, adult = a_sale()
    show = an_activity(Kind.SHOW, title="Bobler!", needs_admission=True)
    seat = a_ticket_type(show, 5000)
    at_show = a_slot(show, 10, tomorrow(11))
    held = paid_for(a_confirmed_booking(slot, adult, 2))

    with unit_of_work():
        more = change(
            held.booking_id, [Pick(slot, adult, 2), Pick(at_show, seat, 2)], centre=the_centre(), now=clock.now()
        )
    assert isinstance(more, Hold)
    with unit_of_work():
        confirm(more.booking_id, clock.now())
    paid_for(more)
    return held.booking_id, slot, at_show, show


def test_no_time_is_offered_that_takes_only_some_of_the_party(app: Flask) -> None:
    booking, entry, show_slot, show = entry_and_show()
    next_day = tomorrow(10, days=4)
    a_slot(db.session.get_one(Slot, entry).activity_id or 0, 10, next_day)
    a_slot(show, 1, next_day + timedelta(hours=1))
    closed()
    assert offers(booking) == []
    roomy = a_slot(show, 2, next_day + timedelta(hours=2))
    (times,) = offers(booking)
    assert times.moves[show_slot].slot_id == roomy


def test_a_show_alone_is_closed_and_the_entry_stays(app: Flask) -> None:
    booking, entry, show_slot, show = entry_and_show()
    other = a_slot(show, 10, tomorrow(13))
    a_slot(show, 10, tomorrow(9))  # before they come in
    closed(show_slot)
    (times,) = offers(booking)
    assert {old: new.slot_id for old, new in times.moves.items()} == {show_slot: other}
    assert answer.can_stand_alone(facts_of(booking), [show_slot])
    with unit_of_work():
        back = answer.part_back(facts_of(booking), [show_slot], centre=the_centre(), now=clock.now())
    assert back == 10000
    assert {line.slot_id for line in facts_of(booking).lines} == {entry}
    assert sent_back() == [10000]
    assert (taken(show_slot), taken(entry)) == (0, 2)
    assert choice_of(booking) is ClosureChoice.PART_BACK
    assert breaches() == []


def test_a_whole_day_is_closed_and_entry_and_show_move_together(app: Flask) -> None:
    booking, entry, show_slot, show = entry_and_show()
    closed()
    assert offers(booking) == []
    new_entry = another_day(entry)
    assert offers(booking) == []  # no show that day
    too_full = a_slot(show, 1, tomorrow(11, days=4))
    assert offers(booking) == []
    new_show = a_slot(show, 10, tomorrow(12, days=4))
    (times,) = offers(booking)
    assert {old: new.slot_id for old, new in times.moves.items()} == {entry: new_entry, show_slot: new_show}
    assert not answer.can_stand_alone(facts_of(booking), [entry, show_slot])
    with unit_of_work():
        answer.move(facts_of(booking), times, now=clock.now())
    assert (taken(new_entry), taken(new_show), taken(entry), taken(show_slot), taken(too_full)) == (2, 2, 0, 0, 0)
    tickets = select(func.count()).where(Ticket.booking_id == booking, Ticket.slot_id.in_([new_entry, new_show]))
    assert db.session.scalar(tickets) == 4
    assert breaches() == []


def test_who_is_in_already_is_helped_by_people(app: Flask) -> None:
    _, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult)
    another_day(slot)
    closed(slot)
    (times,) = offers(held.booking_id)
    with unit_of_work():
        (ticket,) = db.session.scalars(select(Ticket).where(Ticket.booking_id == held.booking_id).limit(1))
        ticket.admitted = 1
    with pytest.raises(AlreadyUsed), unit_of_work():
        answer.move(facts_of(held.booking_id), times, now=clock.now())


def test_those_who_never_chose_get_their_money_and_those_who_did_are_left_alone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refund_unanswered, "BATCH", 2)
    _, slot, adult = a_sale(capacity=400)
    silent = [paid_for(a_confirmed_booking(slot, adult, 1)).booking_id for _n in range(4)]
    moved = a_confirmed_booking(slot, adult, 1).booking_id
    in_already = a_confirmed_booking(slot, adult, 1).booking_id
    another_day(slot)
    closure = closed(slot)
    with unit_of_work():
        answer.move(facts_of(moved), offers(moved)[0], now=clock.now())
    let_in(in_already, {(slot, adult): 1}, reason="For tidlig")
    for _twice in range(2):
        with unit_of_work():
            work_id = refund_unanswered.begin(closure, None, "account:1")
        long_work.go_on(work_id, STEPS)
        db.session.rollback()
    assert {facts_of(booking).state for booking in silent} == {State.CANCELLED}
    assert {facts_of(moved).state, facts_of(in_already).state} == {State.CONFIRMED}
    assert sent_back() == [21000] * 4
    assert breaches() == []


def test_the_house_is_counted_right_when_a_party_moves(app: Flask) -> None:
    a_sale()
    house = a_space(capacity=20, is_house=True)
    morning, evening = a_stretch(house, tomorrow(8), 20), a_stretch(house, tomorrow(16), 20)
    activity = an_activity(title="Inngang II")
    adult = a_ticket_type(activity)
    slot = a_slot(activity, 10, tomorrow(8), draws_on=[morning])
    later = a_slot(activity, 10, tomorrow(16), draws_on=[evening])
    held = a_confirmed_booking(slot, adult, 2, channel=Channel.SCHOOL)
    closed(slot)
    (times,) = offers(held.booking_id)
    with unit_of_work():
        answer.move(facts_of(held.booking_id), times, now=clock.now())
    assert (taken(morning), taken(evening), taken(later)) == (0, 2, 2)
    assert breaches() == []


def test_a_time_that_somebody_else_took_is_refused_and_nothing_changes(app: Flask) -> None:
    _, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult, 2)
    later = another_day(slot, capacity=2)
    closed(slot)
    (times,) = offers(held.booking_id)
    a_hold(later, adult, 2)
    with pytest.raises(Full), unit_of_work():
        answer.move(facts_of(held.booking_id), times, now=clock.now())
    assert facts_of(held.booking_id).lines[0].slot_id == slot
    assert choice_of(held.booking_id) is None
    assert breaches() == []
