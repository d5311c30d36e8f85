"""A code that is typed at the checkout: a gift card pays what it can, a discount is taken off, and the page says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from booking.annual_passes.issue import OrderedPass
from booking.annual_passes.issue import ordered as of_pass
from booking.bookings.by_code.discounted import DiscountGiven, as_it_stands, enter_code, leave_campaign
from booking.bookings.by_gift_card import cover
from booking.bookings.queries import BookingFacts
from booking.discounts.codes import key_of
from booking.discounts.queries import DiscountShown
from booking.discounts.refusals import DiscountNotForYou, NoSuchDiscount
from booking.gift_cards.codes import read_code
from booking.gift_cards.guesses import read_counted
from booking.gift_cards.issue import OrderedCard, ordered
from booking.gift_cards.spend import UsedCard, used_by
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.staff.guesses import count_guess, was_right
from booking.web.guards.network import here
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, sentence
from booking.withdrawals.right import last_day_of

MOST_TYPED = 80


@dataclass(frozen=True, slots=True)
class CodeTried:
    """What a code that was typed has come to: a discount, or why it was not taken. Of a card its own words tell."""

    problem: RefusalAnswer | None = None
    given: DiscountGiven | None = None

    @property
    def status(self) -> int:
        """Of the page that tells it."""
        return self.problem.status if self.problem else 200


class CodesTaken(StrEnum):
    """Which codes a basket's field takes."""

    NONE = "none"
    CARDS = "cards"
    DISCOUNTS = "discounts"
    BOTH = "both"


_TAKEN = {  # by whether cards and whether discounts are
    (False, False): CodesTaken.NONE,
    (True, False): CodesTaken.CARDS,
    (False, True): CodesTaken.DISCOUNTS,
    (True, True): CodesTaken.BOTH,
}


@dataclass(frozen=True, slots=True)
class CardsAtCheckout:
    """Gift cards and discounts on a basket's way, or the card that it buys; and what a code has come to."""

    used: list[UsedCard]
    order: OrderedCard | None
    bought_pass: OrderedPass | None
    discounts: Sequence[DiscountShown]
    tried: CodeTried
    takes: CodesTaken

    @classmethod
    def of(cls, facts: BookingFacts, tried: CodeTried) -> CardsAtCheckout:
        """At most one statement, and none for a basket without cards; `facts` with its discounts by name."""
        used = used_by(facts.id) if facts.by_gift_card else []
        order = ordered(facts.id) if facts.is_gift_card else None
        bought_pass = of_pass(facts.id) if facts.is_pass else None
        codes = centre().has_campaigns and facts.changes_id is None and facts.is_of_places
        off = facts.off if facts.changes_id is None else ()
        return cls(used, order, bought_pass, off, tried, _TAKEN[centre().has_gift_cards, codes])

    @property
    def is_order(self) -> bool:
        """Whether the basket has no places, but what is sent."""
        return self.order is not None or self.bought_pass is not None

    @property
    def problem(self) -> RefusalAnswer | None:
        """Why a code was not taken."""
        return self.tried.problem

    def is_taken_by(self, facts: BookingFacts) -> bool:
        """Whether a code may be typed, or taken off."""
        is_paid = facts.total > 0 or facts.discount > 0
        return is_paid and not facts.is_gift_card and self.takes is not CodesTaken.NONE

    @property
    def has_code(self) -> bool:
        """Whether a discount is there by a code."""
        return any(discount.code for discount in self.discounts)

    @property
    def withdraw_until(self) -> date:
        """The last day to withdraw from a card or a pass that is paid for now."""
        return last_day_of(centre().local(clock.now()).date(), centre())


def try_code(booking_id: int, typed: str) -> CodeTried:
    """Let the code do what it can for a booking that is held in time: a card's pays, a campaign's lowers."""
    typed = typed[:MOST_TYPED]
    try:
        if centre().has_campaigns and (read_code(typed) is None or not centre().has_gift_cards):
            return CodeTried(given=_discount(booking_id, typed))
        code = read_counted(typed, here(), clock.now())
        with unit_of_work():
            cover(booking_id, code, clock.now())
            was_right(here())
    except Refusal as refusal:
        return CodeTried(sentence(refusal))
    return CodeTried()


def refused(give_up: Callable[[], None]) -> RefusalAnswer | None:
    """Do it in a unit of work; the words, where it cannot be done any more."""
    try:
        as_it_stands(give_up)
    except Refusal as refusal:
        return sentence(refusal)
    return None


@contextmanager
def without_what_is_not_theirs(booking_id: int) -> Iterator[None]:
    """Who has had a discount as often as one may reads so, and the price without it at once. Raises as before."""
    try:
        yield
    except DiscountNotForYou as refusal:
        campaign_id = refusal.campaign_id
        refused(lambda: leave_campaign(booking_id, campaign_id, clock.now()))
        raise


def _discount(booking_id: int, typed: str) -> DiscountGiven:
    """A word that is no code of ours counts as a guess; a code that we know counts for nothing. Raises Refusal."""
    if key_of(typed) is None:
        raise NoSuchDiscount
    count_guess(here(), clock.now())

    def enter() -> DiscountGiven:
        given = enter_code(booking_id, typed, centre(), clock.now())
        was_right(here())
        return given

    try:
        return as_it_stands(enter)
    except NoSuchDiscount:
        raise
    except Refusal:
        with unit_of_work():
            was_right(here())
        raise
