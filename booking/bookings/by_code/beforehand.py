"""What campaigns without a code take off before anybody has ordered: one ticket by itself, and all that is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from booking.bookings.by_code.discounted import may_have_more
from booking.bookings.queries import BookingFacts
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts
from booking.discounts import queries
from booking.discounts.models import DiscountWay
from booking.discounts.rules import CampaignFacts, TicketsPriced, best, lowest
from booking.kernel.database import Texts


@dataclass(frozen=True, slots=True)
class ShownPrice:
    """What a ticket costs by itself, what it costs without discount, and which campaigns make the difference."""

    price: int
    full: int
    names: tuple[Texts, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownSum:
    """What all that is chosen comes to, without and with discount, and what each campaign takes off; minor units."""

    price: int
    full: int
    off: tuple[tuple[Texts, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Beforehand:
    """The campaigns that take themselves off what is bought today."""

    campaigns: tuple[CampaignFacts, ...] = ()
    today: date = date.min

    @property
    def adds_up(self) -> bool:
        """Whether an order always costs what its tickets cost by themselves."""
        return len(self.campaigns) == len(self.of_each) and (
            len(self.campaigns) < 2 or all(campaign.stacks for campaign in self.campaigns)
        )

    @property
    def of_each(self) -> tuple[CampaignFacts, ...]:
        """Those that lower any number of tickets, each by itself."""
        return tuple(
            campaign
            for campaign in self.campaigns
            if campaign.way is not DiscountWay.ORDER and campaign.most_tickets is None
        )

    def on(self, activity_id: int, ticket_type_id: int, day: date) -> tuple[CampaignFacts, ...]:
        """Those that lower such a ticket by itself at some time of a day."""
        return tuple(
            campaign for campaign in self.of_each if campaign.fits_day(activity_id, ticket_type_id, day, self.today)
        )

    def of_ticket(self, activity_id: int, ticket_type_id: int, start: datetime, price: int) -> ShownPrice:
        """What a ticket costs by itself at a time, by the wall clock."""
        if not self.campaigns:
            return ShownPrice(price, price)
        there = [
            campaign
            for campaign in self.on(activity_id, ticket_type_id, start.date())
            if campaign.fits_time(start.time())
        ]
        lower, used = lowest(price, there)
        return ShownPrice(lower, price, tuple(campaign.name for campaign in used))

    def of_order(self, tickets: Sequence[TicketsPriced]) -> ShownSum:
        """What these cost together, as they would be held."""
        full = sum(those.price * those.quantity for those in tickets)
        if not self.campaigns or not tickets:
            return ShownSum(full, full)
        order = best(tickets, self.campaigns, self.today)
        off = {campaign.id: 0 for campaign in order.campaigns}
        for part in order.tickets:
            for campaign_id, each in part.discounts:
                off[campaign_id] += each * part.quantity
        return ShownSum(order.total, full, tuple((campaign.name, off[campaign.id]) for campaign in order.campaigns))


def beforehand(channel: Channel, centre: CentreFacts, now: datetime) -> Beforehand:
    """What takes itself off now, in one statement; in none in a house without campaigns."""
    if not centre.has_campaigns:
        return Beforehand()
    today = centre.local(now).date()
    return Beforehand(tuple(queries.automatic(channel, today)), today)


def beforehand_of_more(facts: BookingFacts, centre: CentreFacts, now: datetime) -> Beforehand:
    """What takes itself off what is added to a booking now, in two statements at most."""
    return Beforehand(may_have_more(facts, facts.lines, centre, now).campaigns, centre.local(now).date())
