"""The page of one show, workshop or event: what it is, for whom, when next, and the way to tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus

from flask import render_template
from flask.typing import ResponseReturnValue

from booking.bookings.by_code.beforehand import beforehand
from booking.capacity.availability import Availability, Free, FreeShow, programme_between, slots_between
from booking.capacity.models import Channel
from booking.catalogue.models import Kind
from booking.catalogue.queries import EventFacts, TicketOffer, event_of, events_on_offer, offers_of
from booking.centre.facts import CentreFacts
from booking.contests.room import teams_sold
from booking.kernel import clock
from booking.kernel.database import Texts
from booking.web.blueprints import visitor
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.visitor.choosing import TicketChoice, choices_of, with_days
from booking.web.visitor.whats_on.cards import SOLD, TOLD, EventCard, kind_words, prices_by_offer, standing_of
from booking.web.visitor.whats_on.entry_days import entry_days, full_without_entry, needs_entry
from booking.web.visitor.whats_on.listing import cards_of_all
from booking.web.visitor.whats_on.structured import Data, event_data

AT_ONCE = 9  # times that are shown before one asks for more
OTHERS = 3
LONGEST_SLUG = 60


@dataclass(frozen=True, slots=True)
class EventTime:
    """One time of it, and whether it can be had. In a contest a `team` takes so many places."""

    slot: Free
    standing: Availability
    team: int

    @property
    def is_sold(self) -> bool:
        """Whether one place at least can be bought now."""
        return self.standing in SOLD


@dataclass(frozen=True, slots=True)
class FestivalDay:
    """A day of a festival: the time that its ticket is for, and what is on its programme."""

    slot: Free
    standing: Availability
    sessions: Sequence[FreeShow]

    @property
    def is_sold(self) -> bool:
        """Whether one place at least can be bought now."""
        return self.standing in SOLD


@dataclass(frozen=True, slots=True)
class EventPage:
    """What it is, what it costs at its next time, and its times: the next ones, and those after them."""

    event: EventFacts
    kind: str
    prices: Sequence[TicketChoice]
    times: Sequence[EventTime]
    more: Sequence[EventTime]
    programme: Sequence[FestivalDay]
    festival: EventFacts | None  # on whose programme it is
    days_ahead: int
    data: Data  # for search engines


@dataclass(frozen=True, slots=True)
class NotOnPage:
    """In place of what is not offered any more, or never was: some of what is."""

    title: Texts | None
    others: Sequence[EventCard]

    def kind_words(self, card: EventCard) -> str:
        """What one of its kind is called."""
        return kind_words(card.kind)


@visitor.get("/whats-on/<slug>")
@public
def event(slug: str) -> ResponseReturnValue:
    """One of what is on; in four statements, and one more for a festival, or for what is on its programme."""
    activity = event_of(slug) if len(slug) <= LONGEST_SLUG and "\x00" not in slug else None
    if activity is None or not activity.active:
        return _not_on(activity), HTTPStatus.NOT_FOUND
    facts, now = centre(), clock.now()
    slots = _slots(activity, facts, now)
    offers = offers_of({activity.id}) if slots else {}
    teams = teams_sold(offers if activity.kind is Kind.CONTEST else {})
    team = teams.size(activity.id)
    times = [EventTime(slot, standing_of(slot, facts, teams), team) for slot in slots]
    next_slots = [its.slot for its in times[:AT_ONCE]]
    page = EventPage(
        event=activity,
        kind=kind_words(activity.kind),
        prices=_prices(times, offers, facts),
        times=times[:AT_ONCE],
        more=times[AT_ONCE:],
        programme=_programme(activity, times, facts, now) if activity.kind is Kind.FESTIVAL and times else [],
        festival=_festival_of(activity),
        days_ahead=activity.seen_ahead(facts),
        data=event_data(activity, next_slots, prices_by_offer(next_slots, offers, facts)),
    )
    return render_template("visitor/event.html", page=page)


def _slots(event: EventFacts, facts: CentreFacts, now: datetime) -> list[Free]:
    """Its times; of those that are shown at once, what needs entry is full where nobody gets in before it."""
    until = now + timedelta(days=event.seen_ahead(facts))
    slots = [slot for slot in slots_between(event.id, now, until, Channel.PUBLIC, now) if _is_told(slot, facts)]
    if slots and needs_entry(event):
        first, last = (facts.local(slot.starts_at).date() for slot in (slots[0], slots[:AT_ONCE][-1]))
        slots = full_without_entry(slots, entry_days(first, last, facts))
    return slots


def _is_told(slot: Free, facts: CentreFacts) -> bool:
    return slot.standing(1, facts.few_left, clock.now()) in TOLD


def _programme(
    festival: EventFacts, times: Sequence[EventTime], facts: CentreFacts, now: datetime
) -> list[FestivalDay]:
    """What is on each day of a festival, in order of time; a day without a programme of its own is not told."""
    begin, end = times[0].slot.starts_at, max(its.slot.ends_at for its in times)
    sessions: dict[date, list[FreeShow]] = {}
    for show in programme_between(festival.id, begin, end, Channel.PUBLIC, now):
        if show.open:
            sessions.setdefault(facts.local(show.starts_at).date(), []).append(show)
    days = ((its, sessions.get(facts.local(its.slot.starts_at).date())) for its in times)
    return [FestivalDay(its.slot, its.standing, on_programme) for its, on_programme in days if on_programme]


def _festival_of(activity: EventFacts) -> EventFacts | None:
    if activity.part_of is None:
        return None
    return next((festival for festival in events_on_offer() if festival.id == activity.part_of), None)


def _prices(
    times: Sequence[EventTime], offers: Mapping[int, Sequence[TicketOffer]], facts: CentreFacts
) -> list[TicketChoice]:
    """What it is sold with at the first time that can be had, else at the next."""
    first = next((its for its in times if its.is_sold), times[0] if times else None)
    if first is None:
        return []
    sold = choices_of(first.slot, offers, facts, {}, {}, 0, beforehand(Channel.PUBLIC, facts, clock.now()))
    return with_days(first.slot, sold, Channel.PUBLIC, facts)


def _not_on(activity: EventFacts | None) -> str:
    facts, now = centre(), clock.now()
    others = [card for card in cards_of_all(events_on_offer(), facts, now) if card.slot]
    page = NotOnPage(activity.title if activity else None, others[:OTHERS])
    return render_template("visitor/not_on.html", page=page)
