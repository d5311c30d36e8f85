"""Annual passes at the door, on both databases: straight in, booked, a second time, blocked, over, at two doors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from booking.annual_passes.models import AnnualPass, BlockReason, PassBegins, PassFor
from booking.annual_passes.refusals import PassForFewer, PassTakenThatDay
from booking.bookings.basket import Pick
from booking.bookings.change import cancel
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, Details, write_details
from booking.bookings.hold import hold
from booking.bookings.products.by_pass import hold_passes
from booking.bookings.refusals import NeedsNumber
from booking.bookings.store import lock
from booking.centre.facts import the_centre
from booking.door import passes
from booking.door.admit import DoorAnswer
from booking.door.passes import PassUsedMeanwhile
from booking.door.rules import ENTRANCE, DoorVerdict, Post
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.running.check import breaches
from tests.annual_passes.given import FAMILY, a_kind, a_pass, pass_of_order, uses_of
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity, taken
from tests.door.doors import admitted, how, let_in, soon


def a_day(capacity: int = 10) -> tuple[int, int]:
    """Entry just now, with free tickets for who has a pass: (slot, ticket type)."""
    a_centre()
    activity = an_activity(capacity=capacity)
    slot = a_slot(activity, capacity, soon(5))
    return slot, a_ticket_type(activity, 0, "Årskort", of_passes=True)


def scan(code: str, post: Post = ENTRANCE, **about: object) -> DoorAnswer:
    """Scan a code, once more where somebody else was as quick."""
    for _time in range(2):
        try:
            with unit_of_work():
                return passes.scan(code, post, how(**about), the_centre())  # type: ignore[arg-type]
        except PassUsedMeanwhile:
            continue
    raise AssertionError("used meanwhile, twice")


def book(slot: int, kind: int, code: str, people: int = 1) -> int:
    """Book so many with a pass in the ordinary way; the id of the booking."""
    centre, now = the_centre(), clock.now()
    end_reading()
    with unit_of_work():
        held = hold([Pick(slot, kind, people)], centre=centre, now=now, lang="nb")
    details = Details(Contact("Kari", "kari@example.org"), "nb", numbers={kind: [code]} if code else {})
    with unit_of_work():
        (booking,) = lock(held.booking_id)
        write_details(booking, details, centre, now)
        confirm(held.booking_id, now)
    return held.booking_id


def set_pass(bought: AnnualPass, **values: object) -> None:
    """Let it be so."""
    with unit_of_work():
        db.session.execute(update(AnnualPass).where(AnnualPass.id == bought.id).values(**values))


def test_who_has_a_pass_comes_straight_in_once_a_day(app: Flask) -> None:
    slot, _kind = a_day()
    bought = a_pass(a_kind(begins=PassBegins.FIRST_VISIT))
    answer = scan(bought.code)
    assert (answer.verdict, answer.heads) == (DoorVerdict.WELCOME, 1)
    assert [list(seen.order.names) for seen in answer.passes] == [["Kari Nordmann"]]
    again = scan(bought.code)
    assert (again.verdict, len(again.earlier)) == (DoorVerdict.ALREADY_IN, 1)
    assert again.passes
    used = pass_of_order(bought.booking_id)
    assert used.used_on == used.first_day == the_centre().local(clock.now()).date()
    assert (used.open_bookings, taken(slot)) == (0, 1)
    end_reading()
    assert breaches() == []


def test_a_household_is_counted_first_and_may_come_in_parts(app: Flask) -> None:
    slot, kind = a_day()
    bought = a_pass(a_kind(PassFor.HOUSEHOLD), FAMILY)
    answer = scan(bought.code)
    assert answer.verdict is DoorVerdict.ASK
    assert answer.party is not None
    let_in(answer.party.booking_id, {(slot, kind): 3})
    assert admitted(answer.party.booking_id) == 3
    assert scan(bought.code).verdict in (DoorVerdict.WELCOME, DoorVerdict.ASK)


def test_a_full_house_lets_nobody_straight_in(app: Flask) -> None:
    slot, _kind = a_day(capacity=1)
    first, second = a_pass(), a_pass()
    assert scan(first.code).verdict is DoorVerdict.WELCOME
    assert scan(second.code).verdict is DoorVerdict.PASS_NO_ROOM
    assert (uses_of(second.id), taken(slot)) == ([], 1)
    end_reading()
    assert breaches() == []


def test_codes_that_open_nothing_are_told_apart(app: Flask) -> None:
    a_day()
    bought = a_pass()
    today = the_centre().local(clock.now()).date()
    end_reading()
    set_pass(bought, former_code="0" * 26)
    assert scan("0" * 26).verdict is DoorVerdict.PASS_REPLACED
    assert scan("1" * 26).verdict is DoorVerdict.UNKNOWN
    set_pass(bought, first_day=today + timedelta(days=1))
    assert scan(bought.code).verdict is DoorVerdict.PASS_NOT_YET
    yesterday = today - timedelta(days=1)
    set_pass(bought, first_day=yesterday, begins_by=yesterday, last_day=yesterday)
    assert scan(bought.code).verdict is DoorVerdict.PASS_ENDED
    set_pass(bought, blocked_at=clock.now(), block_reason=BlockReason.SHARED)
    assert scan(bought.code).verdict is DoorVerdict.PASS_BLOCKED
    set_pass(bought, withdrawn_at=clock.now())
    assert scan(bought.code).verdict is DoorVerdict.CANCELLED


def test_a_time_that_is_booked_with_a_pass_is_scanned_by_either_code(app: Flask) -> None:
    slot, kind = a_day()
    bought = a_pass()
    booking_id = book(slot, kind, f" {bought.code[:10].lower()}-{bought.code[10:]} ")
    assert pass_of_order(bought.booking_id).open_bookings == 1
    with pytest.raises(PassTakenThatDay):
        book(slot, kind, bought.code)
    answer = scan(bought.code)
    assert (answer.verdict, answer.heads) == (DoorVerdict.WELCOME, 1)
    assert admitted(booking_id) == 1
    assert [use.came for use in uses_of(bought.id)] == [True]


def test_tickets_for_passes_want_a_code_that_is_for_so_many(app: Flask) -> None:
    slot, kind = a_day()
    bought = a_pass()
    with pytest.raises(NeedsNumber):
        book(slot, kind, "")
    with pytest.raises(PassForFewer):
        book(slot, kind, bought.code, people=2)
    assert uses_of(bought.id) == []


def test_a_booking_that_is_cancelled_or_moved_gives_its_day_back(app: Flask) -> None:
    slot, kind = a_day()
    bought = a_pass()
    end_reading()
    booking_id = book(slot, kind, bought.code)
    with unit_of_work():
        cancel(booking_id, centre=the_centre(), now=clock.now(), actor="account:1")
    assert pass_of_order(bought.booking_id).open_bookings == 0
    again = book(slot, kind, bought.code)
    with unit_of_work():
        (booking,) = lock(again)
        booking.starts_at += timedelta(days=2)
        hold_passes(booking, {}, clock.now())
    assert [use.ended_at is None for use in uses_of(bought.id)] == [False, False, True]
    assert uses_of(bought.id)[-1].on_day == the_centre().local(soon(5)).date() + timedelta(days=2)
    end_reading()


def test_one_pass_at_two_doors_at_once_lets_in_once(app: Flask) -> None:
    slot, _kind = a_day(capacity=40)
    bought = a_pass()

    def at_a_door(_number: int) -> DoorVerdict:
        with app.app_context():
            try:
                return scan(bought.code).verdict
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as doors:
        verdicts = list(doors.map(at_a_door, range(16)))
    assert sorted(verdicts) == [DoorVerdict.ALREADY_IN] * 15 + [DoorVerdict.WELCOME]
    assert (taken(slot), len(uses_of(bought.id))) == (1, 1)
    end_reading()
    assert breaches() == []
