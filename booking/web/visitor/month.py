"""Five weeks of entry as a party sees them: each day's standing and lowest price, a day's times, what is near."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from booking.bookings.by_code.beforehand import beforehand
from booking.bookings.by_code.leading import LoweredPrices, lowered
from booking.capacity.availability import Availability, Free, entry_between
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.leading import leading_prices
from booking.centre.facts import CentreFacts, closing_days, is_public_holiday
from booking.kernel.database import Texts
from booking.kernel.used_again import used_until
from booking.web.month_grid import SHOWN, CalendarDay, FiveWeeks

LOOK_AHEAD = timedelta(days=60)
WEEK = timedelta(weeks=1)
FITTING = (Availability.FREE, Availability.FEW)
Times = Callable[[datetime, datetime], list[Free]]  # the times that begin in [start, end), in order


class PricesOfDay(Protocol):
    """What a visit costs on one day."""

    @property
    def by_clock(self) -> bool:
        """Whether it matters when on that day."""

    def price_at(self, clock_time: time) -> int | None:
        """Minor units at that time of the day; None when it cannot be had then."""


class Prices(Protocol):
    """What stands beside each day and time: the price of the leading ticket, or what a change comes to."""

    def on(self, day: date, holiday: bool) -> PricesOfDay:
        """Those of a day."""

    def price_at(self, start: datetime, holiday: bool) -> int | None:
        """Minor units at a time that starts at this wall-clock time; None when it cannot be had then."""


@dataclass(frozen=True, slots=True)
class SaleDay(CalendarDay):
    """A day with the price of the cheapest time that this party could have; `full` is that without discounts."""

    price: int | None = None
    full: int | None = None


@dataclass(frozen=True, slots=True)
class PricedTime:
    """A time of a day with its price; it `saves` so much against the dearest. `full` is the price without discounts."""

    slot: Free
    standing: Availability
    price: int | None
    saves: int
    full: int | None = None


@dataclass(frozen=True, slots=True)
class Month(FiveWeeks[SaleDay]):
    """Five weeks for a party of so many. `prices` are lowered by what takes itself off, `full_prices` are not."""

    slots: tuple[Free, ...]
    by_day: Mapping[date, Sequence[Free]]
    party: int
    now: datetime
    centre: CentreFacts
    prices: Prices | None
    read: Times
    full_prices: Prices | None = None

    def standing(self, slot: Free) -> Availability:
        """How a slot looks to this party."""
        return slot.standing(self.party, self.centre.few_left, self.now)

    def fits(self, slot: Free) -> bool:
        """Whether this party could have it now."""
        return self.standing(slot) in FITTING

    def times(self, day: date, own: int | None = None) -> list[PricedTime]:
        """The times of a day that one can have, wait for or look forward to; what is over or closed is left out.

        But for the slot that is their `own`.
        """
        left_out = (Availability.OVER, Availability.CLOSED)
        all_times = [(slot, self.standing(slot)) for slot in self.by_day.get(day, ())]
        shown = [(slot, how) for slot, how in all_times if how not in left_out or slot.slot_id == own]
        priced = [(slot, standing, self.price(slot)) for slot, standing in shown]
        dearest = max((price for _slot, _standing, price in priced if price is not None), default=0)
        return [
            PricedTime(slot, standing, price, dearest - price if price else 0, self.full_price(slot))
            for slot, standing, price in priced
        ]

    def near(self, wish: datetime) -> list[PricedTime]:
        """What is near a wish that cannot be had: one time before, one after, and the same weekday next week."""
        fitting = [slot for slot in self.slots if self.fits(slot)]
        before = [slot for slot in fitting if slot.starts_at < wish]
        after = [slot for slot in fitting if slot.starts_at >= wish]
        week_after = self.centre.local(wish).date() + WEEK
        next_week = [slot for slot in fitting if self._date(slot) == week_after] or self._later(week_after)
        near = [self._at_that_hour(before[-1:], before, wish), self._at_that_hour(after[:1], after, wish)]
        near.append(self._at_that_hour(next_week[:1], next_week, wish))
        proposed = sorted({slot.slot_id: slot for slot in near if slot}.values(), key=lambda slot: slot.starts_at)
        return [self.proposed(slot) for slot in proposed]

    def proposed(self, slot: Free) -> PricedTime:
        """A time by itself, with its price."""
        return PricedTime(slot, self.standing(slot), self.price(slot), 0, self.full_price(slot))

    def _at_that_hour(self, nearest: Sequence[Free], others: Sequence[Free], wish: datetime) -> Free | None:
        """Of the day of the nearest, the time whose hour is nearest to the one that was wished."""
        if not nearest or self._date(nearest[0]) == self.centre.local(wish).date():
            return nearest[0] if nearest else None
        day = self._date(nearest[0])
        hour = at(day, self.centre.local(wish).time(), self.centre.zone)
        return min((slot for slot in others if self._date(slot) == day), key=lambda slot: abs(slot.starts_at - hour))

    def _later(self, day: date) -> list[Free]:
        """What fits on a day beyond those that are shown."""
        if day <= self.last:
            return []
        start = at(day, time(0), self.centre.zone)
        return [slot for slot in self.read(start, start + timedelta(days=1)) if self.fits(slot)]

    def _date(self, slot: Free) -> date:
        return self.centre.local(slot.starts_at).date()

    def price(self, slot: Free) -> int | None:
        """What it costs, in minor units, as `prices` reckon it; None where it has none."""
        return self._price_by(self.prices, slot)

    def full_price(self, slot: Free) -> int | None:
        """The same without discounts; None where there are none."""
        return self._price_by(self.full_prices, slot)

    def _price_by(self, prices: Prices | None, slot: Free) -> int | None:
        start = self.centre.local(slot.starts_at)
        return None if prices is None else prices.price_at(start, _is_holiday(self.centre, start.date()))

    @property
    def lowered_by(self) -> list[Texts]:
        """The names of the campaigns that make some day cost less."""
        if not isinstance(self.prices, LoweredPrices):
            return []
        return self.prices.names_on([day.day for day in self.days if day.full not in (None, day.price)])


def month_of(first: date, party: int, centre: CentreFacts, now: datetime, own: Sequence[int] = ()) -> Month:
    """Five weeks of entry with the price of the leading ticket type, in three statements; what is kept in none.

    With campaigns in four.

    Nothing is kept of who has something in a basket.
    """

    def read(start: datetime, end: datetime) -> list[Free]:
        return entry_between(start, end, Channel.PUBLIC, now, own)

    def ending() -> tuple[Month, datetime]:
        month = month_with(first, party, centre, now, read)
        return month, _end_of(month)

    if own:
        return month_with(first, party, centre, now, read)
    key = (month_of, first, party, centre.timezone, centre.country, centre.few_left, centre.has_campaigns)
    return replace(used_until(key, now, ending), now=now, centre=centre, read=read)


def _end_of(month: Month) -> datetime:
    """The next moment at which a sale begins or ends, or the day does."""
    midnight = at(month.today + timedelta(days=1), time(0), month.centre.zone)
    moments = (moment for slot in month.slots for moment in (slot.opens_at, slot.closes_at) if moment is not None)
    return min([midnight, *(moment for moment in moments if moment > month.now)])


def month_with(
    first: date, party: int, centre: CentreFacts, now: datetime, read: Times, prices: Prices | None = None
) -> Month:
    """The five weeks from the Monday before a date, of the times that `read` gives; at leading prices unless told."""
    zone = centre.zone
    first -= timedelta(days=first.weekday())
    today = now.astimezone(zone).date()
    end = first + SHOWN
    slots = read(at(max(first, today), time(0), zone), at(end, time(0), zone))
    closed = closing_days(first, end)
    full = None
    if prices is None and slots:
        leading = leading_prices(slots[0].activity_id)
        prices = lowered(leading, slots[0].activity_id, beforehand(Channel.PUBLIC, centre, now))
        full = leading if prices is not leading else None
    month = Month(first, (), today, tuple(slots), _by_day(slots, zone), party, now, centre, prices, read, full)
    dates = (first + timedelta(days=number) for number in range(SHOWN.days))
    days = tuple(_day(day, month.by_day.get(day, []), closed.get(day, {}), month) for day in dates)
    return replace(month, days=days)


def _by_day(slots: Sequence[Free], zone: ZoneInfo) -> dict[date, list[Free]]:
    """Slots in order of time by their date: the clock is looked at where a day ends, not for each of 267."""
    by_day: dict[date, list[Free]] = {}
    of_day: list[Free] = []
    ends = datetime.min.replace(tzinfo=UTC)
    for slot in slots:
        if slot.starts_at >= ends:
            day = slot.starts_at.astimezone(zone).date()
            ends = at(day + timedelta(days=1), time(0), zone)
            of_day = by_day[day] = []
        of_day.append(slot)
    return by_day


def next_free(month: Month, centre: CentreFacts, after: datetime) -> PricedTime | None:
    """The first time from `after` on that fits the party; beyond the five weeks in one more statement."""
    for slot in month.slots:
        if slot.starts_at >= after and month.fits(slot):
            return month.proposed(slot)
    start = max(after, at(month.next, time(0), centre.zone))
    later = month.read(start, start + LOOK_AHEAD)
    return next((month.proposed(slot) for slot in later if month.fits(slot)), None)


def _day(day: date, slots: Sequence[Free], reason: Texts, month: Month) -> SaleDay:
    if day < month.today:
        return SaleDay(day, Availability.OVER, 0, {})
    if not slots:
        return SaleDay(day, Availability.CLOSED, 0, reason)
    standings = [month.standing(slot) for slot in slots]
    for standing in FITTING:
        if standing in standings:
            fitting = [slot for slot, there in zip(slots, standings, strict=True) if there in FITTING]
            least, full = (_lowest(day, fitting, month, prices) for prices in (month.prices, month.full_prices))
            return SaleDay(day, standing, max(slot.free for slot in fitting), {}, least, full)
    for standing in (Availability.FULL, Availability.NOT_YET, Availability.CLOSED):
        if standing in standings:
            there = [slot.free for slot, other in zip(slots, standings, strict=True) if other is standing]
            return SaleDay(day, standing, max(there), reason)
    return SaleDay(day, Availability.OVER, 0, {})


def _lowest(day: date, slots: Iterable[Free], month: Month, prices: Prices | None) -> int | None:
    """The lowest price among times of one day: its rules are sought once, its clock is read for each time."""
    if prices is None:
        return None
    rules = prices.on(day, _is_holiday(month.centre, day))
    if not rules.by_clock:
        return rules.price_at(time(12))
    zone = month.centre.zone
    at_times = (rules.price_at(slot.starts_at.astimezone(zone).time()) for slot in slots)
    return min((price for price in at_times if price is not None), default=None)


def _is_holiday(centre: CentreFacts, day: date) -> bool:
    return is_public_holiday(centre.country, day)
