"""Where an order and its discounts meet: what is taken off is taken off its lines, so that all that follows knows it.

Total, VAT, what comes back, receipts and books are reckoned from the lines as they were bought. A gift card pays what
is left then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from booking.bookings.basket import Basket, PricedLine, lowered, merged
from booking.bookings.by_gift_card import take_cards_off
from booking.bookings.lines.passes import by_day, whole
from booking.bookings.models import Booking, Sold
from booking.bookings.on_sale import Sale, sale_at
from booking.bookings.queries import BookingFacts
from booking.bookings.refusals import WrongState
from booking.bookings.store import lines_of, lock_held, write_lines
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts, the_centre
from booking.discounts import queries, uses
from booking.discounts.codes import key_of
from booking.discounts.queries import MayHave
from booking.discounts.refusals import DiscountNoBetter, DiscountNotForThis, DiscountUsedUp, NoSuchDiscount
from booking.discounts.taken import Lowered, by_campaign
from booking.discounts.uses import TakenUse
from booking.gift_cards import spend
from booking.kernel.database import Texts, unit_of_work

Held = TypeVar("Held")

TRIES = 3
_NONE = MayHave()


@dataclass(frozen=True, slots=True)
class DiscountGiven:
    """What a code has come to: what its campaign takes off, and which others it has taken the place of."""

    name: Texts
    amount: int
    instead_of: tuple[Texts, ...]


def may_have_now(booking: Booking | None, channel: Channel, centre: CentreFacts, now: datetime) -> MayHave:
    """What a basket may have, a new one or one that is locked; no statement in a house without campaigns."""
    if not centre.has_campaigns or channel is Channel.SCHOOL:
        return _NONE
    return queries.for_basket(booking.id if booking and booking.discount else None, channel, centre.local(now).date())


def may_have_more(
    booking: Booking | BookingFacts, owned: Sequence[Lowered], centre: CentreFacts, now: datetime
) -> MayHave:
    """What a booking may have of more than it has; no statement in a house without campaigns."""
    if not centre.has_campaigns or booking.channel is Channel.SCHOOL:
        return _NONE
    today, bought_on = (centre.local(moment).date() for moment in (now, booking.created_at))
    return queries.for_change([line.discounts for line in owned], booking.channel, today, bought_on)


def discount_of(lines: Sequence[PricedLine]) -> int:
    """What is taken off these lines in all."""
    return by_campaign(lines).total()


def uses_of(lines: Sequence[PricedLine], may_have: MayHave) -> list[TakenUse]:
    """The campaigns that take something off these lines, as an order takes them."""
    amounts = by_campaign(lines)
    return [
        TakenUse(facts.id, may_have.codes.get(facts.id), amounts[facts.id], facts.most_each, facts.name)
        for facts in may_have.campaigns
        if amounts[facts.id]
    ]


def enter_code(booking_id: int, typed: str, centre: CentreFacts, now: datetime) -> DiscountGiven:
    """Let a basket that is held in time have the campaign of a code; call inside a unit of work.

    It keeps the prices that it was held at. What may not be combined with it is left out where that costs less. Raises
    WrongState, NoSuchDiscount, DiscountNotYet, DiscountOver, DiscountUsedUp, DiscountNotForThis, DiscountNoBetter.
    """
    booking = _lock_basket(booking_id, now)
    key = key_of(typed)
    if key is None:
        raise NoSuchDiscount
    has = may_have_now(booking, booking.channel, centre, now)
    today = centre.local(now).date()
    code_id, campaign = queries.by_code(key, booking.channel, today, has.codes)
    others = tuple(other for other in has.campaigns if other.id != campaign.id)
    may_have = MayHave((*others, campaign), {**has.codes, campaign.id: code_id})
    lines = _Lines.of(booking, centre, now)
    after = lines.with_best_of(may_have)
    amounts = by_campaign(after)
    if not amounts[campaign.id]:
        raise DiscountNoBetter if discount_of(lines.with_best_of(MayHave((campaign,)))) else DiscountNotForThis
    _write(booking, after, may_have, now)
    lost = [other.name for other in others if lines.discounts[other.id] and not amounts[other.id]]
    return DiscountGiven(campaign.name, amounts[campaign.id], tuple(lost))


def leave_codes(booking_id: int, now: datetime) -> None:
    """Let a basket that is held in time be without the codes that were entered; inside a unit of work. WrongState."""
    _be_without(_lock_basket(booking_id, now), (), now)


def leave_campaign(booking_id: int, campaign_id: int, now: datetime) -> None:
    """Let a basket that is held in time be without one campaign; call inside a unit of work. Raises WrongState."""
    _be_without(_lock_basket(booking_id, now), (campaign_id,), now)


def _be_without(booking: Booking, campaign_ids: Sequence[int], now: datetime) -> None:
    """Without these, or else without all that were entered."""
    centre = the_centre()
    has = may_have_now(booking, booking.channel, centre, now)
    left = [campaign for campaign in has.campaigns if campaign.id not in (campaign_ids or has.codes)]
    codes = {campaign.id: has.codes[campaign.id] for campaign in left if campaign.id in has.codes}
    rest = MayHave(tuple(left), codes)
    _write(booking, _Lines.of(booking, centre, now).with_best_of(rest), rest, now)


def as_it_stands(act: Callable[[], Held]) -> Held:
    """Do it in a unit of work of its own; anew where a discount was used up between being read and being taken.

    What takes itself off is in nobody's way once it is gone: then it is not there. Raises what `act` raises.
    """
    for _time in range(TRIES - 1):
        try:
            with unit_of_work():
                return act()
        except DiscountUsedUp:
            continue
    with unit_of_work():
        return act()


def _lock_basket(booking_id: int, now: datetime) -> Booking:
    booking = lock_held(booking_id, now)
    if booking.sold is not Sold.PLACES:
        raise DiscountNotForThis
    if booking.changes_id is not None or booking.channel is Channel.SCHOOL:
        raise WrongState(booking.state.value)
    return booking


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a basket at their full price, a pass as one, what was off them, what is known of their times."""

    full: tuple[PricedLine, ...]
    discounts: Counter[int]
    sale: Sale
    days: Mapping[int, tuple[int, ...]]  # of each pass, by its type

    @classmethod
    def of(cls, booking: Booking, centre: CentreFacts, now: datetime) -> _Lines:
        """Two statements."""
        lines = lines_of(booking.id)
        sale = sale_at({line.slot_id for line in lines}, booking.channel, centre, now)
        in_order = sorted(lines, key=lambda line: sale.slots[line.slot_id].starts_at)
        bought = [line.kept(line.quantity, unit_price=line.full_price, discounts=()) for line in in_order]
        full, days = whole(bought)
        return cls(tuple(merged(full)), by_campaign(lines), sale, days)

    def with_best_of(self, may_have: MayHave) -> list[PricedLine]:
        """The same with the best of what they may have."""
        lines: list[PricedLine] = []
        for line in lowered(self.full, self.sale, may_have):
            lines += by_day(line, self.days[line.ticket_type_id]) if line.of_pass else [line]
        return list(merged(lines))


def _write(booking: Booking, lines: Sequence[PricedLine], may_have: MayHave, now: datetime) -> None:
    """What the gift cards paid of it they pay again, as far as there is something to pay."""
    by_gift_card = booking.by_gift_card
    take_cards_off(booking, now)
    uses.swap([booking.id] if booking.discount else [], booking.id, uses_of(lines, may_have), now)
    booking.discount = discount_of(lines)
    booking.total = sum(line.unit_price * line.quantity for line in lines)
    write_lines(booking.id, Basket(tuple(lines), booking.people, booking.total, booking.starts_at), replacing=True)
    if again := min(by_gift_card, booking.total):
        spend.hold_again(booking.id, again, now)
        booking.by_gift_card = again
