"""Close, write to everybody once, let them choose; nothing that must never happen happens."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.change import change
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import Hold, begin_paying
from booking.bookings.models import Booking, State, Ticket
from booking.bookings.queries import BookingFacts
from booking.bookings.rules import AlreadyUsed, WrongState
from booking.capacity import change_slot
from booking.capacity.models import Channel, Slot, SlotStatus
from booking.capacity.places import Closed, Full
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.centre.models import DayException
from booking.check import breaches
from booking.closures import answer, close, letters, rest
from booking.closures import queries as closures
from booking.closures.close import NothingToClose, Wish
from booking.closures.models import Choice, ClosureHit, Why
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox import long_work
from booking.outbox.long_work import Work
from booking.outbox.models import Promise
from booking.steps import STEPS
from tests.builders import (
    a_confirmed_booking,
    a_hold,
    a_sale,
    a_slot,
    a_space,
    a_stretch,
    a_ticket_type,
    an_activity,
    in_all,
    taken,
    tomorrow,
)
from tests.capacity.test_races import Orders, run_races


def closed(slot: int | None = None, **more: object) -> int:
    """Close a slot, or what the keywords say of the third day from now."""
    values: dict[str, object] = {"starts_at": tomorrow(0), "ends_at": tomorrow(0) + timedelta(days=1)}
    wish = Wish(**(values | {"why": Why.WEATHER, "slot_id": slot} | more))  # type: ignore[arg-type]
    with unit_of_work():
        return close.close(wish, now=clock.now(), account_id=None, actor="account:1")


def work_of(closure_id: int) -> Work:
    db.session.rollback()
    facts = closures.one(closure_id)
    work = long_work.read(facts.work_id) if facts and facts.work_id else None
    assert work is not None
    return work


def write(closure_id: int) -> None:
    """Let the worker's steps be done."""
    work_id = work_of(closure_id).id
    db.session.rollback()
    long_work.go_on(work_id, STEPS)


def facts_of(booking_id: int) -> BookingFacts:
    db.session.rollback()
    found = queries.by_id(booking_id)
    assert found is not None
    return found


def offers(booking_id: int) -> list[answer.NewTimes]:
    facts = facts_of(booking_id)
    shut = answer.closed_for(booking_id)
    assert shut is not None
    return answer.choices(facts, shut.slot_ids, the_centre(), clock.now())


def promised(kind: str) -> list[dict[str, object]]:
    db.session.rollback()
    return list(db.session.scalars(select(Promise.about).where(Promise.kind == kind).order_by(Promise.id)))


def status(slot: int) -> SlotStatus:
    db.session.rollback()
    return db.session.scalars(select(Slot.status).where(Slot.id == slot)).one()


def choice_of(booking_id: int) -> Choice | None:
    db.session.rollback()
    return db.session.scalars(select(ClosureHit.choice).where(ClosureHit.booking_id == booking_id)).one()


def another_day(slot: int, capacity: int = 10, days: int = 4) -> int:
    activity = db.session.scalars(select(Slot.activity_id).where(Slot.id == slot)).one()
    return a_slot(activity or 0, capacity, tomorrow(days=days))


def test_sale_stops_at_once_and_everybody_is_listed(app: Flask) -> None:
    _, slot, adult = a_sale()
    one, two = a_confirmed_booking(slot, adult), a_confirmed_booking(slot, adult, 1)
    closure = closed()
    assert status(slot) is SlotStatus.CANCELLED
    assert {hit.booking_id for hit in closures.hits_of(closure)} == {one.booking_id, two.booking_id}
    with pytest.raises(Closed):
        a_hold(slot, adult)
    assert breaches() == []


def test_looking_ahead_says_whom_it_hits_and_changes_nothing(app: Flask) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult, 3)
    a_hold(slot, adult, 1)
    hit = close.look_ahead(Wish(tomorrow(0), tomorrow(23), Why.POWER))
    assert (hit.slots, hit.bookings, hit.people, hit.groups, hit.baskets) == (1, 1, 3, 0, 1)
    assert status(slot) is SlotStatus.OPEN


def test_each_is_written_to_once_however_often_it_is_tried(app: Flask) -> None:
    _, slot, adult = a_sale(capacity=400)
    for _n in range(5):
        a_confirmed_booking(slot, adult, 1)
    closure = closed()
    write(closure)
    letters.write_letters(work_of(closure))
    letters.catch_up(clock.now())
    assert len(promised("mail.closure")) == 5


def test_many_letters_go_in_batches_and_a_crash_between_them_writes_nobody_twice(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "BATCH", 2)
    _, slot, adult = a_sale(capacity=400)
    for _n in range(5):
        a_confirmed_booking(slot, adult, 1)
    closure = closed()
    first = letters.write_letters(work_of(closure))
    assert first.cursor is not None
    write(closure)  # the same step again, as after a crash, and the rest
    assert Counter(int(str(about["booking_id"])) for about in promised("mail.closure")).most_common(1)[0][1] == 1
    assert len(promised("mail.closure")) == 5
    done = work_of(closure)
    assert (done.done, done.total, done.said["letters"]) == (5, 5, 5)


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
    assert choice_of(held.booking_id) is Choice.MOVED
    assert len(promised("mail.change")) == 1
    assert promised("payment.refund") == []
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


def test_all_of_the_money_back_whatever_the_deadline(app: Flask) -> None:
    centre, slot, adult = a_sale(change_until_hours=24 * 30, refund_until_hours=24 * 60)
    held = a_confirmed_booking(slot, adult, 2)
    closed(slot)
    for _twice in range(2):
        with unit_of_work():
            answer.all_back(facts_of(held.booking_id), centre=centre, now=clock.now())
    assert [about["amount"] for about in promised("payment.refund")] == [42000]
    assert facts_of(held.booking_id).state is State.CANCELLED
    assert choice_of(held.booking_id) is Choice.ALL_BACK
    assert taken(slot) == 0
    assert breaches() == []


def entry_and_show() -> tuple[int, int, int, int]:
    """A family with entry and a show the same day: (booking, entry slot, show slot, the show's activity)."""
    _, slot, adult = a_sale()
    show = an_activity(Kind.SHOW, title="Bobler!", needs_admission=True)
    seat = a_ticket_type(show, 5000)
    at_show = a_slot(show, 10, tomorrow(11))
    held = a_confirmed_booking(slot, adult, 2)
    from booking.bookings.confirm import confirm

    with unit_of_work():
        more = change(
            held.booking_id, [Pick(slot, adult, 2), Pick(at_show, seat, 2)], centre=the_centre(), now=clock.now()
        )
    assert isinstance(more, Hold)
    with unit_of_work():
        confirm(more.booking_id, clock.now())
    return held.booking_id, slot, at_show, show


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
    assert [about["amount"] for about in promised("payment.refund")] == [10000]
    assert (taken(show_slot), taken(entry)) == (0, 2)
    assert choice_of(booking) is Choice.PART_BACK
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


def test_only_hours_a_space_or_an_activity_can_be_closed(app: Flask) -> None:
    a_sale()
    lab, hall = a_space(), a_space()
    activity, other = an_activity(Kind.WORKSHOP, title="A"), an_activity(Kind.WORKSHOP, title="B")
    early = a_slot(activity, 10, tomorrow(9), space_id=lab)
    late = a_slot(activity, 10, tomorrow(15), space_id=lab)
    there = a_slot(other, 10, tomorrow(15), space_id=hall)
    closed(space_id=lab, starts_at=tomorrow(9, 29), ends_at=tomorrow(15, 1))
    assert [status(one) for one in (early, late, there)] == [
        SlotStatus.CANCELLED,
        SlotStatus.CANCELLED,
        SlotStatus.OPEN,
    ]
    closed(activity_id=other)
    assert status(there) is SlotStatus.CANCELLED
    with pytest.raises(NothingToClose):
        closed(activity_id=other)


def test_what_ends_as_the_closing_begins_is_not_hit(app: Flask) -> None:
    _, slot, _ = a_sale()  # 10:00 to 10:30
    a_slot(an_activity(title="Senere"), 10, tomorrow(11))
    closed(starts_at=tomorrow(10, 30), ends_at=tomorrow(12))
    assert status(slot) is SlotStatus.OPEN


def test_reopening_restores_what_was_and_tells_those_who_have_not_chosen(app: Flask) -> None:
    _, slot, adult = a_sale()
    day = tomorrow().date()
    waiting, moved = a_confirmed_booking(slot, adult), a_confirmed_booking(slot, adult)
    another_day(slot)
    shut_before = a_slot(an_activity(title="Stengt"), 10, tomorrow(12), status=SlotStatus.CLOSED)
    closure = closed(days=(day,))
    write(closure)
    with unit_of_work():
        answer.move(facts_of(moved.booking_id), offers(moved.booking_id)[0], now=clock.now())
    assert exceptions() == [day]
    with unit_of_work():
        assert close.reopen(closure, now=clock.now(), actor="account:1") == 2
    assert (status(slot), status(shut_before)) == (SlotStatus.OPEN, SlotStatus.CLOSED)
    assert exceptions() == []
    assert [about["booking_id"] for about in promised("mail.closure_over")] == [waiting.booking_id]
    assert answer.closed_for(waiting.booking_id) is None
    with pytest.raises(close.NotClosed), unit_of_work():
        close.reopen(closure, now=clock.now(), actor="account:1")


def exceptions() -> list[date]:
    db.session.rollback()
    return list(db.session.scalars(select(DayException.on_date)))


def test_a_day_with_hours_of_its_own_is_left_so(app: Flask) -> None:
    a_sale()
    day = tomorrow().date()
    with unit_of_work():
        db.session.add(DayException(on_date=day, reason=in_all("Fest")))
    closure = closed(days=(day,))
    with unit_of_work():
        close.reopen(closure, now=clock.now(), actor="account:1")
    assert exceptions() == [day]


def test_baskets_are_let_go_and_who_paid_meanwhile_is_written_to(app: Flask) -> None:
    _, slot, adult = a_sale()
    basket, paying = a_hold(slot, adult), a_hold(slot, adult)
    with unit_of_work():
        set_details(paying.booking_id, Contact("Kari", "kari@example.org"), "nb", clock.now())
        begin_paying(paying.booking_id, clock.now() + timedelta(minutes=31), clock.now())
    closure = closed()
    write(closure)
    assert facts_of(basket.booking_id).state is State.CANCELLED
    assert promised("mail.closure") == []
    with unit_of_work():
        confirm(paying.booking_id, clock.now())
    assert letters.catch_up(clock.now()) == 1
    assert letters.catch_up(clock.now()) == 0
    assert [about["booking_id"] for about in promised("mail.closure")] == [paying.booking_id]
    assert breaches() == []


def test_those_who_never_chose_get_their_money_and_those_who_did_are_left_alone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "BATCH", 2)
    _, slot, adult = a_sale(capacity=400)
    silent = [a_confirmed_booking(slot, adult, 1).booking_id for _n in range(4)]
    moved = a_confirmed_booking(slot, adult, 1).booking_id
    in_already = a_confirmed_booking(slot, adult, 1).booking_id
    another_day(slot)
    closure = closed(slot)
    with unit_of_work():
        answer.move(facts_of(moved), offers(moved)[0], now=clock.now())
    with unit_of_work():
        for ticket in db.session.scalars(select(Ticket).where(Ticket.booking_id == in_already)):
            ticket.admitted = 1
    for _twice in range(2):
        with unit_of_work():
            work_id = rest.begin(closure, None, "account:1")
        long_work.go_on(work_id, STEPS)
        db.session.rollback()
    assert {facts_of(booking).state for booking in silent} == {State.CANCELLED}
    assert {facts_of(moved).state, facts_of(in_already).state} == {State.CONFIRMED}
    assert [about["amount"] for about in promised("payment.refund")] == [21000] * 4
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


def test_an_old_version_does_not_cancel_a_slot(app: Flask) -> None:
    _, slot, _ = a_sale()
    with unit_of_work():
        change_slot.set_status(slot, 1, SlotStatus.CLOSED, "account:1")
    wish = Wish(tomorrow(), tomorrow(11), Why.OTHER, slot_id=slot)
    with pytest.raises(change_slot.ChangedMeanwhile), unit_of_work():
        close.close(wish, now=clock.now(), account_id=None, actor="account:1", version=1)


def test_closing_while_people_buy_and_others_close_leaves_nobody_out(app: Flask) -> None:
    _, slot, adult = a_sale(capacity=100)
    orders: Orders = [("buy", [slot, adult, 1])] * 30 + [("close_slot", [slot])] * 3
    answers = Counter(run_races(app, orders))
    assert answers["closed"] == 1
    assert answers["NothingToClose"] == 2
    assert answers["bought"] + answers["Closed"] + answers["WrongState"] == 30
    letters.catch_up(clock.now())
    confirmed = db.session.scalar(select(func.count()).where(Booking.state == State.CONFIRMED))
    assert db.session.scalar(select(func.count()).select_from(ClosureHit)) == confirmed
    assert breaches() == []
