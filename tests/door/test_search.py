"""Finding a booking while somebody waits: who is meant stands first, and nothing is left out unsaid."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from booking.bookings import hold
from booking.bookings.change import cancel
from booking.bookings.models import Booking, State
from booking.capacity.models import Channel
from booking.centre.facts import the_centre
from booking.contests import forgetting, take_out
from booking.door.search import search
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.reports import bookings as office
from booking.reports.bookings import BookingFilter
from tests.builders import a_centre, a_confirmed_booking, a_hold, a_sale, a_slot, a_ticket_type, an_activity, tomorrow
from tests.contests.entered import a_contest, a_team, entered, rows
from tests.door.doors import let_in, soon
from tests.support.forgetting import forget


def day() -> tuple[datetime, datetime]:
    """A day around now: the tests run at any hour."""
    return soon(0) - timedelta(hours=6), soon(0) + timedelta(hours=6)


@pytest.fixture(autouse=True)
def references_without_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two letters of a name, as they are looked for with its last one left out, stand in one of 140 references."""
    numbers = count(10_000_000)
    monkeypatch.setattr(hold, "new_reference", lambda: str(next(numbers)))


@pytest.fixture
def sale(app: Flask) -> tuple[int, int]:
    """A time that comes soon: (slot, ticket type)."""
    a_centre()
    activity = an_activity()
    return a_slot(activity, 400, soon()), a_ticket_type(activity)


def named(sale: tuple[int, int], name: str, quantity: int = 1) -> int:
    return a_confirmed_booking(*sale, quantity, name=name, channel=Channel.DESK).booking_id


def reference_of(booking_id: int) -> str:
    db.session.rollback()
    return db.session.scalars(select(Booking.reference).where(Booking.id == booking_id)).one()


def test_who_has_not_come_yet_and_is_named_just_so_stands_first(sale: tuple[int, int]) -> None:
    gone = named(sale, "Kari Hansen")
    longer, here, waits = named(sale, "Kari Hansensen"), named(sale, "Kari Hansen"), named(sale, "Kari Hansen", 2)
    let_in(here, {sale: 1})
    let_in(waits, {sale: 1})
    with unit_of_work():
        cancel(gone, centre=the_centre(), now=clock.now(), actor="account:1")
    answer = search("kari hansen", *day())
    assert [hit.booking_id for hit in answer.hits] == [waits, here, gone, longer]


def test_a_crowd_of_one_name_is_counted_and_more_of_it_shown(sale: tuple[int, int]) -> None:
    for _ in range(25):
        named(sale, "Ola Nordmann")
    answer = search("nordmann", *day())
    assert (len(answer.hits), answer.total) == (20, 25)
    assert len(search("nordmann", *day(), most=200).hits) == 25


def test_a_whole_reference_finds_its_booking_in_a_crowd_on_any_day_in_any_state(sale: tuple[int, int]) -> None:
    activity = an_activity()
    far = a_slot(activity, 10, tomorrow(days=200))
    kind = a_ticket_type(activity)
    wanted = a_confirmed_booking(far, kind, 2, name="Per Vik").booking_id
    reference = reference_of(wanted)
    for _ in range(22):
        named(sale, f"Ola {reference}")
    answer = search(reference.lower(), *day())
    assert answer.exact is not None
    assert (answer.hits[0].booking_id, len(answer.hits), answer.total) == (wanted, 20, 23)
    for state in (State.EXPIRED, State.CANCELLED):
        with unit_of_work():
            db.session.execute(update(Booking).where(Booking.id == wanted).values(state=state))
        assert search(reference, *day()).hits[0].booking_id == wanted
        narrow = BookingFilter(begin=soon(), end=soon() + timedelta(days=1), channel=Channel.SCHOOL, words=reference)
        assert [booking.id for booking in office.read(narrow).bookings] == [wanted]


def test_a_reference_of_somebody_still_in_the_basket_is_found(app: Flask) -> None:
    _, slot, adult = a_sale()
    held = a_hold(slot, adult).booking_id
    assert [hit.booking_id for hit in search(reference_of(held), *day()).hits] == [held]


@pytest.mark.parametrize("typed", ["Asa", "åsa", "aasa kvitf", "ASE"])
@pytest.mark.parametrize("with_days", [True, False])
def test_the_office_finds_by_the_letters_that_the_desk_finds_by(
    sale: tuple[int, int], typed: str, with_days: bool
) -> None:
    wanted = named(sale, "Åse Kvitfjell")
    named(sale, "Ola Nordmann")
    days: dict[str, datetime] = {"begin": day()[0], "end": day()[1]} if with_days else {}
    assert [booking.id for booking in office.read(BookingFilter(words=typed, **days)).bookings] == [wanted]  # type: ignore[arg-type]
    assert [hit.booking_id for hit in search(typed, *day()).hits] == [wanted]
    assert len(list(office.each(BookingFilter(words=typed, **days), 1))) == 1  # type: ignore[arg-type]


def test_a_team_is_found_by_its_name_as_long_as_that_is_kept(app: Flask) -> None:
    _facts, slot, team = a_contest()
    single, both = entered(slot, team, a_team("Loddebølt United")), entered(slot, team, a_team(), a_team("Røsk"))
    person = a_confirmed_booking(*a_sale_beside(), name="United Kingdom")
    answer = search("lodde united", *day())
    assert [(hit.booking_id, hit.name, hit.team) for hit in answer.hits] == [
        (single.booking_id, "Kari Nordmann", "Loddebølt United")
    ]
    assert [(hit.booking_id, hit.team) for hit in search("rosk", *day()).hits] == [
        (both.booking_id, "Rosk og Rask, Røsk")
    ]
    answer = search("united", *day())
    assert ({hit.booking_id for hit in answer.hits}, answer.total) == ({single.booking_id, person.booking_id}, 2)
    assert search("lo", *day()).hits == ()  # too little: it would be in every second name
    with unit_of_work():
        take_out.withdraw(rows()[1].id, centre=the_centre(), now=clock.now())
    assert [hit.team for hit in search("rosk", *day()).hits] == ["Røsk"]
    with time_machine.travel(tomorrow(days=40) + timedelta(days=31), tick=False):
        forget(forgetting.FORGETTINGS, clock.now())
        assert search("lodde united", *day()).hits == ()


def a_sale_beside() -> tuple[int, int]:
    """A time of the house beside the contest."""
    activity = an_activity()
    return a_slot(activity, 10, tomorrow()), a_ticket_type(activity)
