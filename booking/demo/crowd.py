"""Many bookings at once, for a house that nobody else is in: counted in memory, written in a few statements."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import bindparam, delete, insert, select, update

from booking.bookings.details import Contact
from booking.bookings.models import Booking, BookingWord, Line, State, Ticket
from booking.bookings.rules import ChosenTickets, check_party
from booking.bookings.search_words import search_text, words_of
from booking.capacity.models import Channel, Claim, Draw, Slot
from booking.capacity.timetable import at
from booking.catalogue.models import Activity, Kind
from booking.catalogue.queries import TicketOffer, offers_of
from booking.centre.facts import CentreFacts, is_public_holiday, the_centre
from booking.demo.centres import DemoPeople
from booking.kernel import clock
from booking.kernel.codes import new_reference, new_secret
from booking.kernel.database import Texts, db, unit_of_work
from booking.outbox.models import Promise, PromiseState

SEED = 20261123

Party = Sequence[tuple[str, int]]  # (ticket type's slug, quantity)
STILL_GOES = "mail.waiting"  # a family of the waiting list is told that it waits, as it does


def no_letters_of_the_past() -> None:
    """What was booked just now is history: nobody waits for its letters. Call inside a unit of work.

    Only for letters: what else was promised, as the receipts of what was paid, is kept by the worker.
    """
    letters = (Promise.kind.startswith("mail."), Promise.kind != STILL_GOES)
    db.session.execute(delete(Promise).where(Promise.state == PromiseState.WAITING, *letters))


@dataclass(slots=True)
class FilledPlace:
    """A slot or stretch and its counters as they will be; see capacity.models.Slot."""

    id: int
    activity_id: int | None
    starts_at: datetime
    opens_at: datetime | None
    capacity: int
    taken: int
    kept: int
    kept_taken: int
    release_at: datetime | None
    more: int = 0
    kept_more: int = 0

    def free(self, channel: Channel, now: datetime) -> int:
        """How many more this channel may bring; the rule of `capacity.places.withheld`."""
        left = self.capacity - self.taken - self.more
        kept = self.kept - self.kept_taken - self.kept_more
        if channel is Channel.SCHOOL or kept <= 0 or self.release_at is None or self.release_at <= now:
            return left
        return left - kept

    def take(self, places: int, channel: Channel) -> None:
        """Count them in."""
        self.more += places
        self.kept_more += places if channel is Channel.SCHOOL else 0


@dataclass(slots=True)
class MadeBooking:
    """One booking: the row, its lines, how many places it claims in which slots; its id once it is written."""

    row: dict[str, object]
    lines: list[dict[str, object]]
    claims: list[dict[str, object]]
    booking_id: int = 0


@dataclass(slots=True)
class Crowd:
    """Somebody who books for everybody, always the same way for the same day.

    Booking nine hundred times through the verbs takes a quarter of a minute. Here the same rules (`check_party`,
    `price_at`, what is withheld, what a slot draws on) are asked in memory, and the database's own checks stand behind
    them. `flask check` holds afterwards; a test says so.
    """

    today: date
    days: range
    people: DemoPeople
    centre: CentreFacts = field(default_factory=the_centre)
    now: datetime = field(default_factory=clock.now)
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311  (for looks, not for secrets)
    made: list[MadeBooking] = field(default_factory=list)
    places: dict[int, FilledPlace] = field(default_factory=dict)
    draws: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    offers: dict[tuple[int, str], TicketOffer] = field(default_factory=dict)
    titles: dict[int, Texts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        start, end = self._midnight(self.days.start), self._midnight(self.days.stop)
        rows = db.session.execute(
            select(
                Slot.id, Slot.activity_id, Slot.starts_at, Slot.opens_at, Slot.capacity, Slot.taken, Slot.kept,
                Slot.kept_taken, Slot.release_at,
            )
            .where(Slot.starts_at >= start, Slot.starts_at < end)
            .order_by(Slot.starts_at, Slot.id)
        )  # fmt: skip
        self.places = {row.id: FilledPlace(*row) for row in rows}
        drawn = select(Draw.slot_id, Draw.on_slot_id).join(Slot, Slot.id == Draw.slot_id)
        for slot_id, on_slot_id in db.session.execute(drawn.where(Slot.starts_at >= start, Slot.starts_at < end)):
            self.draws[slot_id].append(on_slot_id)
        titles = db.session.execute(select(Activity.id, Activity.title))
        self.titles = {activity_id: title for activity_id, title in titles}
        for activity_id, offers in offers_of(self.titles).items():
            self.offers |= {(activity_id, offer.slug): offer for offer in offers}

    def activities(self, kind: Kind) -> list[int]:
        """The activities of a kind, in order."""
        return list(db.session.scalars(select(Activity.id).where(Activity.kind == kind).order_by(Activity.sort)))

    def slots(self, activity_id: int, offset: int) -> list[FilledPlace]:
        """The slots of an activity on the day so many days from today."""
        start, end = self._midnight(offset), self._midnight(offset + 1)
        return [
            place
            for place in self.places.values()
            if place.activity_id == activity_id and start <= place.starts_at < end
        ]

    def free(self, slot: FilledPlace, channel: Channel = Channel.PUBLIC) -> int:
        """Places left in a slot, through all it draws on."""
        touched = (slot, *(self.places[below] for below in self.draws[slot.id]))
        return max(min(place.free(channel, self.now) for place in touched), 0)

    def book(self, slot: FilledPlace, party: Party, channel: Channel = Channel.PUBLIC) -> MadeBooking | None:
        """Book for a party, as if it had been done an hour before; None when there was no room or no sale."""
        when = min(self.now, slot.starts_at - timedelta(hours=1))
        taken = self._take(slot, party, channel, when)
        if taken is None:
            return None
        lines, people = taken
        total = sum(_sum(line) for line in lines)
        row = self._row(slot, people, total, channel, when)
        passes = [(self.offers[slot.activity_id or 0, slug], many) for slug, many in party if slug == "pass"]
        row["numbers"] = {str(offer.ticket_type_id): self._pass_numbers(many) for offer, many in passes}
        self.made.append(MadeBooking(row, lines, [{"slot_id": slot.id, "places": people, "channel": channel}]))
        return self.made[-1]

    def somebody(self) -> Contact:
        """A made-up person."""
        return self.people.somebody(self.chance, "gjest")

    def write(self) -> None:
        """Write everything booked, all or nothing."""
        if not self.made:
            return
        with unit_of_work():
            inserted = insert(Booking).returning(Booking.id, sort_by_parameter_order=True)
            for booking, booking_id in zip(
                self.made, db.session.scalars(inserted, [booking.row for booking in self.made]), strict=True
            ):
                booking.booking_id = booking_id
            lines = [line | {"booking_id": booking.booking_id} for booking in self.made for line in booking.lines]
            db.session.execute(insert(Line), lines)
            db.session.execute(insert(Ticket), [ticket for line in lines for ticket in _tickets(line)])
            db.session.execute(insert(BookingWord), [word for booking in self.made for word in _words(booking)])
            db.session.execute(
                insert(Claim),
                [claim | {"booking_id": booking.booking_id} for booking in self.made for claim in booking.claims],
            )
            # One UPDATE a slot, each within the CHECKs of the table.
            slots = Slot.__table__
            db.session.connection().execute(
                update(slots)  # type: ignore[arg-type]  # a declarative class's table is a FromClause to the checker
                .where(slots.c.id == bindparam("slot"))
                .values(
                    taken=slots.c.taken + bindparam("more"),
                    kept_taken=slots.c.kept_taken + bindparam("kept_more"),
                ),
                [
                    {"slot": place.id, "more": place.more, "kept_more": place.kept_more}
                    for place in self.places.values()
                    if place.more
                ],
            )

    def _take(
        self, slot: FilledPlace, party: Party, channel: Channel, when: datetime
    ) -> tuple[list[dict[str, object]], int] | None:
        """Count a party in; its lines and how many people it is, or None."""
        chosen = [(self.offers[slot.activity_id or 0, slug], quantity) for slug, quantity in party]
        check_party([ChosenTickets(offer, quantity) for offer, quantity in chosen])
        people = sum(offer.places * quantity for offer, quantity in chosen)
        if self.free(slot, channel) < people or (slot.opens_at is not None and slot.opens_at > when):
            return None
        for place in (slot, *(self.places[below] for below in self.draws[slot.id])):
            place.take(people, channel)
        return [self._line(slot, offer, quantity) for offer, quantity in chosen], people

    def _pass_numbers(self, many: int) -> list[str]:
        """Made-up numbers, another for each party."""
        return [f"VV-{10_000 + (len(self.made) * 7_919 + n) % 90_000}" for n in range(many)]

    def _midnight(self, offset: int) -> datetime:
        return at(self.today + timedelta(days=offset), time(0), self.centre.zone)

    def _line(self, slot: FilledPlace, offer: TicketOffer, quantity: int) -> dict[str, object]:
        start = self.centre.local(slot.starts_at)
        return {
            "slot_id": slot.id,
            "ticket_type_id": offer.ticket_type_id,
            "activity_title": self.titles[offer.activity_id],
            "ticket_title": offer.title,
            "quantity": quantity,
            "admits": offer.places,
            "unit_price": offer.price_at(start, is_public_holiday(self.centre.country, start.date())),
            "vat_rate": offer.vat_rate,
        }

    def _row(self, slot: FilledPlace, people: int, total: int, channel: Channel, when: datetime) -> dict[str, object]:
        contact, reference = self.somebody(), new_reference()
        return {
            "reference": reference,
            "secret": new_secret(),
            "code": new_secret(),
            "state": State.CONFIRMED,
            "channel": channel,
            "lang": self.centre.languages[0],
            "currency": self.centre.currency,
            "total": total,
            "people": people,
            "starts_at": slot.starts_at,
            "created_at": when,
            "confirmed_at": when,
            "name": contact.name,
            "email": contact.email,
            "phone": contact.phone,
            "search": search_text(reference, contact.name, contact.email, contact.phone),
            "group_name": "",
            "needs": "",
            "numbers": {},
            "expected_at": None,
        }


def _sum(line: dict[str, object]) -> int:
    return int(str(line["unit_price"])) * int(str(line["quantity"]))


def _tickets(line: dict[str, object]) -> list[dict[str, object]]:
    of_line = {name: line[name] for name in ("booking_id", "slot_id", "ticket_type_id", "admits")}
    return [of_line | {"code": new_secret()} for _ in range(int(str(line["quantity"])))]


def _words(made: MadeBooking) -> list[dict[str, object]]:
    about = [str(made.row[name]) for name in ("reference", "name", "email", "phone", "group_name")]
    return [{"word": word, "booking_id": made.booking_id} for word in words_of(*about)]
