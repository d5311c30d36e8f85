"""Letting people in, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.confirm import confirm
from booking.bookings.hold import Hold
from booking.bookings.models import Booking
from booking.bookings.refusals import AlreadyUsed, Nothing, WrongState
from booking.capacity.audit import wrong_counters
from booking.capacity.models import Channel, Slot
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.door import admit, undo
from booking.door.models import CheckIn, Trouble
from booking.door.refusals import MarkTaken, MoreThanBooked, NotNow
from booking.door.rules import DoorVerdict, Post
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.records.models import AuditEntry
from booking.running.check import breaches
from tests.builders import (
    a_centre,
    a_confirmed_booking,
    a_hold,
    a_sale,
    a_slot,
    a_space,
    a_ticket_type,
    an_activity,
    taken,
)
from tests.door.doors import admitted, how, let_in, party_code, scan, soon, ticket_codes

pytestmark = pytest.mark.any_day


def a_visit(minutes: int = 10, quantity: int = 3, **rules: object) -> tuple[int, int, int]:
    """A party with entry so many minutes from now: (booking id, slot id, ticket type id)."""
    a_centre(**rules)
    activity = an_activity()
    slot, adult = a_slot(activity, 20, soon(minutes)), a_ticket_type(activity)
    return a_confirmed_booking(slot, adult, quantity, channel=Channel.DESK).booking_id, slot, adult


def a_class(pupils: int = 25, adults: int = 3) -> tuple[int, int, int, int]:
    """A class with a programme that begins soon: (booking id, slot id, pupil's type, adult's type)."""
    a_centre()
    activity = an_activity(Kind.PROGRAMME, title="Vannets reise")
    slot = a_slot(activity, 40, soon())
    pupil, adult = a_ticket_type(activity, 0, "Elev", most=40), a_ticket_type(activity, 0, "Voksen")
    booking = a_confirmed_booking(slot, pupil, pupils, channel=Channel.SCHOOL).booking_id
    with unit_of_work():
        picks = [Pick(slot, pupil, pupils), Pick(slot, adult, adults)]
        change(booking, picks, centre=the_centre(), now=clock.now(), actor="account:1")
    return booking, slot, pupil, adult


def test_one_scan_lets_the_whole_party_in(app: Flask) -> None:
    booking, _, _ = a_visit(quantity=3)
    answer = scan(party_code(booking))
    assert (answer.verdict, answer.heads) == (DoorVerdict.WELCOME, 3)
    assert [(line.booked, line.ticket_title["en"]) for line in answer.let_in] == [(3, "Voksen")]
    assert admitted(booking) == 3
    assert breaches() == []


def test_the_second_scan_says_when_and_how_many_came_in(app: Flask) -> None:
    booking, _, _ = a_visit()
    scan(party_code(booking))
    answer = scan(party_code(booking))
    assert answer.verdict is DoorVerdict.ALREADY_IN
    assert [admission.heads for admission in answer.earlier] == [3]
    assert admitted(booking) == 3


def test_a_single_ticket_lets_in_only_its_own(app: Flask) -> None:
    booking, _, _ = a_visit(quantity=3)
    first, *_ = ticket_codes(booking)
    assert scan(first).heads == 1
    assert scan(first).verdict is DoorVerdict.ALREADY_IN
    rest = scan(party_code(booking))
    assert (rest.verdict, rest.heads) == (DoorVerdict.WELCOME, 2)


def test_thirty_two_scans_at_once_let_a_party_in_once(app: Flask) -> None:
    booking, _, _ = a_visit(quantity=2)
    code = party_code(booking)
    db.session.remove()

    def one(_number: int) -> DoorVerdict:
        with app.app_context():
            try:
                return scan(code).verdict
            finally:
                db.session.remove()

    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(one, range(32)))
    assert sorted(answers).count(DoorVerdict.WELCOME) == 1
    assert answers.count(DoorVerdict.ALREADY_IN) == 31
    assert admitted(booking) == 2
    assert breaches() == []


def test_the_same_admission_sent_by_many_threads_counts_once_and_answers_the_same(app: Flask) -> None:
    booking, _, _ = a_visit(quantity=2)
    code, mark = party_code(booking), new_secret()
    db.session.remove()

    def one(_number: int) -> tuple[DoorVerdict, int]:
        with app.app_context():
            try:
                answer = scan(code, mark=mark)
                return answer.verdict, answer.heads
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(one, range(8)))
    assert answers == {(DoorVerdict.WELCOME, 2)}
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 1


def test_a_mark_is_of_one_admission(app: Flask) -> None:
    booking, slot, adult = a_visit()
    other = a_confirmed_booking(slot, adult, 1, channel=Channel.DESK).booking_id
    mark = new_secret()
    scan(party_code(booking), mark=mark)
    with pytest.raises(MarkTaken):
        scan(party_code(other), mark=mark)


def test_an_unknown_code_is_unknown(app: Flask) -> None:
    a_visit()
    assert scan(new_secret()).verdict is DoorVerdict.UNKNOWN


def test_a_cancelled_booking_stays_outside(app: Flask) -> None:
    booking, _, _ = a_visit()
    code = party_code(booking)
    with unit_of_work():
        cancel(booking, centre=the_centre(), now=clock.now(), actor="account:1")
    assert scan(code).verdict is DoorVerdict.CANCELLED


def test_who_has_not_paid_stays_outside(app: Flask) -> None:
    _, slot, adult = a_sale()
    assert scan(party_code(a_hold(slot, adult).booking_id)).verdict is DoorVerdict.UNPAID


def test_another_day_is_the_wrong_day(app: Flask) -> None:
    booking, _, _ = a_visit(minutes=60 * 24 * 3)
    assert scan(party_code(booking)).verdict is DoorVerdict.WRONG_DAY
    assert admitted(booking) == 0


@pytest.mark.parametrize(("minutes", "verdict"), [(29, DoorVerdict.WELCOME), (31, DoorVerdict.TOO_EARLY)])
def test_half_an_hour_early_is_fine_and_a_minute_more_is_not(app: Flask, minutes: int, verdict: DoorVerdict) -> None:
    booking, _, _ = a_visit(minutes)
    at = soon(minutes) - timedelta(minutes=minutes)
    if the_centre().local(at).date() != the_centre().local(soon(minutes)).date():
        pytest.skip("the half hour before midnight")
    assert scan(party_code(booking), at=at).verdict is verdict


def test_who_comes_late_is_moved_to_the_present_time_when_it_has_room(app: Flask) -> None:
    booking, old, _ = a_visit(minutes=5)
    arrives = soon(5) + timedelta(hours=3)
    present = a_slot(_activity_of(old), 20, arrives - timedelta(minutes=10))
    answer = scan(party_code(booking), at=arrives)
    assert (answer.verdict, answer.moved_from) == (DoorVerdict.WELCOME, old)
    assert (taken(old), taken(present)) == (0, 3)
    assert admitted(booking) == 3
    assert (wrong_counters(), breaches()) == ([], [])


def test_who_comes_late_to_a_full_house_keeps_the_old_time(app: Flask) -> None:
    booking, old, _ = a_visit(minutes=5)
    arrives = soon(5) + timedelta(hours=3)
    present = a_slot(_activity_of(old), 2, arrives - timedelta(minutes=10))
    answer = scan(party_code(booking), at=arrives)
    assert answer.verdict is DoorVerdict.TOO_LATE
    assert (taken(old), taken(present)) == (3, 0)
    assert (wrong_counters(), breaches()) == ([], [])


def test_a_centre_may_keep_everybody_to_their_time(app: Flask) -> None:
    booking, old, _ = a_visit(minutes=5, door_moves=False)
    arrives = soon(5) + timedelta(hours=3)
    a_slot(_activity_of(old), 20, arrives - timedelta(minutes=10))
    assert scan(party_code(booking), at=arrives).verdict is DoorVerdict.TOO_LATE


def test_let_in_anyway_needs_a_reason_and_is_in_the_log(app: Flask) -> None:
    booking, slot, adult = a_visit(minutes=60 * 24 * 3)
    with pytest.raises(NotNow):
        let_in(booking, {(slot, adult): 3})
    answer = let_in(booking, {(slot, adult): 3}, reason="Feil dag på billetten")
    assert answer.heads == 3
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "door.let_in_anyway")).one()
    assert entry.after == {"verdict": "wrong_day", "heads": 3}


def test_a_group_is_counted_before_it_goes_in(app: Flask) -> None:
    booking, slot, pupil, adult = a_class()
    assert scan(party_code(booking)).verdict is DoorVerdict.ASK
    first = let_in(booking, {(slot, pupil): 23, (slot, adult): 2})
    assert first.heads == 25
    again = scan(party_code(booking))
    assert again.verdict is DoorVerdict.ASK
    assert sorted(ticket.left for ticket in again.tickets) == [1, 1, 1]
    with pytest.raises(MoreThanBooked) as refused:
        let_in(booking, {(slot, pupil): 3})
    assert refused.value.more == 1
    let_in(booking, {(slot, pupil): 2, (slot, adult): 1})
    assert admitted(booking) == 28
    assert scan(party_code(booking)).verdict is DoorVerdict.ALREADY_IN
    assert breaches() == []


def test_nobody_is_not_let_in(app: Flask) -> None:
    booking, slot, adult = a_visit()
    with pytest.raises(Nothing):
        let_in(booking, {(slot, adult): 0})


def test_a_party_can_be_counted_when_the_desk_wants_to(app: Flask) -> None:
    booking, slot, adult = a_visit(quantity=3)
    assert scan(party_code(booking), ask=True).verdict is DoorVerdict.ASK
    assert let_in(booking, {(slot, adult): 2}).heads == 2
    assert admitted(booking) == 2


def test_undo_takes_exactly_one_admission_back_once(app: Flask) -> None:
    booking, slot, adult = a_visit(quantity=3)
    first = let_in(booking, {(slot, adult): 2})
    let_in(booking, {(slot, adult): 1})
    for _ in range(2):
        with unit_of_work():
            undo.undo(first.mark, "Feil familie", None, clock.now())
    assert admitted(booking) == 1
    assert breaches() == []
    assert scan(party_code(booking)).heads == 2


def test_undoing_at_once_by_many_undoes_once(app: Flask) -> None:
    booking, _, _ = a_visit(quantity=2)
    mark = scan(party_code(booking)).mark
    db.session.remove()

    def one(_number: int) -> bool:
        with app.app_context():
            try:
                with unit_of_work():
                    return undo.undo(mark, "", None, clock.now()) is not None
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(one, range(8))) == 1
    assert admitted(booking) == 0


def test_what_was_let_in_without_the_network_counts_once(app: Flask) -> None:
    booking, _, _ = a_visit(quantity=3)
    code, mark = party_code(booking), new_secret()
    for _ in range(2):
        with unit_of_work():
            admit.admit_later(code, 3, how(mark))
    assert admitted(booking) == 3
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 1


def test_a_ticket_let_in_on_two_devices_while_apart_is_kept_as_trouble(app: Flask) -> None:
    booking, _, _ = a_visit(quantity=3)
    code = party_code(booking)
    scan(code, device="A" * 26)
    with unit_of_work():
        admit.admit_later(code, 3, how(device="B" * 26))
    trouble = db.session.scalars(select(CheckIn).where(CheckIn.trouble.is_not(None))).one()
    assert (trouble.trouble, trouble.heads, trouble.uncounted) == (Trouble.TWICE, 0, 3)
    assert admitted(booking) == 3
    assert breaches() == []


def test_a_show_is_checked_at_its_own_door(app: Flask) -> None:
    a_centre()
    entry, hall = an_activity(), a_space(120)
    show = an_activity(Kind.SHOW, title="Bobler", needs_admission=True)
    entry_slot = a_slot(entry, 20, soon(5))
    show_slot = a_slot(show, 20, soon(20), space_id=hall)
    adult, seat = a_ticket_type(entry), a_ticket_type(show, 0, "Plass")
    booking = a_confirmed_booking(entry_slot, adult, 2, channel=Channel.DESK).booking_id
    with unit_of_work():
        picks = [Pick(entry_slot, adult, 2), Pick(show_slot, seat, 2)]
        change(booking, picks, centre=the_centre(), now=clock.now(), actor="account:1")
    code = party_code(booking)
    assert [line.slot_id for line in scan(code).let_in] == [entry_slot]
    assert scan(code).verdict is DoorVerdict.ALREADY_IN
    assert [line.slot_id for line in scan(code, Post(hall)).let_in] == [show_slot]
    assert scan(code, Post(a_space())).verdict is DoorVerdict.ELSEWHERE


def test_a_ticket_taken_out_of_the_booking_no_longer_counts(app: Flask) -> None:
    booking, slot, adult = a_visit(quantity=3)
    last = ticket_codes(booking)[-1]
    with unit_of_work():
        change(booking, [Pick(slot, adult, 2)], centre=the_centre(), now=clock.now(), actor="account:1")
    assert scan(last).verdict is DoorVerdict.CANCELLED


def test_needs_of_the_party_come_with_the_answer(app: Flask) -> None:
    booking, _, _ = a_visit()
    with unit_of_work():
        db.session.execute(update(Booking).where(Booking.id == booking).values(needs="Rullestol"))
    answer = scan(party_code(booking))
    assert answer.party is not None
    assert answer.party.needs == "Rullestol"


def _activity_of(slot_id: int) -> int:
    return db.session.scalars(select(Slot.activity_id).where(Slot.id == slot_id)).one() or 0


def test_what_is_only_added_is_theirs_also_when_it_is_paid_after_they_came_in(app: Flask) -> None:
    booking, slot, adult = a_visit(quantity=2)
    with unit_of_work():
        held = change(booking, [Pick(slot, adult, 3)], centre=the_centre(), now=clock.now(), actor="account:1")
    assert isinstance(held, Hold)
    scan(party_code(booking))
    with unit_of_work():
        confirm(held.booking_id, clock.now())
    assert (admitted(booking), len(ticket_codes(booking))) == (2, 3)
    assert breaches() == []


def test_a_change_that_gives_something_up_is_paid_back_once_the_party_is_in(app: Flask) -> None:
    booking, slot, adult = a_visit(quantity=2)
    present = db.session.get_one(Slot, slot)
    assert present.activity_id is not None
    later = a_slot(present.activity_id, 30, present.starts_at + timedelta(hours=1))
    with unit_of_work():
        held = change(booking, [Pick(later, adult, 3)], centre=the_centre(), now=clock.now(), actor="account:1")
    assert isinstance(held, Hold)
    scan(party_code(booking))
    with pytest.raises(AlreadyUsed), unit_of_work():
        confirm(held.booking_id, clock.now())
    assert (admitted(booking), len(ticket_codes(booking))) == (2, 2)
    assert breaches() == []


def test_a_change_under_way_no_longer_fits_a_booking_that_the_door_has_moved(app: Flask) -> None:
    booking, old, adult = a_visit(minutes=5)
    with unit_of_work():
        held = change(booking, [Pick(old, adult, 4)], centre=the_centre(), now=clock.now(), actor="account:1")
    assert isinstance(held, Hold)
    arrives = soon(5) + timedelta(hours=3)
    a_slot(_activity_of(old), 20, arrives - timedelta(minutes=10))
    assert scan(party_code(booking), at=arrives).verdict is DoorVerdict.WELCOME
    with pytest.raises(WrongState), unit_of_work():
        confirm(held.booking_id, clock.now())
    assert (wrong_counters(), breaches()) == ([], [])
