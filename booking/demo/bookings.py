"""A lively fortnight: families, classes, a sold-out Saturday, cancellations, a waiting list."""

from __future__ import annotations

from datetime import date, timedelta

from booking.bookings.change import cancel
from booking.catalogue.models import Kind
from booking.demo.arrivals import let_in_who_has_come
from booking.demo.centres import DemoCentre
from booking.demo.closed import cancel_a_session
from booking.demo.crowd import Crowd, FilledPlace, MadeBooking, no_letters_of_the_past
from booking.demo.school.classes import book_classes
from booking.demo.takings import take_the_money
from booking.kernel.database import unit_of_work
from booking.waiting.waiting import wait

FORTNIGHT = range(-2, 12)
FAMILY = 4
PARTIES: tuple[tuple[tuple[str, int], ...], ...] = (
    (("adult", 2), ("child", 2)),
    (("family", 1),),
    (("adult", 1), ("child", 1)),
    (("adult", 2), ("child", 1), ("toddler", 1)),
    (("student-senior", 2),),
    (("family", 1), ("extra-child", 1)),
    (("adult", 1), ("child", 3)),
    (("adult", 1), ("companion", 1)),
    (("pass", 1), ("child", 2)),
)


def make_bookings(demo: DemoCentre, today: date) -> None:
    """Fill a fortnight around today with bookings."""
    crowd = Crowd(today, FORTNIGHT, demo.people)
    (entry,) = crowd.activities(Kind.ADMISSION)
    parties = [party for party in PARTIES if all((entry, slug) in crowd.offers for slug, _ in party)]
    next_saturday = (5 - today.weekday()) % 7 or 7
    given_up: list[MadeBooking] = []
    for offset in FORTNIGHT:
        made = _visitors(crowd, entry, parties, offset)
        if offset != next_saturday:
            given_up += crowd.chance.sample(made, len(made) // 15)
    saturday = crowd.slots(entry, next_saturday)
    for slot in saturday:
        _fill(crowd, slot, parties)
    crowd.write()
    book_classes(crowd, demo.schools)
    for booking in given_up:
        with unit_of_work():
            cancel(booking.booking_id, centre=crowd.centre, now=crowd.now, actor="demo")
    _wait_for(crowd, saturday[:3])
    let_in_who_has_come(crowd)
    take_the_money()
    cancel_a_session(crowd)
    with unit_of_work():
        no_letters_of_the_past()


def _visitors(crowd: Crowd, entry: int, parties: list[tuple[tuple[str, int], ...]], offset: int) -> list[MadeBooking]:
    """Book for one day."""
    weekend = (crowd.today + timedelta(days=offset)).weekday() >= 5
    fullness = crowd.chance.uniform(0.35, 0.7) if weekend else crowd.chance.uniform(0.08, 0.2)
    made: list[MadeBooking] = []
    for slot in crowd.slots(entry, offset):
        wanted = int(crowd.free(slot) * fullness * crowd.chance.uniform(0.4, 1.3))
        while wanted > 0 and (booked := crowd.book(slot, crowd.chance.choice(parties))):
            made.append(booked)
            wanted -= 3
    return made


def _fill(crowd: Crowd, slot: FilledPlace, parties: list[tuple[tuple[str, int], ...]]) -> None:
    """Book until nobody gets in any more."""
    while (left := crowd.free(slot)) > 0:
        if crowd.book(slot, crowd.chance.choice(parties)) is None and crowd.book(slot, (("adult", left),)) is None:
            return


def _wait_for(crowd: Crowd, slots: list[FilledPlace]) -> None:
    """A family that would come at any of these times."""
    slots = [slot for slot in slots if crowd.free(slot) < FAMILY]
    if not slots or slots[0].starts_at <= crowd.now:
        return
    adult, child = (crowd.offers[slots[0].activity_id or 0, slug].ticket_type_id for slug in ("adult", "child"))
    with unit_of_work():
        wait(
            [slot.id for slot in slots],
            [(adult, 2), (child, 2)],
            crowd.somebody(),
            centre=crowd.centre,
            lang=crowd.centre.languages[0],
            now=crowd.now,
        )
