"""What a visit costs more at another time than at its own, as a month asks for each day and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from booking.bookings.basket import moved_price
from booking.catalogue.leading import DayPrices
from booking.catalogue.queries import TicketOffer


@dataclass(frozen=True, slots=True)
class MovingTickets:
    """The tickets of one type that a visit would have: `kept` at what was paid for each, and `more` that come to it.

    `offer` is the type as it is sold today, `here` what one costs today at the visit's own time, in minor units.
    """

    offer: TicketOffer | None
    here: int | None
    kept: tuple[int, ...]
    more: int

    def dearer(self, there: int | None) -> int | None:
        """What they cost more where one costs `there` today; None where they cannot be had."""
        if not self.kept and not self.more:
            return 0
        if there is None and (self.more or self.here is not None):
            return None
        dearer = sum(moved_price(paid, self.here, there) - paid for paid in self.kept)
        if there is None or self.here is None:
            return dearer
        return dearer + self.more * (there - self.here)


@dataclass(frozen=True, slots=True)
class MovesOfDay:
    """What all tickets of a visit cost more on one day."""

    parts: tuple[tuple[MovingTickets, DayPrices], ...]

    @property
    def by_clock(self) -> bool:
        """Whether it matters when on that day."""
        return any(prices.by_clock for _tickets, prices in self.parts)

    def price_at(self, clock_time: time) -> int | None:
        """Minor units, less than nothing where it is cheaper; None where one of them cannot be had then."""
        return _added(tickets.dearer(prices.price_at(clock_time)) for tickets, prices in self.parts)


@dataclass(frozen=True, slots=True)
class MovePrices:
    """What all tickets of a visit cost more at any time."""

    tickets: tuple[MovingTickets, ...]

    def on(self, day: date, holiday: bool) -> MovesOfDay:
        """On one day."""
        return MovesOfDay(tuple((part, _prices_of(part.offer, day, holiday)) for part in self.tickets))

    def price_at(self, start: datetime, holiday: bool) -> int | None:
        """At a time that starts at this wall-clock time; None where one of them cannot be had then."""
        return self.on(start.date(), holiday).price_at(start.time())


def _prices_of(offer: TicketOffer | None, day: date, holiday: bool) -> DayPrices:
    fitting = [price for price in offer.prices if price.fits_day(day, holiday)] if offer else []
    return DayPrices(tuple(sorted(fitting, key=lambda price: price.rank, reverse=True)))


def _added(sums: Iterable[int | None]) -> int | None:
    total = 0
    for each in sums:
        if each is None:
            return None
        total += each
    return total
