"""Whether a purchase may still be withdrawn from, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from booking.bookings.models import Booking, State
from booking.bookings.queries import BookingFacts
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts, is_public_holiday
from booking.withdrawals.period import FORBEARANCE, end_of, last_day
from booking.withdrawals.products import WithdrawableProduct, product_of


@dataclass(frozen=True, slots=True)
class WithdrawalRight:
    """The right to withdraw from one purchase: `last_day` is the last on which it is said to hold."""

    product: WithdrawableProduct
    last_day: date
    ends_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether pages and letters offer it."""
        return now < self.ends_at

    def is_heard(self, now: datetime) -> bool:
        """Whether who makes use of it is heard: a while longer, see period.FORBEARANCE."""
        return now < self.ends_at + FORBEARANCE


def right_of(booking: Booking | BookingFacts, centre: CentreFacts) -> WithdrawalRight | None:
    """That of who has bought this, at a distance and for themselves; none where the law gives none."""
    product = product_of(booking)
    bought_at = booking.confirmed_at
    if product is None or bought_at is None or booking.channel is not Channel.PUBLIC:
        return None
    if booking.state is not State.CONFIRMED or booking.changes_id is not None:
        return None
    day = last_day_of(centre.local(bought_at).date(), centre)
    return WithdrawalRight(product, day, end_of(day, centre.zone))


def last_day_of(bought_on: date, centre: CentreFacts) -> date:
    """The last day to withdraw from what is bought on this one."""
    return last_day(
        bought_on,
        centre.withdrawal_days,
        lambda day: is_public_holiday(centre.country, day),
        moves=centre.withdrawal_moves,
    )
