"""What campaigns take off an order: the best of all that it may have, values in, values out.

An order has one campaign that stands alone, or all those together that may be combined, whichever costs its buyer less.
Those together go in a fixed order: first a ticket's price, then percents, then sums off each ticket, then sums off the
whole order. Each only lowers, and what is lower stays lower through the rest, so that all of them together are never
dearer than some. One that is for so many tickets of an order stands alone, and is taken where it takes most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from booking.capacity.models import Channel
from booking.discounts.models import DiscountWay
from booking.discounts.taken import TakenOff
from booking.kernel.database import Texts
from booking.kernel.money import spread

WHOLE = 10_000  # hundredths of a percent
_ORDER = list(DiscountWay)


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """A campaign as its table has it; see discounts.models.Campaign."""

    id: int
    name: Texts
    way: DiscountWay
    amount: int
    asks_code: bool
    stacks: bool
    activities: list[int]
    ticket_types: list[int]
    channels: list[str]
    visit_from: date | None
    visit_until: date | None
    weekdays: int
    from_time: time | None
    until_time: time | None
    sale_from: date | None
    sale_until: date | None
    days_ahead: int
    most_uses: int | None
    most_tickets: int | None
    most_each: int | None
    used: int
    stopped_at: datetime | None

    @property
    def is_used_up(self) -> bool:
        """Whether it has been used as often as it may be, so far as was read."""
        return self.most_uses is not None and self.used >= self.most_uses

    def is_over(self, today: date) -> bool:
        """Whether nobody can have it any more, whatever they buy."""
        return self.stopped_at is not None or (self.sale_until is not None and self.sale_until < today)

    def is_on_sale(self, today: date, channel: Channel) -> bool:
        """Whether an order of today may have it."""
        begun = self.sale_from is None or self.sale_from <= today
        return begun and not self.is_over(today) and not self.is_used_up and channel in self.channels

    def fits(self, tickets: TicketsPriced, bought_on: date) -> bool:
        """Whether it is for such tickets at such a time, bought on that day."""
        day = tickets.start.date()
        on_day = self.fits_day(tickets.activity_id, tickets.ticket_type_id, day, bought_on)
        return on_day and self.fits_time(tickets.start.time())

    def fits_day(self, activity_id: int, ticket_type_id: int, day: date, bought_on: date) -> bool:
        """Whether it is for such tickets at some time of a day."""
        return (
            (not self.activities or activity_id in self.activities)
            and (not self.ticket_types or ticket_type_id in self.ticket_types)
            and (self.visit_from is None or self.visit_from <= day)
            and (self.visit_until is None or day <= self.visit_until)
            and bool(self.weekdays >> day.weekday() & 1)
            and (day - bought_on).days >= self.days_ahead
        )

    def fits_time(self, start: time) -> bool:
        """Whether it is for a time that begins then."""
        return (self.from_time is None or self.from_time <= start) and (
            self.until_time is None or start < self.until_time
        )

    def lowered(self, price: int) -> int:
        """What a ticket costs with it, never less than nothing nor more than without; of ORDER the same."""
        match self.way:
            case DiscountWay.PRICE:
                return min(price, self.amount)
            case DiscountWay.PERCENT:
                return price - (2 * price * min(self.amount, WHOLE) + WHOLE) // (2 * WHOLE)
            case DiscountWay.EACH:
                return max(price - self.amount, 0)
            case DiscountWay.ORDER:
                return price


@dataclass(frozen=True, slots=True)
class TicketsPriced:
    """So many tickets of one kind at one time, by the wall clock, and what each costs without any discount."""

    activity_id: int
    ticket_type_id: int
    start: datetime
    price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class LoweredTickets:
    """So many of the tickets with that place in the order, what each costs now, and what was taken off each."""

    place: int
    quantity: int
    price: int
    discounts: TakenOff = ()


@dataclass(frozen=True, slots=True)
class BestDiscounts:
    """An order as cheap as it may be. `campaigns` are those that take something off it."""

    tickets: tuple[LoweredTickets, ...]
    campaigns: tuple[CampaignFacts, ...]

    @property
    def total(self) -> int:
        """What the order costs."""
        return sum(tickets.price * tickets.quantity for tickets in self.tickets)


def best(tickets: Sequence[TicketsPriced], campaigns: Sequence[CampaignFacts], bought_on: date) -> BestDiscounts:
    """The tickets of an order with what may be taken off them; of what costs the same that with fewest codes used."""
    ways = choices(campaigns)
    return min((lowered_by(chosen, tickets, bought_on) for chosen in ways), key=_rank)


def lowest(price: int, campaigns: Sequence[CampaignFacts]) -> tuple[int, tuple[CampaignFacts, ...]]:
    """What a ticket costs by itself with the best of campaigns that fit it, and which they are.

    As `best` has it of one ticket, for who asks it for hundreds of times.
    """
    answers: list[tuple[int, tuple[CampaignFacts, ...]]] = []
    for chosen in choices(campaigns):
        lower, used = price, []
        for campaign in chosen:
            if (less := campaign.lowered(lower)) < lower:
                lower = less
                used.append(campaign)
        answers.append((lower, tuple(used)))
    return min(answers, key=lambda answer: (answer[0], len(answer[1]), [campaign.id for campaign in answer[1]]))


def choices(campaigns: Iterable[CampaignFacts]) -> list[tuple[CampaignFacts, ...]]:
    """What an order may have: nothing, each by itself, all those together that may be combined."""
    those = sorted(campaigns, key=lambda campaign: (_ORDER.index(campaign.way), campaign.id))
    together = tuple(campaign for campaign in those if campaign.stacks and campaign.most_tickets is None)
    return [(), *((campaign,) for campaign in those), *([together] if len(together) > 1 else [])]


def lowered_by(chosen: Sequence[CampaignFacts], tickets: Sequence[TicketsPriced], bought_on: date) -> BestDiscounts:
    """The order with just these campaigns, one after the other."""
    parts = [LoweredTickets(place, those.quantity, those.price) for place, those in enumerate(tickets)]
    for campaign in chosen:
        fitting = [campaign.fits(those, bought_on) for those in tickets]
        lower = _off_the_order if campaign.way is DiscountWay.ORDER else _off_each
        parts = lower(campaign, parts, fitting)
    used = {campaign_id for part in parts for campaign_id, _off in part.discounts}
    return BestDiscounts(tuple(parts), tuple(campaign for campaign in chosen if campaign.id in used))


def _rank(order: BestDiscounts) -> tuple[int, int, int, list[int]]:
    codes = sum(campaign.asks_code for campaign in order.campaigns)
    return order.total, codes, len(order.campaigns), [campaign.id for campaign in order.campaigns]


def _off_each(
    campaign: CampaignFacts, parts: Sequence[LoweredTickets], fitting: Sequence[bool]
) -> list[LoweredTickets]:
    """What it takes off each ticket that it is for, the most first where it is for so many alone."""
    left = campaign.most_tickets
    after: list[LoweredTickets] = []
    for part in sorted(parts, key=lambda part: (campaign.lowered(part.price) - part.price, part.place)):
        number = part.quantity if left is None else min(part.quantity, left)
        price = campaign.lowered(part.price)
        if not fitting[part.place] or price == part.price or not number:
            after.append(part)
            continue
        off = (*part.discounts, (campaign.id, part.price - price))
        after.append(replace(part, quantity=number, price=price, discounts=off))
        if number < part.quantity:
            after.append(replace(part, quantity=part.quantity - number))
        left = None if left is None else left - number
    return sorted(after, key=lambda part: part.place)


def _off_the_order(
    campaign: CampaignFacts, parts: Sequence[LoweredTickets], fitting: Sequence[bool]
) -> list[LoweredTickets]:
    """Its sum over the tickets that it is for, in proportion to what they cost, to the last øre."""
    totals = [part.price * part.quantity if fitting[part.place] else 0 for part in parts]
    after: list[LoweredTickets] = []
    for part, share in zip(parts, spread(min(campaign.amount, sum(totals)), totals), strict=True):
        each, more = divmod(share, part.quantity)
        for number, off in ((more, each + 1), (part.quantity - more, each)):
            discounts = (*part.discounts, (campaign.id, off)) if off else part.discounts
            if number:
                after.append(replace(part, quantity=number, price=part.price - off, discounts=discounts))
    return after


def taken_again(
    discounts: TakenOff, full_price: int, tickets: TicketsPriced, known: Mapping[int, CampaignFacts], bought_on: date
) -> TakenOff:
    """What is taken off a ticket that moves to another time: of its own campaigns those that are for that time too."""
    price, kept = full_price, []
    for campaign_id, before in discounts:
        campaign = known.get(campaign_id)
        if campaign is None or not campaign.fits(tickets, bought_on):
            continue
        off = min(before, price) if campaign.way is DiscountWay.ORDER else price - campaign.lowered(price)
        if off:
            kept.append((campaign_id, off))
            price -= off
    return tuple(kept)
