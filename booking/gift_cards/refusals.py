"""How gift cards say no."""

from __future__ import annotations

from booking.kernel.refusals import Refusal


class NoSuchCode(Refusal):
    """No card has this code, or it cannot be one: a sign is wrong."""


class CardBlocked(Refusal):
    """Staff have blocked the card."""


class CardOver(Refusal):
    """Its last day is past, or nothing is left on it."""


class CardInOtherMoney(Refusal):
    """The card was sold in another currency than the order's: the house has changed its own since."""

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency


class CardWithdrawn(Refusal):
    """Whoever bought the card has withdrawn from the purchase, and nothing is on it."""


class AlreadyPaid(Refusal):
    """Nothing is left to pay: another card would pay for nothing."""


class CardSpent(Refusal):
    """What a card was to pay is no longer on it."""


class NotSold(Refusal):
    """The house sells no gift cards just now."""


class BlockedAlready(Refusal):
    """Staff have blocked it before."""


class NotBlocked(Refusal):
    """Nothing stops it."""


class StoppedCard(Refusal):
    """A blocked card gets no new code: first it has to be freed."""


class NothingOnCard(Refusal):
    """Nothing is left on it that could be paid with, or its last day is past."""


class OddEnd(Refusal):
    """A last day that is no later than the present one, or too far ahead."""


class StillToSend(Refusal):
    """Its morning is still to come: it has no code yet."""


class HandedOver(Refusal):
    """It has had its code, and that is kept nowhere."""


class OddAmount(Refusal):
    """Not one of the sums that a card is sold for."""


class OddDay(Refusal):
    """A day that is past, or too far ahead."""
