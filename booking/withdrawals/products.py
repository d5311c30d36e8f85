"""What may be withdrawn from, product by product: one entry each, and nothing else knows of any.

What is not here is sold without such a right: a visit at a set time above all (directive 2011/83/EU, art. 16 l).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from booking.annual_passes import withdraw as annual_passes
from booking.bookings.models import Booking, Sold
from booking.bookings.queries import BookingFacts
from booking.gift_cards import withdraw as gift_cards
from booking.withdrawals.models import WithdrawalProduct


@dataclass(frozen=True, slots=True)
class WithdrawalWorth:
    """What a purchase is worth to who withdraws from it, in minor units.

    `rest` comes back; `used` was used and stays; `in_baskets` somebody is about to use, and comes back if they do not.
    """

    price: int
    rest: int
    used: int
    in_baskets: int = 0

    @property
    def is_used_up(self) -> bool:
        """Whether there is nothing to have back, now or later."""
        return not self.rest and not self.in_baskets


@dataclass(frozen=True, slots=True)
class WithdrawableProduct:
    """How a product is told, what a purchase of it is worth, and how that is taken from whoever has it.

    `take` is called inside the unit of work that has the booking locked: from then on it cannot be used.
    """

    product: WithdrawalProduct
    is_bought_with: Callable[[Booking | BookingFacts], bool]
    worth: Callable[[int], WithdrawalWorth | None]
    take: Callable[[int, datetime], WithdrawalWorth | None]


def _of_card(card: gift_cards.CardLeft | None) -> WithdrawalWorth | None:
    return None if card is None else WithdrawalWorth(card.amount, card.left, card.used, card.in_baskets)


GIFT_CARD = WithdrawableProduct(
    WithdrawalProduct.GIFT_CARD,
    is_bought_with=lambda booking: booking.sold is Sold.GIFT_CARD,
    worth=lambda booking_id: _of_card(gift_cards.left_of(booking_id)),
    take=lambda booking_id, now: _of_card(gift_cards.take_left(booking_id, now)),
)


def _of_pass(left: annual_passes.PassLeft | None) -> WithdrawalWorth | None:
    return None if left is None else WithdrawalWorth(left.price, left.left, left.used)


ANNUAL_PASS = WithdrawableProduct(
    WithdrawalProduct.ANNUAL_PASS,
    is_bought_with=lambda booking: booking.sold is Sold.ANNUAL_PASS,
    worth=lambda booking_id: _of_pass(annual_passes.left_of(booking_id)),
    take=lambda booking_id, now: _of_pass(annual_passes.take_back(booking_id, now)),
)

PRODUCTS = (GIFT_CARD, ANNUAL_PASS)


def product_of(booking: Booking | BookingFacts) -> WithdrawableProduct | None:
    """The product that a booking bought, if one may withdraw from it."""
    return next((product for product in PRODUCTS if product.is_bought_with(booking)), None)
