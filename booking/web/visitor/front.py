"""The front page: what is on, when there is room next, and the three doors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from flask import render_template

from booking.bookings.by_code.beforehand import beforehand
from booking.bookings.queries import OwnBasket
from booking.capacity.availability import Availability, Free, FreeShow, all_between
from booking.capacity.models import Channel
from booking.catalogue.models import Kind
from booking.catalogue.queries import TicketOffer, offers_of
from booking.centre.facts import CentreFacts, is_public_holiday
from booking.centre.opening import Doors, Hours, Open, doors_on, load_hours
from booking.centre.partners import PartnerFacts, partners
from booking.contests.room import teams_in
from booking.kernel import clock
from booking.kernel.database import Texts
from booking.web.blueprints import visitor
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.visitor.basket import own_basket
from booking.web.visitor.whats_on.cards import EventCard, cards_of_shows, kind_words, prices_by_offer
from booking.web.visitor.whats_on.entry_days import EntryDays, entry_days_of, needs_entry
from booking.web.visitor.whats_on.structured import Data, museum_data

PARTY = 2
SHOWN = 6  # of what is on
PRICES = 2  # ticket types whose price is told
SOON = timedelta(days=14)
LATER = timedelta(days=120)
FITTING = (Availability.FREE, Availability.FEW)


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What is on today or next, what it costs, and the visitor's own basket."""

    today: Today | None
    next_times: list[Free]
    is_soon: bool
    prices: list[PriceFrom]
    events: list[EventCard]
    partners: Sequence[PartnerFacts]
    basket: OwnBasket | None
    party: int
    data: Data  # for search engines

    def kind_words(self, kind: Kind) -> str:
        """What one of a kind is called."""
        return kind_words(kind)


@dataclass(frozen=True, slots=True)
class PriceFrom:
    """What entry costs for one kind of person, in minor units: the least in the time that is looked at."""

    title: Texts
    least: int
    is_one_price: bool


@dataclass(frozen=True, slots=True)
class Today:
    """When one can come in today, if still, and when next. A day off is closed all day, perhaps for a reason."""

    opens: datetime | None = None
    closes: datetime | None = None
    is_open: bool = False
    is_day_off: bool = False
    reason: Texts = field(default_factory=dict)
    next: datetime | None = None


@visitor.get("/")
@public
def front() -> str:
    """What is on, or what is next: however long the house is closed, there is something to look forward to."""
    now, facts = clock.now(), centre()
    times, is_soon, events = _ahead(facts, now)
    hours = load_hours()
    offers = offers_of({slot.activity_id for slot in (*times[:1], *events)})
    prices = _prices(times, offers.get(times[0].activity_id, ()) if times else (), facts)
    return render_template(
        "visitor/front.html",
        page=FrontPage(
            today=_today(facts, now, hours),
            next_times=_spread(times, facts),
            is_soon=is_soon,
            prices=prices,
            events=cards_of_shows(events, prices_by_offer(events, offers, facts)),
            partners=partners(),
            basket=own_basket(),
            party=PARTY,
            data=museum_data([(each.title, each.least) for each in prices], facts.local(now).date(), hours),
        ),
    )


def _ahead(facts: CentreFacts, now: datetime) -> tuple[list[Free], bool, list[FreeShow]]:
    """The times that one could have, whether any of them is soon, and what is on; in one statement where all is."""
    entries, shows = all_between(now - timedelta(hours=1), now + SOON, Channel.PUBLIC, now)
    soon, events = _fitting(entries, facts, now), _coming(shows, entry_days_of(entries, now + SOON, facts), now)
    if soon and events:
        return soon, True, events
    later, later_shows = all_between(now + SOON, now + LATER, Channel.PUBLIC, now)
    events = events or _coming(later_shows, entry_days_of(later, now + LATER, facts), now)
    return soon or _fitting(later, facts, now), bool(soon), events


def _today(facts: CentreFacts, now: datetime, hours: Hours) -> Today | None:
    """The doors of this moment; None for a centre that has not said when it is open."""
    if not any(hours):
        return None
    local = facts.local(now)
    doors = doors_on(local.date(), *hours)
    following = _on(doors, facts)
    if not isinstance(doors.today, Open):
        return Today(is_day_off=True, reason=doors.today.reason, next=following)
    opens, closes = (
        datetime.combine(local.date(), wall, facts.zone) for wall in (doors.today.public_from, doors.today.closes)
    )
    if now >= closes:
        return Today(next=following)
    return Today(opens, closes, is_open=now >= opens)


def _on(doors: Doors, facts: CentreFacts) -> datetime | None:
    if doors.next_day is None or doors.next_from is None:
        return None
    return datetime.combine(doors.next_day, doors.next_from, facts.zone)


def _fitting(entries: Iterable[Free], facts: CentreFacts, now: datetime) -> list[Free]:
    return [slot for slot in entries if slot.standing(PARTY, facts.few_left, now) in FITTING]


def _coming(shows: Sequence[FreeShow], entry: EntryDays, now: datetime) -> list[FreeShow]:
    """The next run of each that has room, and the house before it, in order of time."""
    first: dict[int, FreeShow] = {}
    teams = teams_in(shows)
    for show in shows:
        gets_in = entry.lets_in_to(show) or not needs_entry(show)
        if gets_in and show.starts_at >= now and teams.standing(show, 0, now) in FITTING:
            first.setdefault(show.activity_id, show)
    return list(first.values())[:SHOWN]


def _prices(fitting: Sequence[Free], offers: Iterable[TicketOffer], facts: CentreFacts) -> list[PriceFrom]:
    """What the first ticket types that cost something cost, at the times that one could have."""
    starts = [facts.local(slot.starts_at) for slot in fitting]
    days = [(start, is_public_holiday(facts.country, start.date())) for start in starts]
    of_one = (offer for offer in offers if offer.places == 1)
    lowering = beforehand(Channel.PUBLIC, facts, clock.now())
    sums = (
        (
            offer,
            {
                lowering.of_ticket(offer.activity_id, offer.ticket_type_id, at[0], price).price
                for at in days
                if (price := offer.price_at(*at))
            },
        )
        for offer in of_one
    )
    costing = (PriceFrom(offer.title, min(its), len(its) == 1) for offer, its in sums if its)
    return list(islice(costing, PRICES))


def _spread(slots: Sequence[Free], facts: CentreFacts) -> list[Free]:
    """The next two times of each of the next days."""
    shown: dict[date, list[Free]] = {}
    for slot in slots:
        shown.setdefault(facts.local(slot.starts_at).date(), []).append(slot)
    return [slot for day in list(shown.values())[:3] for slot in day[:2]]
