"""A lively fortnight: families, classes, a sold-out Saturday, cancellations, a late payment, a waiting list."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select

from booking.bookings.basket import Pick
from booking.bookings.change import cancel
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import hold
from booking.bookings.waiting import wait
from booking.capacity.availability import Free, slots_between
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.models import Activity, Kind, TicketType
from booking.centre.facts import CentreFacts, the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox.models import Promise, PromiseState

SEED = 20261123
FIRST = (
    "Kari",
    "Ola",
    "Ingrid",
    "Lars",
    "Åse",
    "Bjørn",
    "Marit",
    "Øystein",
    "Solveig",
    "Erik",
    "Nora",
    "Jānis",
    "Ilze",
)
LAST = (
    "Nordmann",
    "Fjellheim",
    "Sæther",
    "Haugland",
    "Ås",
    "Vik",
    "Øvrebø",
    "Bērziņa",
    "Kalniņš",
    "Solberg",
    "Lie",
)
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


class Crowd:
    """Somebody who books all this, always the same way for the same day."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.now = clock.now()
        self.centre: CentreFacts = the_centre()
        self.chance = random.Random(SEED)  # noqa: S311  (for looks, not for secrets)
        self.types = {slug: kind for slug, kind in db.session.execute(select(TicketType.slug, TicketType.id))}
        self.parties = [party for party in PARTIES if all(slug in self.types for slug, _ in party)]

    def slots(self, activity_id: int, day: date, channel: Channel = Channel.PUBLIC) -> list[Free]:
        """The slots of an activity on one day."""
        start = at(day, time(0), self.centre.zone)
        return slots_between(activity_id, start, start + timedelta(days=1), channel, self.now)

    def book(self, slot: Free, party: tuple[tuple[str, int], ...], channel: Channel = Channel.PUBLIC) -> int | None:
        """Book for a party, as if it had been done an hour before; None when there was no room."""
        picks = [Pick(slot.slot_id, self.types[slug], quantity) for slug, quantity in party]
        when = min(self.now, slot.starts_at - timedelta(hours=1))
        try:
            with unit_of_work():
                held = hold(picks, centre=self.centre, now=when, lang=self.centre.languages[0], channel=channel)
                set_details(held.booking_id, self.somebody(), self.centre.languages[0], when)
                confirm(held.booking_id, when)
        except Refusal:
            return None
        return held.booking_id

    def somebody(self) -> Contact:
        """A made-up person."""
        first, last = self.chance.choice(FIRST), self.chance.choice(LAST)
        return Contact(f"{first} {last}", f"gjest{self.chance.randrange(10_000)}@example.org", "+4790000000")


def make_bookings(today: date) -> None:
    """Fill a fortnight around today with bookings, through the same verbs that visitors use."""
    crowd = Crowd(today)
    entry = db.session.scalars(
        select(Activity.id).where(Activity.kind == Kind.ADMISSION).order_by(Activity.sort)
    ).first()
    if entry is None:
        return
    for offset in range(-2, 12):
        day = today + timedelta(days=offset)
        _visitors(crowd, entry, day, fullness=_fullness(crowd, day))
    _classes(crowd, today)
    _sold_out_saturday(crowd, entry, today)
    with unit_of_work():
        # These letters are history: nobody waits for them.
        db.session.execute(delete(Promise).where(Promise.state == PromiseState.WAITING, Promise.kind != "mail.waiting"))


def _fullness(crowd: Crowd, day: date) -> float:
    return crowd.chance.uniform(0.35, 0.7) if day.weekday() >= 5 else crowd.chance.uniform(0.08, 0.2)


def _visitors(crowd: Crowd, entry: int, day: date, fullness: float) -> None:
    made: list[int] = []
    for slot in crowd.slots(entry, day):
        wanted = int(slot.free * fullness * crowd.chance.uniform(0.4, 1.3))
        while wanted > 0:
            party = crowd.chance.choice(crowd.parties)
            booking_id = crowd.book(slot, party)
            if booking_id is None:
                break
            made.append(booking_id)
            wanted -= 3
    for booking_id in crowd.chance.sample(made, len(made) // 15):
        with unit_of_work():
            cancel(booking_id, centre=crowd.centre, now=crowd.now, actor="demo")


def _classes(crowd: Crowd, today: date) -> None:
    programmes = db.session.scalars(select(Activity.id).where(Activity.kind == Kind.PROGRAMME)).all()
    for programme in programmes:
        for offset in range(-2, 12):
            for slot in crowd.slots(programme, today + timedelta(days=offset), Channel.SCHOOL):
                if crowd.chance.random() < 0.8:
                    pupils = min(slot.free, crowd.chance.randint(18, 28))
                    if pupils > 0:
                        crowd.book(slot, (("pupil", pupils),), Channel.SCHOOL)


def _sold_out_saturday(crowd: Crowd, entry: int, today: date) -> None:
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 or 7)
    slots = crowd.slots(entry, saturday)
    for slot in slots:
        left = slot.free
        while left > 0:
            party = crowd.chance.choice(crowd.parties)
            people = sum(quantity * (4 if slug == "family" else 1) for slug, quantity in party)
            if crowd.book(slot, party if people <= left else (("adult", left),)) is None:
                break
            left -= people
    times: list[datetime] = [slot.starts_at for slot in slots]
    if times and times[0] > crowd.now:
        with unit_of_work():
            wait(
                [slot.slot_id for slot in slots[:3]],
                [(crowd.types["adult"], 2), (crowd.types["child"], 2)],
                crowd.somebody(),
                centre=crowd.centre,
                lang=crowd.centre.languages[0],
                now=crowd.now,
            )
