"""What is sold at some times now: the times, their activities, tickets and prices, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, select

from booking.bookings.models import Booking, State
from booking.capacity.availability import Free, read_with_draws, with_draws
from booking.capacity.models import Channel
from booking.catalogue.models import Activity, Offer, Price, TicketType
from booking.catalogue.queries import ACTIVITY, OFFERED, PRICE, ActivityFacts, PriceRule, TicketOffer
from booking.centre.facts import CentreFacts, is_public_holiday
from booking.kernel.database import UTCDateTime, as_values, run


@dataclass(frozen=True, slots=True)
class Sale:
    """The times in question and what is sold there today.

    `draws` are what each draws on; `ran_out` tells that there are holds whose time is over and that nobody has ended.
    """

    slots: Mapping[int, Free]
    activities: Mapping[int, ActivityFacts]
    offers: Mapping[tuple[int, int], TicketOffer]  # by activity and ticket type
    draws: Mapping[int, list[int]]
    ran_out: bool
    channel: Channel
    centre: CentreFacts
    now: datetime

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


def sale_at(slot_ids: Collection[int], channel: Channel, centre: CentreFacts, now: datetime) -> Sale:
    """What is sold at these times, whichever exist, in one statement."""
    slots, activities, offers, draws, ran_out = {}, {}, {}, {}, False
    rows = run(_sale(channel), {"ids": sorted(slot_ids), "now": now}).all()
    for _key, group in groupby(rows, key=lambda row: (row[0], row[_OFFER_AT + 1])):
        same = list(group)
        free, drawn, ran_out, activity, offer = _parts(same[0])
        slots[free.slot_id], draws[free.slot_id], activities[activity.id] = free, drawn, activity
        prices = as_values(PriceRule, (row[_PRICE_AT:] for row in same))
        if offer[1] is not None and prices[0].minor is not None:
            (offers[activity.id, offer[1]],) = as_values(TicketOffer, [(*offer, tuple(prices))])
    return Sale(slots, activities, offers, draws, ran_out, channel, centre, now)


_FREE = 10  # columns of a slot with what it draws on
_ACTIVITY_AT = _FREE + 1
_OFFER_AT = _ACTIVITY_AT + len(ACTIVITY)
_PRICE_AT = _OFFER_AT + len(OFFERED)


def _parts(row: Sequence[Any]) -> tuple[Free, list[int], bool, ActivityFacts, tuple[Any, ...]]:
    free, drawn = read_with_draws(row[:_FREE])
    return free, drawn, bool(row[_FREE]), ActivityFacts(*row[_ACTIVITY_AT:_OFFER_AT]), tuple(row[_OFFER_AT:_PRICE_AT])


@cache
def _sale(channel: Channel) -> Select[tuple[Any, ...]]:
    free = with_draws(channel).subquery("free")
    ran_out = exists().where(Booking.held_until <= bindparam("now", type_=UTCDateTime), Booking.state == State.HELD)
    return (
        select(*free.c, ran_out, *ACTIVITY, *OFFERED, *PRICE)
        .join(Activity, Activity.id == free.c.activity_id)
        .outerjoin(Offer, Offer.activity_id == Activity.id)
        .outerjoin(TicketType, and_(TicketType.id == Offer.ticket_type_id, TicketType.active))
        .outerjoin(Price, Price.ticket_type_id == TicketType.id)
        .order_by(free.c.id, TicketType.sort, TicketType.id, Price.id)
    )
