"""A show, a workshop or an event as lists show it: what it is, when next, what it costs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import pgettext

from booking.bookings.by_code.beforehand import beforehand
from booking.capacity.availability import Availability, Free, FreeShow
from booking.capacity.models import Channel
from booking.catalogue.models import Kind
from booking.catalogue.queries import EventFacts, TicketOffer, offers_of
from booking.centre.facts import CentreFacts
from booking.contests.room import Teams
from booking.kernel import clock
from booking.kernel.database import Texts
from booking.pictures.facts import PictureFacts
from booking.web.languages import centre
from booking.web.visitor.choosing import choices_of

SOLD = (Availability.FREE, Availability.FEW)
TOLD = (*SOLD, Availability.FULL, Availability.NOT_YET)


@dataclass(frozen=True, slots=True)
class LowestPrice:
    """What the cheapest place costs (minor units), and whether there are dearer ones.

    A ticket takes `places` at least: more than one where it is for a family, or for a team. `full` is what it costs
    without the campaigns of these names, which take themselves off.
    """

    minor: int
    is_lowest_of_several: bool
    places: int
    full: int
    names: tuple[Texts, ...] = ()


@dataclass(frozen=True, slots=True)
class EventCard:
    """One of what is on with one of its times; None where it has none. In a contest a `team` takes so many places."""

    slug: str
    kind: Kind
    title: Texts
    summary: Texts
    minutes: int
    least_age: int | None
    picture: PictureFacts | None
    slot: Free | None
    standing: Availability
    price: LowestPrice | None
    team: int = 1


def kind_words(kind: Kind) -> str:
    """What a visitor calls one of what is on."""
    names = {
        Kind.SHOW: pgettext("kind of activity", "Show"),
        Kind.WORKSHOP: _("Workshop"),
        Kind.EVENT: _("Event"),
        Kind.LECTURE: _("Lecture"),
        Kind.FESTIVAL: _("Festival"),
        Kind.CONTEST: _("Contest"),
    }
    return str(names.get(kind, ""))


def kinds_words(kind: Kind) -> str:
    """What a visitor calls all of a kind of what is on."""
    names = {
        Kind.SHOW: _("Shows"),
        Kind.WORKSHOP: _("Workshops"),
        Kind.EVENT: _("Events"),
        Kind.LECTURE: _("Lectures"),
        Kind.FESTIVAL: _("Festivals"),
        Kind.CONTEST: _("Contests"),
    }
    return str(names.get(kind, ""))


def standing_of(slot: Free, facts: CentreFacts, teams: Teams) -> Availability:
    """How a slot looks now to the smallest party that could come."""
    return teams.standing(slot, facts.few_left, clock.now())


def first_to_come(slots: Iterable[Free], facts: CentreFacts, teams: Teams) -> dict[int, Free]:
    """Of each activity the first time that can be had, else the first that is told of; slots in order of time."""
    first: dict[int, Free] = {}
    for slot in slots:
        standing = standing_of(slot, facts, teams)
        there = first.get(slot.activity_id)
        if standing in SOLD and (there is None or standing_of(there, facts, teams) not in SOLD):
            first[slot.activity_id] = slot
        elif standing in TOLD:
            first.setdefault(slot.activity_id, slot)
    return first


def lowest_prices(slots: Collection[Free], facts: CentreFacts) -> dict[int, LowestPrice]:
    """What the cheapest place of each slot costs, by the slot's id; in one statement, in two with campaigns.

    None for no slots.
    """
    return prices_by_offer(slots, offers_of({slot.activity_id for slot in slots}), facts) if slots else {}


def prices_by_offer(
    slots: Iterable[Free], offers: Mapping[int, Sequence[TicketOffer]], facts: CentreFacts
) -> dict[int, LowestPrice]:
    """As `lowest_prices`, with what they are sold with."""
    prices: dict[int, LowestPrice] = {}
    lowering = beforehand(Channel.PUBLIC, facts, clock.now())
    for slot in slots:
        choices = choices_of(slot, offers, facts, {}, {}, 0, lowering)
        least = min(choices, key=lambda choice: choice.price, default=None)
        if least is not None:
            several = len({choice.price for choice in choices}) > 1
            places = min(choice.offer.places for choice in choices)
            prices[slot.slot_id] = LowestPrice(least.price, several, places, least.full, least.names)
    return prices


def cards_of_shows(shows: Sequence[FreeShow], prices: dict[int, LowestPrice] | None = None) -> list[EventCard]:
    """A card for each of these times, in their order."""
    facts = centre()
    prices = lowest_prices(shows, facts) if prices is None else prices
    return [_card(show, show, facts, prices) for show in shows]


def cards_of_activities(activities: Sequence[EventFacts], first: dict[int, Free]) -> list[EventCard]:
    """A card for each activity with its first time: in order of time, those without one last."""
    facts = centre()
    prices = lowest_prices(list(first.values()), facts)
    ordered = sorted(activities, key=lambda each: (each.id not in first, _start_in(first, each.id)))
    return [_card(activity, first.get(activity.id), facts, prices) for activity in ordered]


def _start_in(first: dict[int, Free], activity_id: int) -> float:
    slot = first.get(activity_id)
    return slot.starts_at.timestamp() if slot else 0.0


def _card(
    words: EventFacts | FreeShow, slot: Free | None, facts: CentreFacts, prices: dict[int, LowestPrice]
) -> EventCard:
    price = prices.get(slot.slot_id) if slot else None
    team = price.places if price and words.kind is Kind.CONTEST else 1
    teams = Teams({slot.activity_id: team} if slot else {})
    return EventCard(
        slug=words.slug,
        kind=words.kind,
        title=words.title,
        summary=words.summary,
        minutes=words.minutes,
        least_age=words.least_age,
        picture=words.picture,
        slot=slot,
        standing=standing_of(slot, facts, teams) if slot else Availability.CLOSED,
        price=price,
        team=team,
    )
