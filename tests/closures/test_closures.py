"""Close, list who is hit, write to everybody once; open again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.models import Booking, State
from booking.capacity import change_slot
from booking.capacity.closed_hours import UnderClosure
from booking.capacity.models import SlotStatus
from booking.capacity.places import Closed
from booking.catalogue.models import Kind
from booking.centre.models import DayException
from booking.closures import answer, close, letters
from booking.closures import queries as closures
from booking.closures.close import ClosureRequest, NothingToClose
from booking.closures.models import ClosedReason, ClosureHit
from booking.closures.reopen import reopen
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from tests.builders import (
    a_confirmed_booking,
    a_hold,
    a_sale,
    a_slot,
    a_space,
    an_activity,
    begin_paying,
    in_all,
    tomorrow,
)
from tests.capacity.racers import Orders, run_races
from tests.closures.closing import another_day, closed, facts_of, offers, promised, status, work_of, write


def test_sale_stops_at_once_and_everybody_is_listed(app: Flask) -> None:
    _, slot, adult = a_sale()
    first, second = a_confirmed_booking(slot, adult), a_confirmed_booking(slot, adult, 1)
    closure = closed()
    assert status(slot) is SlotStatus.CANCELLED
    assert {hit.booking_id for hit in closures.hits_of(closure)} == {first.booking_id, second.booking_id}
    with pytest.raises(Closed):
        a_hold(slot, adult)
    assert breaches() == []


def test_looking_ahead_says_whom_it_hits_and_changes_nothing(app: Flask) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult, 3)
    a_hold(slot, adult, 1)
    hit = close.look_ahead(ClosureRequest(tomorrow(0), tomorrow(23), ClosedReason.POWER))
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
    assert (done.done, done.total, done.outcome["letters"]) == (5, 5, 5)


def test_only_hours_a_space_or_an_activity_can_be_closed(app: Flask) -> None:
    a_sale()
    lab, hall = a_space(), a_space()
    activity, other = an_activity(Kind.WORKSHOP, title="A"), an_activity(Kind.WORKSHOP, title="B")
    early = a_slot(activity, 10, tomorrow(9), space_id=lab)
    late = a_slot(activity, 10, tomorrow(15), space_id=lab)
    there = a_slot(other, 10, tomorrow(15), space_id=hall)
    closed(space_id=lab, starts_at=tomorrow(9, 29), ends_at=tomorrow(15, 1))
    assert [status(slot) for slot in (early, late, there)] == [
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


def test_what_has_begun_as_the_closing_begins_is_hit(app: Flask) -> None:
    _, slot, adult = a_sale()  # 10:00 to 10:30
    a_confirmed_booking(slot, adult)
    closed(starts_at=tomorrow(10, 15), ends_at=tomorrow(12))
    assert status(slot) is SlotStatus.CANCELLED


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
        assert reopen(closure, now=clock.now(), actor="account:1") == 2
    assert (status(slot), status(shut_before)) == (SlotStatus.OPEN, SlotStatus.CLOSED)
    assert exceptions() == []
    assert [about["booking_id"] for about in promised("mail.closure_over")] == [waiting.booking_id]
    assert answer.closed_for(waiting.booking_id) is None
    with pytest.raises(close.NotClosed), unit_of_work():
        reopen(closure, now=clock.now(), actor="account:1")


def test_where_it_is_open_again_nobody_is_waited_for_and_those_told_by_phone_are_called_once_more(app: Flask) -> None:
    _, slot, adult = a_sale()
    reached, written = a_confirmed_booking(slot, adult), a_confirmed_booking(slot, adult)
    closure = closed(slot)
    with unit_of_work():
        db.session.get_one(Booking, reached.booking_id).email = ""
    for booking in (reached, written):
        with unit_of_work():
            assert closures.note_call(closure, booking.booking_id, clock.now())
    assert {hit.booking_id for hit in closures.hits_of(closure) if hit.is_waiting} == {
        reached.booking_id,
        written.booking_id,
    }
    with unit_of_work():
        reopen(closure, now=clock.now(), actor="account:1")
    hits = closures.hits_of(closure)
    assert [hit for hit in hits if hit.is_waiting] == []
    assert [hit.booking_id for hit in hits if hit.is_to_be_called] == [reached.booking_id]


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
        reopen(closure, now=clock.now(), actor="account:1")
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


def test_an_old_version_does_not_cancel_a_slot(app: Flask) -> None:
    _, slot, _ = a_sale()
    with unit_of_work():
        change_slot.set_status(slot, 1, SlotStatus.CLOSED, "account:1")
    wish = ClosureRequest(tomorrow(), tomorrow(11), ClosedReason.OTHER, slot_id=slot)
    with pytest.raises(change_slot.SlotChangedMeanwhile), unit_of_work():
        close.close_down(wish, now=clock.now(), account_id=None, actor="account:1", version=1)


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


def open_again(closure: int) -> int:
    db.session.rollback()
    with unit_of_work():
        return reopen(closure, now=clock.now(), actor="account:1")


@pytest.mark.parametrize("first", [0, 1])
def test_a_slot_opens_with_the_last_of_its_closures(app: Flask, first: int) -> None:
    lab = a_space()
    activity = an_activity(Kind.WORKSHOP)
    slot = a_slot(activity, 10, tomorrow(12), space_id=lab)
    late = a_slot(activity, 10, tomorrow(15), space_id=lab)
    both = [closed(), closed(activity_id=activity, ends_at=tomorrow(13))]
    assert breaches() == []
    open_again(both[first])
    assert status(slot) is SlotStatus.CANCELLED
    assert status(late) is (SlotStatus.OPEN if first == 0 else SlotStatus.CANCELLED)
    open_again(both[1 - first])
    assert (status(slot), status(late)) == (SlotStatus.OPEN, SlotStatus.OPEN)
    assert breaches() == []


def test_what_was_closed_for_sale_before_two_closures_is_so_after_them(app: Flask) -> None:
    slot = a_slot(an_activity(Kind.WORKSHOP), 10, tomorrow(12), status=SlotStatus.CLOSED)
    both = [closed(slot), closed()]
    for closure in both:
        open_again(closure)
    assert status(slot) is SlotStatus.CLOSED


def test_two_closures_opened_again_at_once_leave_nothing_shut_and_nothing_open_too_early(app: Flask) -> None:
    _, slot, _ = a_sale()
    for _n in range(3):
        both = [closed(), closed(starts_at=tomorrow(9), ends_at=tomorrow(0) + timedelta(days=2))]
        db.session.rollback()
        answers = Counter(run_races(app, [("reopen", [closure]) for closure in both]))
        assert sorted(answers) == ["opened 0", "opened 1"]
        assert status(slot) is SlotStatus.OPEN
        assert breaches() == []


def test_who_is_hit_twice_has_one_letter_and_hears_of_the_opening_when_all_is_open(app: Flask) -> None:
    _, slot, adult = a_sale()
    family = a_confirmed_booking(slot, adult).booking_id
    first = closed()
    write(first)
    second = closed(ends_at=tomorrow(0) + timedelta(days=2))
    write(second)
    assert (len(promised("mail.closure")), letters.catch_up(clock.now())) == (1, 0)
    open_again(first)
    assert promised("mail.closure_over") == []
    assert [hit.booking_id for hit in closures.hits_of(second)] == [family]
    open_again(second)
    assert [about["booking_id"] for about in promised("mail.closure_over")] == [family]


def test_a_day_stays_closed_while_another_closure_closes_all_of_it(app: Flask) -> None:
    a_sale()
    day = tomorrow().date()
    first = closed(days=(day,))
    second = closed(days=(day, day + timedelta(days=1)), ends_at=tomorrow(0) + timedelta(days=2))
    open_again(first)
    assert sorted(exceptions()) == [day, day + timedelta(days=1)]
    open_again(second)
    assert exceptions() == []


def test_nobody_opens_by_hand_what_a_closure_holds(app: Flask) -> None:
    _, slot, _ = a_sale()
    closure = closed()
    settings, version = change_slot.settings_of(slot)
    db.session.rollback()
    with pytest.raises(UnderClosure), unit_of_work():
        change_slot.set_status(slot, version, SlotStatus.OPEN, "account:1")
    with unit_of_work():
        change_slot.set_slot(slot, version, replace(settings, note="Lift"), "account:1")
    open_again(closure)
    assert status(slot) is SlotStatus.OPEN


def test_late_payers_behind_many_without_an_address_are_written_to(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "BATCH", 2)
    _, slot, adult = a_sale(capacity=400)
    silent = [a_confirmed_booking(slot, adult, 1).booking_id for _n in range(5)]
    with unit_of_work():
        db.session.execute(update(Booking).where(Booking.id.in_(silent)).values(email=""))
    paying = [a_hold(slot, adult) for _n in range(3)]
    with unit_of_work():
        for hold in paying:
            set_details(hold.booking_id, Contact("Kari", "kari@example.org"), "nb", clock.now())
            begin_paying(hold.booking_id, clock.now() + timedelta(minutes=31), clock.now())
    closure = closed()
    write(closure)
    assert work_of(closure).outcome["without_address"] == 5
    with unit_of_work():
        for hold in paying:
            confirm(hold.booking_id, clock.now())
    assert letters.catch_up(clock.now()) == 3
    assert [about["booking_id"] for about in promised("mail.closure")] == [hold.booking_id for hold in paying]
