"""The schools' line: who waits longest and fits gets the places, once, whoever works on it and whenever it dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from booking.bookings.hold import expire_run_out
from booking.bookings.models import Booking, State, WaitingState
from booking.bookings.refusals import NotOnSale, TooMany, Unknown
from booking.capacity.models import Slot
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.programmes.models import Programme
from booking.programmes.offered import SessionFree
from booking.running.check import breaches
from booking.visit_waiting import waiting, waiting_queries
from booking.visit_waiting.models import VisitWaiting
from booking.visit_waiting.waiting import ANY_DAY, Days, InLine, PlacesThere, TooManyWaits, turns
from booking.visits import change
from booking.visits.forgetting import FORGETTINGS
from tests.support.forgetting import forget
from tests.visits.booked import Centre, a_school_centre, a_visit

MONDAY, TUESDAY = 0b0000001, 0b0000010


@pytest.fixture
def centre(app: Flask) -> Centre:
    return a_school_centre()


def slots_of(activity_id: int) -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(Slot.id).where(Slot.activity_id == activity_id).order_by(Slot.starts_at)))


def wait_for(centre: Centre, email: str, weekdays: int = MONDAY, people: int = 26, weeks: int = 2) -> str:
    days = Days(weekdays, centre.on - timedelta(days=7), centre.on + timedelta(weeks=weeks))
    with unit_of_work():
        return waiting.wait_for_days(centre.bridges, days, people, email, "en", centre.facts, clock.now())


def states() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.execute(select(VisitWaiting.email, VisitWaiting.state).order_by(VisitWaiting.created_at))
    return [(email, state.value) for email, state in rows]


def offers() -> list[str]:
    db.session.rollback()
    held = select(Booking.email).where(Booking.state == State.HELD).order_by(Booking.id)
    return list(db.session.scalars(held))


def test_a_freed_session_goes_to_who_waits_longest_for_any_such_day_then_to_the_next(centre: Centre) -> None:
    booked = a_visit(centre, "6A", "6B", "6C")
    wait_for(centre, "tuesday@example.org", TUESDAY)
    wait_for(centre, "first@example.org", MONDAY)
    with unit_of_work():
        waiting.wait(slots_of(centre.bridges)[0], 20, "second@example.org", "nb", centre.facts, clock.now())
    assert waiting.offer_next(centre.facts, clock.now()) == 0
    with unit_of_work():
        change.cancel_visit(booked.booking_id, centre=centre.facts, now=clock.now())
    # Three sessions are free: each gets the earliest that fits and is not given away; nobody comes on a Tuesday.
    assert waiting.offer_next(centre.facts, clock.now()) == 1
    assert offers() == ["first@example.org"]
    assert waiting.offer_next(centre.facts, clock.now()) == 0
    assert states()[1:] == [("first@example.org", "offered"), ("second@example.org", "waiting")]
    tomorrow = clock.now() + timedelta(hours=25)
    with unit_of_work():
        assert expire_run_out(tomorrow) == 1
    with unit_of_work():
        assert waiting.end_over(tomorrow) == 1
    assert waiting.offer_next(centre.facts, tomorrow) == 1
    assert offers() == ["second@example.org"]
    mails = db.session.scalars(select(Promise.kind).where(Promise.kind == "mail.visit_offer")).all()
    assert len(mails) == 2
    assert breaches() == []


def test_many_workers_offer_each_place_once_and_each_class_one_place(app: Flask, centre: Centre) -> None:
    booked = a_visit(centre, "6A", "6B", "6C")
    for n in range(5):
        wait_for(centre, f"teacher{n}@example.org")
    with unit_of_work():
        change.cancel_visit(booked.booking_id, centre=centre.facts, now=clock.now())
    now = clock.now()

    def work(_n: int) -> int:
        with app.app_context():
            try:
                return sum(waiting.offer_next(centre.facts, now) for _round in range(2))
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 3
    assert sorted(offers()) == [f"teacher{n}@example.org" for n in range(3)]
    assert breaches() == []


def test_a_worker_that_dies_in_the_middle_of_an_offer_leaves_none_of_it(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for(centre, "ola@example.org")

    def die(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("booking.visit_waiting.waiting.swap", die)
        with pytest.raises(KeyboardInterrupt):
            waiting.offer_next(centre.facts, clock.now())
    assert offers() == []
    assert states() == [("ola@example.org", "waiting")]
    assert "mail.visit_offer" not in db.session.scalars(select(Promise.kind)).all()
    assert waiting.offer_next(centre.facts, clock.now()) == 1


def test_whoever_leaves_gives_kept_places_back_at_once(centre: Centre) -> None:
    first, second = wait_for(centre, "first@example.org"), wait_for(centre, "second@example.org")
    assert waiting.offer_next(centre.facts, clock.now()) == 2
    with unit_of_work():
        assert waiting.leave(first, clock.now())
        assert waiting.leave(second, clock.now())
        assert not waiting.leave("4BKC9RC7M7AWJB3W3C1D4JSVCV", clock.now())
    assert offers() == []
    place = waiting_queries.by_secret(first)
    assert place is not None
    assert place.state is WaitingState.ENDED
    assert wait_for(centre, "first@example.org") != first
    assert breaches() == []


def test_the_same_wish_twice_is_one_place_and_an_address_has_not_too_many(centre: Centre) -> None:
    secret = wait_for(centre, "ola@example.org", people=20)
    assert wait_for(centre, "ola@example.org", people=24) == secret
    place = waiting_queries.by_secret(secret)
    assert place is not None
    assert place.people == 24
    for weeks in range(3, waiting.MOST_OF_ONE + 2):
        wait_for(centre, "ola@example.org", weeks=weeks)
    with pytest.raises(TooManyWaits):
        wait_for(centre, "ola@example.org", weeks=40)
    assert waiting_queries.count() == waiting.MOST_OF_ONE


def test_nobody_waits_for_what_cannot_be(centre: Centre) -> None:
    now = clock.now()
    for days, people, error in (
        (Days(ANY_DAY, centre.on, centre.on), 31, TooMany),
        (Days(ANY_DAY, now.date() - timedelta(days=9), now.date() - timedelta(days=2)), 20, NotOnSale),
    ):
        with pytest.raises(error), unit_of_work():
            waiting.wait_for_days(centre.bridges, days, people, "a@example.org", "en", centre.facts, now)
    with pytest.raises(Unknown), unit_of_work():
        waiting.wait_for_days(10**15, Days(1, centre.on, centre.on), 9, "a@example.org", "en", centre.facts, now)


def test_the_line_of_a_slot_names_all_who_would_come_and_is_forgotten_after(centre: Centre) -> None:
    slot = slots_of(centre.bridges)[0]
    with unit_of_work():
        db.session.get_one(Slot, slot).taken = 20
    with unit_of_work():
        waiting.wait(slot, 20, "one@example.org", "nb", centre.facts, clock.now())
    wait_for(centre, "two@example.org", MONDAY)
    wait_for(centre, "three@example.org", TUESDAY)
    starts_at = db.session.get_one(Slot, slot).starts_at
    assert [entry.email for entry in waiting_queries.for_slot(slot, centre.bridges, starts_at, 0)] == [
        "one@example.org",
        "two@example.org",
    ]
    ((_named, places, people),) = waiting_queries.by_programme(waiting_queries.whole())
    assert (len(places), people) == (3, 72)
    assert forget(FORGETTINGS, starts_at + timedelta(weeks=5)) >= 3
    assert waiting_queries.whole() == []


def a_session(number: int, hour: int, free: int, activity_id: int = 1) -> SessionFree:
    start = datetime(2027, 3, 1, tzinfo=UTC) + timedelta(hours=hour)
    return SessionFree(number, activity_id, start, start + timedelta(hours=1), 30, free)


LINES = st.lists(
    st.builds(
        InLine,
        id=st.integers(1, 10**6),
        activity_id=st.integers(1, 2),
        slot_id=st.none() | st.integers(0, 9),
        people=st.integers(1, 30),
        weekdays=st.integers(1, 127),
        from_at=st.integers(0, 14).map(lambda day: datetime(2027, 3, 1, tzinfo=UTC) + timedelta(days=day)),
        until_at=st.integers(1, 20).map(lambda day: datetime(2027, 3, 2, tzinfo=UTC) + timedelta(days=day)),
    ),
    max_size=12,
    unique_by=lambda entry: entry.id,
)
SESSIONS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 30), st.integers(1, 2)), max_size=10)


@given(LINES, SESSIONS)
def test_turns_are_fair_in_any_line(in_line: list[InLine], made: list[tuple[int, int, int]]) -> None:
    free = [a_session(number, hour, places, which) for number, (hour, places, which) in enumerate(sorted(made))]
    given_away = dict(turns(in_line, free, UTC))
    sessions = {session.slot_id: session for session in free}
    assert len(set(given_away.values())) == len(given_away)
    for place, entry in enumerate(in_line):
        earlier = {given_away[other.id] for other in in_line[:place] if other.id in given_away}
        fitting = [session.slot_id for session in free if entry.fits(session, UTC) and session.slot_id not in earlier]
        assert given_away.get(entry.id) == next(iter(fitting), None)
        assert entry.id not in given_away or sessions[given_away[entry.id]].free >= entry.people


def test_what_one_tried_in_vain_goes_to_the_next_in_line() -> None:
    at = datetime(2027, 3, 1, 9, tzinfo=UTC)
    in_line = [InLine(n, 5, None, 20, ANY_DAY, at, at + timedelta(days=1)) for n in (1, 2)]
    free = [SessionFree(7, 5, at, at + timedelta(hours=1), 30, 30)]
    assert list(turns(in_line, free, UTC)) == [(1, 7)]
    assert list(turns(in_line, free, UTC, {(1, 7)})) == [(2, 7)]


def wait_here(centre: Centre, slot: int, people: int, email: str = "kari@example.org") -> str:
    with unit_of_work():
        return waiting.wait(slot, people, email, "nb", centre.facts, clock.now())


def test_nobody_waits_for_a_session_that_a_class_of_their_size_can_have(centre: Centre) -> None:
    first = slots_of(centre.bridges)[0]
    with pytest.raises(PlacesThere) as there:
        wait_here(centre, first, 26)
    assert there.value.session.slot_id == first
    assert states() == []


@pytest.mark.parametrize("shared", [False, True])
def test_a_session_with_a_class_is_full_for_others_unless_it_is_shared_and_has_places_for_them(
    centre: Centre, shared: bool
) -> None:
    with unit_of_work():
        db.session.get_one(Programme, centre.bridges).shared = shared
        session = db.session.scalars(
            select(Slot).where(Slot.activity_id == centre.bridges).order_by(Slot.starts_at)
        ).first()
        assert session is not None
        session.taken, slot = 12, session.id
    if shared:
        with pytest.raises(PlacesThere):
            wait_here(centre, slot, 18)
        wait_here(centre, slot, 19)
    else:
        wait_here(centre, slot, 1)
    assert len(states()) == 1


def test_a_session_whose_space_another_class_has_then_is_full_and_is_offered_to_nobody(centre: Centre) -> None:
    mine, theirs = slots_of(centre.bridges)[0], slots_of(centre.body)[0]
    with unit_of_work():
        db.session.get_one(Slot, theirs).space_id = db.session.get_one(Slot, mine).space_id
        db.session.get_one(Slot, theirs).taken = 20
    wait_here(centre, mine, 20)
    assert waiting.offer_next(centre.facts, clock.now()) == 0
    with unit_of_work():
        db.session.get_one(Slot, theirs).taken = 0
    assert waiting.offer_next(centre.facts, clock.now()) == 1


def test_a_mailbox_stands_in_line_for_a_time_once_however_its_address_is_written(centre: Centre) -> None:
    slot = slots_of(centre.bridges)[0]
    with unit_of_work():
        db.session.get_one(Slot, slot).taken = 20
    places = {
        wait_here(centre, slot, 20 + n, email)
        for n, email in enumerate(("kari@example.org", "Kari+zoo@example.org", "kari+1@example.org"))
    }
    assert len(places) == 1
    db.session.rollback()
    assert list(db.session.scalars(select(VisitWaiting.people))) == [22]
