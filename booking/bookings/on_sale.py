"""What is sold at some times now: the times, their activities, tickets and prices, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, exists, func, literal_column, select
from sqlalchemy.orm import aliased

from booking.bookings.models import Booking, State
from booking.bookings.refusals import NotOnSale
from booking.capacity.models import Channel, Draw, Slot, SlotStatus
from booking.capacity.places import Closed
from booking.catalogue.models import Activity, Offer, Price, TicketType
from booking.catalogue.queries import ACTIVITY, OFFERED, PRICE, ActivityFacts, PriceRule, TicketOffer
from booking.centre.facts import CentreFacts, is_public_holiday
from booking.kernel.database import UTCDateTime, as_values, run


@dataclass(frozen=True, slots=True)
class SaleTime:
    """A time that somebody chose: when it is and when it is sold, and what it draws on."""

    slot_id: int
    activity_id: int
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    is_open: bool  # and all that it draws on too
    draws: list[int]


@dataclass(frozen=True, slots=True)
class Sale:
    """The times in question and what is sold there today; `ran_out`: there are holds whose time is over, not ended."""

    slots: Mapping[int, SaleTime]
    activities: Mapping[int, ActivityFacts]
    offers: Mapping[tuple[int, int], TicketOffer]  # by activity and ticket type
    ran_out: bool
    channel: Channel
    centre: CentreFacts
    now: datetime

    @property
    def draws(self) -> dict[int, list[int]]:
        """What each time draws on."""
        return {slot_id: slot.draws for slot_id, slot in self.slots.items()}

    def offer(self, slot_id: int, ticket_type_id: int) -> TicketOffer | None:
        """The ticket type as it is sold at a time now."""
        return self.offers.get((self.slots[slot_id].activity_id, ticket_type_id))

    def price(self, slot_id: int, ticket_type_id: int) -> int | None:
        """What the ticket type costs at a time now; None where it is not sold."""
        offer = self.offer(slot_id, ticket_type_id)
        return None if offer is None else price_today(offer, self.slots[slot_id].starts_at, self.centre)


def price_today(offer: TicketOffer, starts_at: datetime, centre: CentreFacts) -> int | None:
    """What a ticket type costs now at a time that begins then, in minor units; None where it is not sold."""
    start = centre.local(starts_at)
    return offer.price_at(start, is_public_holiday(centre.country, start.date()))


def check_on_sale(slot: SaleTime, channel: Channel, now: datetime) -> None:
    """Whether a time is sold now. Raises Closed, NotOnSale."""
    if not slot.is_open:
        raise Closed(slot.slot_id)
    if slot.opens_at is not None and slot.opens_at > now and channel is not Channel.DESK:
        raise NotOnSale(slot.slot_id, slot.opens_at)
    ends = slot.ends_at if channel is Channel.DESK else slot.closes_at or slot.starts_at
    if ends <= now:
        raise NotOnSale(slot.slot_id, None)


_below = aliased(Slot)
_SHUT_BELOW = exists().where(Draw.slot_id == Slot.id, _below.id == Draw.on_slot_id, _below.status != SlotStatus.OPEN)
_DRAWS = select(func.aggregate_strings(cast(Draw.on_slot_id, String), ",")).where(Draw.slot_id == Slot.id)
# The state literally: asked often, PostgreSQL keeps one plan for whatever state is given, thinks that it will soon meet
# such a booking, and goes through all that there ever were, since there is none.
_HELD: ColumnElement[str] = literal_column(f"'{State.HELD.value}'")
_RAN_OUT = exists().where(Booking.held_until <= bindparam("now", type_=UTCDateTime), Booking.state == _HELD)
_TIME = (
    Slot.id, Slot.activity_id, Slot.starts_at, Slot.ends_at, Slot.opens_at, Slot.closes_at,
    and_(Slot.status == SlotStatus.OPEN, ~_SHUT_BELOW), _DRAWS.scalar_subquery(),
)  # fmt: skip
_SALE = (
    select(*_TIME, _RAN_OUT, *ACTIVITY, *OFFERED, *PRICE)
    .select_from(Slot)
    .join(Activity, Activity.id == Slot.activity_id)
    .outerjoin(Offer, Offer.activity_id == Activity.id)
    .outerjoin(TicketType, and_(TicketType.id == Offer.ticket_type_id, TicketType.active))
    .outerjoin(Price, Price.ticket_type_id == TicketType.id)
    .where(Slot.id.in_(bindparam("ids", expanding=True)))
    .order_by(Slot.id, TicketType.sort, TicketType.id, Price.id)
)
# Where in a row each of them begins.
_RAN_OUT_AT = len(_TIME)
_ACTIVITY_AT = _RAN_OUT_AT + 1
_OFFER_AT = _ACTIVITY_AT + len(ACTIVITY)
_TYPE_AT = _OFFER_AT + 1
_PRICE_AT = _OFFER_AT + len(OFFERED)


def sale_at(slot_ids: Collection[int], channel: Channel, centre: CentreFacts, now: datetime) -> Sale:
    """What is sold at these times, whichever exist, in one statement."""
    slots: dict[int, SaleTime] = {}
    activities: dict[int, ActivityFacts] = {}
    offers: dict[tuple[int, int], TicketOffer] = {}
    rows = run(_SALE, {"ids": sorted(slot_ids), "now": now}).all()
    for (slot_id, ticket_type_id), group in groupby(rows, key=lambda row: (row[0], row[_TYPE_AT])):
        same = list(group)
        *time, is_open, draws = same[0][:_RAN_OUT_AT]
        drawn = [int(below) for below in draws.split(",")] if draws else []
        (slots[slot_id],) = as_values(SaleTime, [(*time, bool(is_open), drawn)])
        (activity,) = as_values(ActivityFacts, [same[0][_ACTIVITY_AT:_OFFER_AT]])
        activities[activity.id] = activity
        prices = as_values(PriceRule, [row[_PRICE_AT:] for row in same])
        if ticket_type_id is not None and prices[0].minor is not None:
            offer = (*same[0][_OFFER_AT:_PRICE_AT], tuple(prices))
            (offers[activity.id, ticket_type_id],) = as_values(TicketOffer, [offer])
    ran_out = bool(rows and rows[0][_RAN_OUT_AT])
    return Sale(slots, activities, offers, ran_out, channel, centre, now)
