"""What a ticket of the leading type costs: the first in lists, which stands for all where one price is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from sqlalchemy import bindparam, select

from booking.catalogue.models import Offer, Price, TicketType
from booking.catalogue.queries import PRICE, PriceRule
from booking.kernel.database import Texts, as_values
from booking.kernel.prepared import ReadyStatement
from booking.kernel.used_again import used_again

_LEADING = ReadyStatement(
    select(TicketType.id, TicketType.title, *PRICE)
    .join(Offer, Offer.ticket_type_id == TicketType.id)
    .join(Price, Price.ticket_type_id == TicketType.id)
    .where(Offer.activity_id == bindparam("activity"), TicketType.active)
    .order_by(TicketType.sort, TicketType.id, Price.id)
)


@dataclass(frozen=True)
class DayPrices:
    """The prices that hold on one day, the one that counts before the others first."""

    rules: tuple[PriceRule, ...]

    @cached_property
    def by_clock(self) -> bool:
        """Whether it matters when on that day."""
        return any(rule.from_time or rule.until_time for rule in self.rules)

    def price_at(self, clock_time: time) -> int | None:
        """Minor units at that time of the day; None when the type is not sold then."""
        return next((rule.minor for rule in self.rules if rule.fits_time(clock_time)), None)


@dataclass(frozen=True, slots=True)
class LeadingPrices:
    """The leading ticket type of an activity and all its prices."""

    ticket_type_id: int
    title: Texts
    prices: tuple[PriceRule, ...]

    def on(self, day: date, holiday: bool) -> DayPrices:
        """Those that hold on a day."""
        fitting = [price for price in self.prices if price.fits_day(day, holiday)]
        return DayPrices(tuple(sorted(fitting, key=lambda price: price.rank, reverse=True)))

    def price_at(self, start: datetime, holiday: bool) -> int | None:
        """Minor units at a time that starts at this wall-clock time; None when the type is not sold then."""
        return self.on(start.date(), holiday).price_at(start.time())


def leading_prices(activity_id: int) -> LeadingPrices | None:
    """The first ticket type that an activity is sold with, in one statement; None where it is sold with none."""
    return used_again((_LEADING, activity_id), lambda: _read(activity_id))


def _read(activity_id: int) -> LeadingPrices | None:
    rows = _LEADING.rows({"activity": activity_id})
    its = [row for row in rows if row[0] == rows[0][0]]
    if not its:
        return None
    return LeadingPrices(its[0][0], its[0][1], tuple(as_values(PriceRule, [row[2:] for row in its])))
