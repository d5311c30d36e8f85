"""A count put right, and what becomes of the time of people who were moved to come in, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.bookings.models import Booking
from booking.capacity.audit import wrong_counters
from booking.capacity.models import Channel, Slot
from booking.door import inside, read
from booking.door.admit import Heads
from booking.door.correct import COUNTED_AGAIN, correct
from booking.door.read import Earlier
from booking.door.refusals import CountedMeanwhile, TooManyHeads
from booking.door.rules import DoorVerdict
from booking.door.undo import undo
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from tests.builders import a_centre, a_confirmed_booking, a_slot, a_ticket_type, an_activity, taken
from tests.door.doors import admitted, how, let_in, party_code, scan, soon


def a_class(pupils: int = 26) -> tuple[int, tuple[int, int]]:
    """A class that comes now: (booking id, the key of its heads)."""
    a_centre()
    activity = an_activity()
    slot, pupil = a_slot(activity, 40, soon()), a_ticket_type(activity, 0, "Elev", most=40)
    return a_confirmed_booking(slot, pupil, pupils, channel=Channel.DESK).booking_id, (slot, pupil)


def a_late_family(room: int = 20) -> tuple[int, int, int, int]:
    """Three people who come three hours late and are moved: (booking, old slot, present slot, ticket type)."""
    a_centre()
    activity = an_activity()
    old, adult = a_slot(activity, 3, soon(5)), a_ticket_type(activity)
    booking = a_confirmed_booking(old, adult, 3, channel=Channel.DESK).booking_id
    present = a_slot(activity, room, soon(5) + timedelta(hours=3) - timedelta(minutes=10))
    return booking, old, present, adult


def put_right(mark: str, heads: Heads, seen: Heads) -> str | None:
    with unit_of_work():
        return correct(mark, heads, seen, how())


def undone(mark: str) -> int | None:
    with unit_of_work():
        return undo(mark, "Feil familie", None, clock.now())


def history(booking_id: int) -> Sequence[Earlier]:
    db.session.rollback()
    return read.admissions_of(booking_id)


def starts_of(booking_id: int) -> bool:
    """Whether the booking begins when its slot begins."""
    db.session.rollback()
    query = select(Booking.starts_at, Slot.starts_at).join(Slot, Slot.id == _slot_of(booking_id))
    kept, other = db.session.execute(query.where(Booking.id == booking_id)).one()
    return bool(kept == other)


def _slot_of(booking_id: int) -> int:
    party = read.party(booking_id)
    assert party is not None
    return party.tickets[0].slot_id


def test_a_count_put_right_keeps_its_moment_and_both_stand_in_the_history(app: Flask) -> None:
    booking, pupils = a_class()
    then = soon(-20)
    first = let_in(booking, {pupils: 23}, at=then, reason="Tidlig")
    new = put_right(first.mark, {pupils: 25}, {pupils: 23})
    assert admitted(booking) == 25
    assert [(admission.heads, admission.at, admission.undone_reason) for admission in history(booking)] == [
        (25, then, ""),
        (23, then, COUNTED_AGAIN),
    ]
    assert new not in (None, first.mark)
    assert [(party.people, party.came_at) for party in inside.parties_now(soon(-600), clock.now())] == [(25, then)]
    assert breaches() == []


def test_latecomers_are_one_party_with_the_others_on_the_evacuation_list(app: Flask) -> None:
    booking, pupils = a_class()
    came_at = soon(-20)
    let_in(booking, {pupils: 23}, at=came_at, reason="Tidlig")
    let_in(booking, {pupils: 3})
    (party,) = inside.parties_now(soon(-600), clock.now() + timedelta(seconds=5))
    assert (party.people, party.came_at) == (26, came_at)
    assert inside.now_inside(soon(-600), clock.now() + timedelta(seconds=5)) == 26


def test_a_count_put_right_while_another_desk_does_the_same_is_asked_again(app: Flask) -> None:
    booking, pupils = a_class()
    mark = let_in(booking, {pupils: 23}).mark
    with pytest.raises(CountedMeanwhile):
        put_right(mark, {pupils: 20}, {pupils: 22})
    assert put_right(mark, {pupils: 24}, {pupils: 23})
    with pytest.raises(CountedMeanwhile):
        put_right(mark, {pupils: 20}, {pupils: 23})
    assert admitted(booking) == 24
    assert breaches() == []


def test_no_more_can_be_corrected_in_than_are_booked(app: Flask) -> None:
    booking, pupils = a_class()
    mark = let_in(booking, {pupils: 20}).mark
    let_in(booking, {pupils: 4})
    with pytest.raises(TooManyHeads) as refused:
        put_right(mark, {pupils: 23}, {pupils: 20})
    assert refused.value.left == 22
    assert admitted(booking) == 24


def test_a_count_of_nobody_is_undone(app: Flask) -> None:
    booking, pupils = a_class()
    mark = let_in(booking, {pupils: 20}).mark
    assert put_right(mark, {pupils: 0}, {pupils: 20}) == ""
    assert admitted(booking) == 0
    assert put_right("0" * 26, {pupils: 1}, {}) is None
    assert breaches() == []


def test_an_admission_counted_against_what_another_desk_saw_is_refused(app: Flask) -> None:
    booking, pupils = a_class()
    let_in(booking, {pupils: 23}, seen={pupils: 0})
    with pytest.raises(CountedMeanwhile):
        let_in(booking, {pupils: 3}, seen={pupils: 0})
    assert let_in(booking, {pupils: 3}, seen={pupils: 23}).heads == 3


def test_a_count_put_right_by_two_presses_is_put_right_once(app: Flask) -> None:
    booking, pupils = a_class()
    mark = let_in(booking, {pupils: 23}).mark
    new = put_right(mark, {pupils: 25}, {pupils: 23})
    assert put_right(mark, {pupils: 25}, {pupils: 23}) == new
    assert (admitted(booking), len(history(booking))) == (25, 2)
    assert put_right(new or "", {pupils: 24}, {pupils: 25})
    with pytest.raises(CountedMeanwhile):
        put_right(mark, {pupils: 25}, {pupils: 23})
    with pytest.raises(CountedMeanwhile):
        put_right(mark, {pupils: 0}, {pupils: 23})
    assert admitted(booking) == 24
    assert breaches() == []


def test_a_count_of_nobody_by_two_presses_is_undone_once(app: Flask) -> None:
    booking, pupils = a_class()
    mark = let_in(booking, {pupils: 20}).mark
    assert [put_right(mark, {pupils: 0}, {pupils: 20}) for _ in range(2)] == ["", ""]
    assert (admitted(booking), len(history(booking))) == (0, 1)


def test_undoing_gives_people_who_were_moved_their_old_time_back(app: Flask) -> None:
    booking, old, present, _ = a_late_family()
    mark = scan(party_code(booking), at=soon(5) + timedelta(hours=3)).mark
    assert (taken(old), taken(present)) == (0, 3)
    assert undone(mark) == booking
    assert (taken(old), taken(present)) == (3, 0)
    (admission,) = history(booking)
    assert (admission.moved_from, admission.moved_back, admission.undone_at is not None) == (old, True, True)
    assert starts_of(booking)
    assert (wrong_counters(), breaches()) == ([], [])
    assert scan(party_code(booking), at=soon(5)).verdict is DoorVerdict.WELCOME


def test_undoing_says_so_where_the_old_time_is_full_by_now(app: Flask) -> None:
    booking, old, present, adult = a_late_family()
    mark = scan(party_code(booking), at=soon(5) + timedelta(hours=3)).mark
    a_confirmed_booking(old, adult, 1, channel=Channel.DESK)
    undone(mark)
    assert (taken(old), taken(present)) == (1, 3)
    assert [admission.moved_back for admission in history(booking)] == [False]
    assert admitted(booking) == 0
    assert (wrong_counters(), breaches()) == ([], [])


def test_a_corrected_count_of_people_who_were_moved_still_knows_their_old_time(app: Flask) -> None:
    booking, old, present, adult = a_late_family()
    mark = scan(party_code(booking), at=soon(5) + timedelta(hours=3)).mark
    new = put_right(mark, {(present, adult): 2}, {(present, adult): 3})
    assert [admission.moved_from for admission in history(booking)] == [old, old]
    assert (taken(old), taken(present), admitted(booking)) == (0, 3, 2)
    undone(new or "")
    assert (taken(old), taken(present), admitted(booking)) == (3, 0, 0)
    assert (wrong_counters(), breaches()) == ([], [])


def test_people_counted_one_by_one_are_moved_when_they_come_in_and_not_when_they_are_asked(app: Flask) -> None:
    booking, old, present, adult = a_late_family()
    later = soon(5) + timedelta(hours=3)
    assert scan(party_code(booking), ask=True, at=later).verdict is DoorVerdict.ASK
    assert (taken(old), taken(present)) == (3, 0)
    mark = let_in(booking, {(old, adult): 2}, at=later).mark
    assert (taken(old), taken(present), admitted(booking)) == (0, 3, 2)
    undone(mark)
    assert (taken(old), taken(present)) == (3, 0)
    assert (wrong_counters(), breaches()) == ([], [])


def test_a_count_is_put_right_on_a_page_that_one_went_back_to(app: Flask) -> None:
    """Both forms of the page carry its mark, and the first of them has used it."""
    booking, pupils = a_class()
    first, of_the_page = let_in(booking, {pupils: 5}), let_in(booking, {pupils: 3})
    with unit_of_work():
        new_mark = correct(first.mark, {pupils: 4}, {pupils: 5}, how(of_the_page.mark))
    assert new_mark not in (None, first.mark, of_the_page.mark)
    assert admitted(booking) == 7
