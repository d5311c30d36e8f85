"""Where a booking's money is: read and sent back by payments, which stand above and say at the start who does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from booking.bookings.models import Booking
from booking.bookings.rules import Holding


@dataclass(frozen=True, slots=True)
class Sent:
    """What was promised back, in minor units: to the card or account that was paid with, and at the desk's till.

    `on_cards` is what of `online` is back on gift cards already.
    """

    online: int = 0
    in_till: int = 0
    on_cards: int = 0

    @property
    def of_cards(self) -> dict[str, int]:
        """The same for letters and the log; nothing where no gift card had paid."""
        return {"on_cards": self.on_cards} if self.on_cards else {}


class Purse(Protocol):
    """Knows of every booking what was paid for it, and promises money back."""

    def holding(self, booking_id: int) -> Holding:
        """Where the money of a booking and its changes is."""

    def locked(self, booking_id: int) -> Holding:
        """The same, true until the unit of work ends; the booking is locked already."""

    def give_back(self, booking_id: int, amount: int, reason: str, key: str) -> Sent:
        """Write down what goes back, of what was paid last first; call inside the unit of work that has `locked` it.

        The same key twice is one refund.
        """

    def pay_by_gift_card(self, booking: Booking, now: datetime) -> None:
        """What a locked booking holds of gift cards has paid its part; call inside the unit of work that confirms it.

        Raises CardSpent where its time had run out, and the cards have been spent meanwhile.
        """

    def moved(self, booking_id: int) -> None:
        """A locked booking begins at another time: what is to be taken on its day is taken on that one."""


class Purses:
    """The purse in use."""

    def __init__(self) -> None:
        self._purse: Purse | None = None

    def use(self, purse: Purse) -> None:
        """Let this be the one."""
        self._purse = purse

    @property
    def purse(self) -> Purse:
        """The one in use."""
        if self._purse is None:
            raise RuntimeError("no app yet")
        return self._purse


purses = Purses()
