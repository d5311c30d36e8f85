"""What pages and rules read of the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from sqlalchemy import bindparam, func, select

from booking.catalogue.models import EVENTS, Activity, DayKind, Kind, Offer, Price, TicketType
from booking.centre.facts import CentreFacts
from booking.centre.models import Space
from booking.kernel.database import Texts, as_values, db, run
from booking.kernel.prepared import ReadyStatement
from booking.kernel.used_again import used_again
from booking.pictures.facts import PictureFacts


@dataclass(frozen=True, slots=True)
class PriceRule:
    """One price and when it counts; see catalogue.models.Price."""

    minor: int
    from_date: date | None
    until_date: date | None
    weekdays: int
    from_time: time | None
    until_time: time | None
    days: DayKind
    rank: int

    def fits(self, start: datetime, holiday: bool) -> bool:
        """Whether this price counts for a slot that starts at this wall-clock time."""
        return self.fits_day(start.date(), holiday) and self.fits_time(start.time())

    def fits_day(self, day: date, holiday: bool) -> bool:
        """Whether it counts on this day, at some time of it."""
        return (
            (self.from_date is None or self.from_date <= day)
            and (self.until_date is None or day <= self.until_date)
            and bool(self.weekdays >> day.weekday() & 1)
            and (self.days is DayKind.ANY or (self.days is DayKind.HOLIDAY) == holiday)
        )

    def fits_time(self, clock_time: time) -> bool:
        """Whether it counts at this time of a day."""
        return (self.from_time is None or self.from_time <= clock_time) and (
            self.until_time is None or clock_time < self.until_time
        )


@dataclass(frozen=True, slots=True)
class TicketOffer:
    """A ticket type as one activity sells it."""

    activity_id: int
    ticket_type_id: int
    slug: str
    title: Texts
    note: Texts
    proof: Texts
    places: int
    brings_adult: bool
    advises_adult: bool
    needs_adult: bool
    accompanies: bool
    goes_with: int | None  # the type without which this one is not sold
    most: int
    vat_rate: int
    all_days: bool  # a pass: of a festival it is for each day
    covers: list[dict[str, int]]  # the people that one ticket stands for, by slug, each way by itself
    most_places: int | None  # that the public may take of one time of the activity in one booking
    prices: tuple[PriceRule, ...]

    def tickets_at_most(self, people: int) -> int:
        """So many of these one booking may have at a time, of so many people."""
        places = people if self.most_places is None else min(people, self.most_places)
        return min(self.most, places // self.places)

    def price_at(self, start: datetime, holiday: bool) -> int | None:
        """Minor units for a slot that starts at this wall-clock time; None when the type is not sold then."""
        fitting = [price for price in self.prices if price.fits(start, holiday)]
        return max(fitting, key=lambda price: price.rank).minor if fitting else None


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """What rules need to know of an activity."""

    id: int
    kind: Kind
    title: Texts
    needs_admission: bool
    most_places: int | None = None  # that the public may take of one of its times in one booking
    gives_entry: bool = False  # its ticket is entry too, though it is not the entry itself
    part_of: int | None = None  # the festival that it belongs to

    @property
    def is_entry(self) -> bool:
        """Whether its ticket lets into the house: that of the entry itself, or one that is entry too."""
        return not self.needs_admission and (self.kind is Kind.ADMISSION or self.gives_entry)

    def lets_in_to(self, add_on: ActivityFacts) -> bool:
        """Whether who has a ticket of this one may have that one, which is not sold alone.

        What belongs to a festival asks for the festival's own ticket; everything else for entry, in whatever ticket.
        """
        if add_on.part_of is not None:
            return self.id == add_on.part_of
        return self.is_entry


@dataclass(frozen=True, slots=True)
class EventFacts:
    """A show, a workshop, a lecture or the like as visitors read of it."""

    id: int
    slug: str
    kind: Kind
    title: Texts
    summary: Texts
    about: Texts
    minutes: int
    least_age: int | None
    picture: PictureFacts | None
    needs_admission: bool
    gives_entry: bool
    part_of: int | None  # the festival that it belongs to
    on_sale_days: int | None  # before it; None: as the centre says
    active: bool

    def seen_ahead(self, centre: CentreFacts) -> int:
        """How many days ahead its times are shown: as long as it is sold, where that is longer than all else is."""
        return max(centre.on_sale_days, self.on_sale_days or 0)


@dataclass(frozen=True, slots=True)
class Titled:
    """An activity or a ticket type as one chooses it from a list."""

    id: int
    title: Texts
    active: bool


@dataclass(frozen=True, slots=True)
class ListedActivity(Titled):
    """An activity with what staff see of it in the list of all; `space` is the name of its room, if it has one."""

    kind: Kind
    minutes: int
    capacity: int
    space: Texts | None
    slug: str
    picture: PictureFacts | None


PRICE = (
    Price.minor, Price.from_date, Price.until_date, Price.weekdays, Price.from_time, Price.until_time, Price.days,
    Price.rank,
)  # fmt: skip
OFFERED = (
    Offer.activity_id, TicketType.id, TicketType.slug, TicketType.title, TicketType.note, TicketType.proof,
    TicketType.places, TicketType.brings_adult, TicketType.advises_adult, TicketType.needs_adult,
    TicketType.accompanies, TicketType.goes_with_id, TicketType.most, TicketType.vat_rate, TicketType.all_days,
    TicketType.covers,
    Activity.most_places,
)  # fmt: skip
ACTIVITY = (
    Activity.id, Activity.kind, Activity.title, Activity.needs_admission, Activity.most_places, Activity.gives_entry,
    Activity.part_of_id,
)  # fmt: skip
EVENT = (
    Activity.id, Activity.slug, Activity.kind, Activity.title, Activity.summary, Activity.about, Activity.minutes,
    Activity.least_age, Activity.picture, Activity.needs_admission, Activity.gives_entry, Activity.part_of_id,
    Activity.on_sale_days, Activity.active,
)  # fmt: skip


_EVENTS = ReadyStatement(
    select(*EVENT).where(Activity.kind.in_(EVENTS), Activity.active).order_by(Activity.sort, Activity.id)
)
_EVENT = ReadyStatement(select(*EVENT).where(Activity.kind.in_(EVENTS), Activity.slug == bindparam("slug")))
_OFFERS = ReadyStatement(
    select(*OFFERED, *PRICE)
    .join(TicketType, TicketType.id == Offer.ticket_type_id)
    .join(Price, Price.ticket_type_id == TicketType.id)
    .join(Activity, Activity.id == Offer.activity_id)
    .where(Offer.activity_id.in_(bindparam("activities", expanding=True)), TicketType.active)
    .order_by(Offer.activity_id, TicketType.sort, TicketType.id, Price.id)
)
_BOUGHT_TYPES = ReadyStatement(select(*OFFERED[1:-1]).where(TicketType.id.in_(bindparam("types", expanding=True))))
_ACTIVITIES = ReadyStatement(select(*ACTIVITY).where(Activity.id.in_(bindparam("activities", expanding=True))))


def offers_of(activity_ids: Collection[int]) -> Mapping[int, Sequence[TicketOffer]]:
    """The ticket types each of these activities is sold with, in order, in one statement."""
    return used_again((_OFFERS, *sorted(activity_ids)), lambda: _read_offers(activity_ids))


def _read_offers(activity_ids: Collection[int]) -> Mapping[int, Sequence[TicketOffer]]:
    rows = _OFFERS.rows({"activities": sorted(activity_ids)})
    offers: dict[int, list[TicketOffer]] = {activity_id: [] for activity_id in activity_ids}
    for (activity_id, _), group in groupby(rows, key=lambda row: (row[0], row[1])):
        offer_rows = list(group)
        prices = as_values(PriceRule, [row[len(OFFERED) :] for row in offer_rows])
        offers[activity_id] += as_values(TicketOffer, [(*offer_rows[0][: len(OFFERED)], tuple(prices))])
    return offers


def places_of_team(kind: Kind, offers: Iterable[TicketOffer]) -> int:
    """How many places a ticket of a contest takes at least, where each is for a whole team; else 1, as of anything."""
    return min((offer.places for offer in offers), default=1) if kind is Kind.CONTEST else 1


def types_of(ticket_type_ids: Collection[int]) -> dict[int, TicketOffer]:
    """These ticket types by id whether they are on sale or not, without prices: for what was bought already."""
    rows = _BOUGHT_TYPES.rows({"types": sorted(ticket_type_ids)})
    return {offer.ticket_type_id: offer for offer in as_values(TicketOffer, [(0, *row, None, ()) for row in rows])}


def activities(activity_ids: Collection[int]) -> dict[int, ActivityFacts]:
    """These activities by id."""
    rows = _ACTIVITIES.rows({"activities": sorted(activity_ids)})
    return {facts.id: facts for facts in as_values(ActivityFacts, rows)}


def events_on_offer() -> Sequence[EventFacts]:
    """What there is to see on a day, as far as it is offered, in the order of lists; one statement."""
    return used_again(_EVENTS, lambda: as_values(EventFacts, _EVENTS.rows()))


def event_of(slug: str) -> EventFacts | None:
    """The one of them with this name in addresses, offered or not; one statement."""
    row = used_again((_EVENT, slug), lambda: _EVENT.first({"slug": slug}))
    return EventFacts(*row) if row else None


def titled_activities() -> list[Titled]:
    """Every activity there ever was, in the order of lists; one statement."""
    columns = select(Activity.id, Activity.title, Activity.active)
    return as_values(Titled, run(columns.order_by(Activity.sort, Activity.id)))


def titled_festivals() -> list[Titled]:
    """The festivals that are offered, in the order of lists; one statement."""
    columns = select(Activity.id, Activity.title, Activity.active)
    offered = columns.where(Activity.kind == Kind.FESTIVAL, Activity.active)
    return as_values(Titled, run(offered.order_by(Activity.sort, Activity.id)))


def titled_contests() -> list[Titled]:
    """Every contest, those that are no longer offered too; one statement."""
    columns = select(Activity.id, Activity.title, Activity.active)
    return as_values(Titled, run(columns.where(Activity.kind == Kind.CONTEST).order_by(Activity.sort, Activity.id)))


def titled_types() -> list[Titled]:
    """Every ticket type there ever was, in the order of lists; one statement."""
    columns = select(TicketType.id, TicketType.title, TicketType.active)
    return as_values(Titled, run(columns.order_by(TicketType.sort, TicketType.id)))


def active_first(rows: Iterable[Titled]) -> list[Titled]:
    """The same, those that are no longer offered last."""
    return sorted(rows, key=lambda row: not row.active)


def types_sold_for(activity_id: int) -> list[Titled]:
    """The ticket types that an activity is sold with, on sale or not; one statement."""
    columns = select(TicketType.id, TicketType.title, TicketType.active)
    sold = columns.join(Offer, Offer.ticket_type_id == TicketType.id).where(Offer.activity_id == activity_id)
    return as_values(Titled, run(sold.order_by(TicketType.sort)))


def listed_activities() -> list[ListedActivity]:
    """Every activity with its room, those that are offered first; one statement."""
    rows = run(
        select(
            Activity.id,
            Activity.title,
            Activity.active,
            Activity.kind,
            Activity.minutes,
            Activity.capacity,
            Space.name,
            Activity.slug,
            Activity.picture,
        )
        .outerjoin(Space, Space.id == Activity.space_id)
        .order_by(Activity.active.desc(), Activity.sort, Activity.id)
    )
    return as_values(ListedActivity, rows)


def ticket_types() -> Sequence[TicketType]:
    """Every ticket type whole, those that are on sale first; one statement."""
    order = (TicketType.active.desc(), TicketType.sort, TicketType.id)
    return db.session.scalars(select(TicketType).order_by(*order)).all()


def prices_on(day: date) -> dict[int, list[Price]]:
    """The prices that hold on a day, by ticket type, the one that counts before the others first; one statement."""
    prices: dict[int, list[Price]] = {}
    for price in db.session.scalars(select(Price).order_by(Price.rank.desc())):
        if (price.from_date is None or price.from_date <= day) and (not price.until_date or day <= price.until_date):
            prices.setdefault(price.ticket_type_id, []).append(price)
    return prices


def prices_of(ticket_type_id: int) -> Sequence[Price]:
    """Every price of a ticket type, the one that counts before the others first; one statement."""
    prices = select(Price).where(Price.ticket_type_id == ticket_type_id)
    return db.session.scalars(prices.order_by(Price.rank.desc(), Price.id)).all()


def fewest_days_on_sale(activity_ids: Collection[int]) -> int | None:
    """How many days ahead all of these can be booked; None when none of them says so itself. One statement."""
    return db.session.scalar(select(func.min(Activity.on_sale_days)).where(Activity.id.in_(sorted(activity_ids))))
