"""What somebody chose, checked and priced from ids and quantities only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.bookings.rules import (
    Chosen,
    NeedsAdmission,
    Nothing,
    NotOnSale,
    SeveralDays,
    TooMany,
    TooManyPlaces,
    Unknown,
    check_party,
)
from booking.capacity.availability import Free, slots_by_id
from booking.capacity.models import Channel
from booking.capacity.places import Closed, Want
from booking.catalogue.models import FOR_THE_PUBLIC
from booking.catalogue.queries import ActivityFacts, TicketOffer, activities, offers_of
from booking.centre.facts import CentreFacts, is_public_holiday
from booking.kernel.database import Texts


@dataclass(frozen=True, slots=True)
class Pick:
    """So many of one ticket type in one slot, as chosen: ids and a quantity, never a price."""

    slot_id: int
    ticket_type_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A pick with its words and its price in minor units."""

    slot_id: int
    ticket_type_id: int
    activity_title: Texts
    ticket_title: Texts
    quantity: int
    admits: int
    unit_price: int
    vat_rate: int


@dataclass(frozen=True, slots=True)
class Basket:
    """Everything one buyer wants, priced. `people` is the most in the house at once, `total` in minor units."""

    lines: tuple[PricedLine, ...]
    people: int
    total: int
    starts_at: datetime

    @property
    def wants(self) -> list[Want]:
        """The places to take."""
        return [Want(line.slot_id, line.quantity * line.admits) for line in self.lines]


BoughtPrices = Mapping[tuple[int, int], int]  # (slot id, ticket type id) → unit price already agreed


def price(
    picks: Collection[Pick],
    channel: Channel,
    centre: CentreFacts,
    now: datetime,
    bought: BoughtPrices | None = None,
) -> Basket:
    """Check and price what was chosen, in three statements.

    What is `bought` keeps its price and may be kept although its sale has ended. Raises Nothing, Unknown, TooMany,
    TooManyPlaces,
    NeedsAdult, CompanionAlone, NotOnSale, Closed, SeveralDays or NeedsAdmission; never Full: only the taking knows.
    """
    bought = bought or {}
    picks = _summed(picks)
    if not picks:
        raise Nothing
    slots = {slot.slot_id: slot for slot in slots_by_id({pick.slot_id for pick in picks}, channel, now)}
    if len(slots) < len({pick.slot_id for pick in picks}):
        raise Unknown
    facts = activities({slot.activity_id for slot in slots.values()})
    if channel is Channel.PUBLIC and any(activity.kind not in FOR_THE_PUBLIC for activity in facts.values()):
        raise Unknown
    offers = {
        (activity_id, offer.ticket_type_id): offer
        for activity_id, some in offers_of(facts.keys()).items()
        for offer in some
    }
    lines: list[PricedLine] = []
    chosen: dict[int, list[Chosen]] = defaultdict(list)
    for pick in picks:
        slot = slots[pick.slot_id]
        offer = offers.get((slot.activity_id, pick.ticket_type_id))
        if offer is None:
            raise Unknown
        agreed = bought.get((pick.slot_id, pick.ticket_type_id))
        unit_price = agreed if agreed is not None else _price_now(slot, offer, centre, channel, now)
        lines.append(_line(pick, facts[slot.activity_id], offer, unit_price))
        chosen[slot.slot_id].append(Chosen(offer, pick.quantity))
    for some in chosen.values():
        check_party(some)
    if channel is Channel.PUBLIC:
        _check_places(slots, facts, lines)
    people = _check_day(slots, facts, lines, centre)
    if people > centre.most_people and channel is Channel.PUBLIC:
        raise TooMany(centre.most_people)
    return Basket(
        lines=tuple(lines),
        people=people,
        total=sum(line.unit_price * line.quantity for line in lines),
        starts_at=min(slot.starts_at for slot in slots.values()),
    )


def _summed(picks: Collection[Pick]) -> list[Pick]:
    quantities: dict[tuple[int, int], int] = defaultdict(int)
    for pick in picks:
        quantities[pick.slot_id, pick.ticket_type_id] += pick.quantity
    return [Pick(*key, quantity) for key, quantity in sorted(quantities.items()) if quantity > 0]


def _price_now(slot: Free, offer: TicketOffer, centre: CentreFacts, channel: Channel, now: datetime) -> int:
    if not slot.open:
        raise Closed(slot.slot_id)
    if slot.opens_at is not None and slot.opens_at > now and channel is not Channel.DESK:
        raise NotOnSale(slot.slot_id, slot.opens_at)
    ends = slot.ends_at if channel is Channel.DESK else slot.closes_at or slot.starts_at
    if ends <= now:
        raise NotOnSale(slot.slot_id, None)
    start = centre.local(slot.starts_at)
    unit_price = offer.price_at(start, is_public_holiday(centre.country, start.date()))
    if unit_price is None:
        raise Unknown
    return unit_price


def _line(pick: Pick, activity: ActivityFacts, offer: TicketOffer, unit_price: int) -> PricedLine:
    return PricedLine(
        slot_id=pick.slot_id,
        ticket_type_id=pick.ticket_type_id,
        activity_title=activity.title,
        ticket_title=offer.title,
        quantity=pick.quantity,
        admits=offer.places,
        unit_price=unit_price,
        vat_rate=offer.vat_rate,
    )


def _check_places(slots: Mapping[int, Free], facts: Mapping[int, ActivityFacts], lines: Sequence[PricedLine]) -> None:
    """No more of one time than its activity allows in a booking. Raises TooManyPlaces."""
    places: dict[int, int] = defaultdict(int)
    for line in lines:
        places[line.slot_id] += line.quantity * line.admits
    for slot_id, wanted in places.items():
        activity = facts[slots[slot_id].activity_id]
        if activity.most_places is not None and wanted > activity.most_places:
            raise TooManyPlaces(activity.most_places, activity.title)


def _check_day(
    slots: Mapping[int, Free],
    facts: Mapping[int, ActivityFacts],
    lines: Sequence[PricedLine],
    centre: CentreFacts,
) -> int:
    """One day, and nobody at a show who has no entry by then; returns how many people come."""
    if len({centre.local(slot.starts_at).date() for slot in slots.values()}) > 1:
        raise SeveralDays
    people: dict[int, int] = defaultdict(int)
    for line in lines:
        people[line.slot_id] += line.quantity * line.admits
    with_entry = {
        slot_id: count for slot_id, count in people.items() if not facts[slots[slot_id].activity_id].needs_admission
    }
    for slot_id, count in people.items():
        if slot_id in with_entry:
            continue
        inside = sum(
            others for other, others in with_entry.items() if slots[other].starts_at <= slots[slot_id].starts_at
        )
        if count > inside:
            raise NeedsAdmission(slot_id)
    return sum(with_entry.values())
