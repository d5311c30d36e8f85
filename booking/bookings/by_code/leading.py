"""Prices of a month with what campaigns take off by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from booking.bookings.by_code.beforehand import Beforehand
from booking.catalogue.leading import DayPrices, LeadingPrices
from booking.discounts.rules import CampaignFacts, lowest
from booking.kernel.database import Texts


@dataclass(frozen=True, slots=True)
class LoweredDay:
    """The prices of one day, lowered by what is for that day."""

    prices: DayPrices
    campaigns: Sequence[CampaignFacts]

    @property
    def by_clock(self) -> bool:
        """Whether it matters when on that day."""
        times = any(campaign.from_time or campaign.until_time for campaign in self.campaigns)
        return times or self.prices.by_clock

    def price_at(self, clock_time: time) -> int | None:
        """Minor units at that time of the day; None when the type is not sold then."""
        price = self.prices.price_at(clock_time)
        if price is None or not self.campaigns:
            return price
        return lowest(price, [campaign for campaign in self.campaigns if campaign.fits_time(clock_time)])[0]


@dataclass(frozen=True, slots=True)
class LoweredPrices:
    """The leading ticket type of an activity and its prices, lowered by what takes itself off."""

    activity_id: int
    leading: LeadingPrices
    lowering: Beforehand

    @property
    def title(self) -> Texts:
        """The ticket type's."""
        return self.leading.title

    def on(self, day: date, holiday: bool) -> LoweredDay:
        """Those that hold on a day."""
        campaigns = self.lowering.on(self.activity_id, self.leading.ticket_type_id, day)
        return LoweredDay(self.leading.on(day, holiday), campaigns)

    def names_on(self, days: Iterable[date]) -> list[Texts]:
        """The names of those that lower it on one of these days."""
        of_days = (self.lowering.on(self.activity_id, self.leading.ticket_type_id, day) for day in days)
        return list({campaign.id: campaign.name for its in of_days for campaign in its}.values())

    def price_at(self, start: datetime, holiday: bool) -> int | None:
        """Minor units at a time that starts at this wall-clock time; None when the type is not sold then."""
        return self.on(start.date(), holiday).price_at(start.time())


def lowered(
    prices: LeadingPrices | None, activity_id: int, lowering: Beforehand
) -> LeadingPrices | LoweredPrices | None:
    """The same prices, or lower ones where something takes itself off."""
    return LoweredPrices(activity_id, prices, lowering) if prices is not None and lowering.of_each else prices
