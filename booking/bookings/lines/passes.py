"""A pass for all days of a festival: bought once, and a line for each day that has its share of the price.

So places, tickets, the door, a closed day and the books know of each day what they know of anything; only what people
read is of one pass again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Protocol, TypeVar

from sqlalchemy import bindparam, select

from booking.bookings.lines.priced import PricedLine
from booking.capacity.models import Slot, SlotStatus
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import CentreFacts
from booking.discounts.taken import TakenOff
from booking.kernel.database import UTCDateTime, as_values
from booking.kernel.prepared import ReadyStatement

APART = timedelta(days=7)  # as far from each other two days of a festival are two festivals
LONGEST = timedelta(days=31)


class DayOfPass(Protocol):
    """A line of any kind, which may be a day of a pass."""

    @property
    def slot_id(self) -> int: ...
    @property
    def ticket_type_id(self) -> int: ...
    @property
    def quantity(self) -> int: ...
    @property
    def unit_price(self) -> int: ...
    @property
    def discounts(self) -> TakenOff: ...
    @property
    def of_pass(self) -> bool: ...


L = TypeVar("L", bound=DayOfPass)


@dataclass(frozen=True, slots=True)
class FestivalTime:
    """A time that a festival is held at."""

    slot_id: int
    activity_id: int
    starts_at: datetime


_HELD = ReadyStatement(
    select(Slot.id, Slot.activity_id, Slot.starts_at)
    .join(Activity, Activity.id == Slot.activity_id)
    .where(
        Slot.activity_id.in_(bindparam("activities", expanding=True)),
        Activity.kind == Kind.FESTIVAL,
        Slot.starts_at > bindparam("after", type_=UTCDateTime),
        Slot.starts_at < bindparam("before", type_=UTCDateTime),
        Slot.status != SlotStatus.CANCELLED,
    )
    .order_by(Slot.starts_at, Slot.id)
)


def held_around(chosen: Iterable[FestivalTime]) -> list[FestivalTime]:
    """When the festivals of these times are held, as far as a pass may reach, without what is cancelled."""
    times = sorted(chosen, key=lambda time: time.starts_at)
    values = {
        "activities": sorted({time.activity_id for time in times}),
        "after": times[0].starts_at - LONGEST,
        "before": times[-1].starts_at + LONGEST,
    }
    return as_values(FestivalTime, _HELD.rows(values))


def days_of_pass(chosen: FestivalTime, held: Iterable[FestivalTime], centre: CentreFacts) -> tuple[FestivalTime, ...]:
    """The times that a pass bought at one of them is for: of each day of that festival the one nearest by the clock.

    None where it is cancelled or no festival.
    Its days are those without a week between them, so next year's festival of the same name is another one.
    """

    def minute(time: FestivalTime) -> int:
        local = centre.local(time.starts_at)
        return local.hour * 60 + local.minute

    def day_of(time: FestivalTime) -> date:
        return centre.local(time.starts_at).date()

    def away(time: FestivalTime) -> tuple[bool, int, int]:
        return time.slot_id != chosen.slot_id, abs(minute(time) - minute(chosen)), time.slot_id

    same = sorted((time for time in held if time.activity_id == chosen.activity_id), key=lambda time: time.starts_at)
    days = [min(times, key=away) for _day, times in groupby(same, key=day_of)]
    dates = [day_of(time) for time in days]
    if chosen not in days:
        return ()  # cancelled, or no festival
    at = dates.index(day_of(chosen))
    first = last = at
    while first > 0 and dates[first] - dates[first - 1] < APART:
        first -= 1
    while last + 1 < len(dates) and dates[last + 1] - dates[last] < APART:
        last += 1
    return tuple(days[first : last + 1])


def pass_at(slot_id: int, activity_id: int, starts_at: datetime, centre: CentreFacts) -> tuple[FestivalTime, ...]:
    """The days of the pass that is chosen at this time, in one statement; none where none is sold there."""
    chosen = FestivalTime(slot_id, activity_id, starts_at)
    days = days_of_pass(chosen, held_around([chosen]), centre)
    return days if len(days) > 1 else ()


def shares(minor: int, parts: int) -> list[int]:
    """A sum in so many whole parts, the greater ones first; together they are the sum."""
    whole, rest = divmod(minor, parts)
    return [whole + (part < rest) for part in range(parts)]


def by_day(line: PricedLine, slot_ids: Sequence[int]) -> Iterator[PricedLine]:
    """A pass as a line for each of its days: price and discounts are split to the last minor unit.

    What discounts leave is split after each of them, so that no day costs less than nothing.
    """
    days = len(slot_ids)
    left = [shares(line.full_price, days)]
    price = line.full_price
    for _campaign, off in line.discounts:
        price -= off
        left.append(shares(price, days))
    for day, slot_id in enumerate(slot_ids):
        discounts: TakenOff = tuple(
            (campaign, left[n][day] - left[n + 1][day]) for n, (campaign, _off) in enumerate(line.discounts)
        )
        yield replace(line, slot_id=slot_id, unit_price=left[-1][day], discounts=discounts, of_pass=True)


def once(lines: Iterable[L]) -> list[L]:
    """The same, of each pass only the first day: whoever counts tickets counts a pass once."""
    lines = list(lines)
    first: dict[int, int] = {}
    for line in lines:
        if line.of_pass:
            first[line.ticket_type_id] = min(line.slot_id, first.get(line.ticket_type_id, line.slot_id))
    return [line for line in lines if not line.of_pass or line.slot_id == first[line.ticket_type_id]]


def whole(lines: Iterable[L]) -> tuple[list[L], dict[int, tuple[int, ...]]]:
    """Lines with each pass as one again at its first day, at the whole price; and the days of each, by ticket type.

    Whichever days were merged with others of the same price, the sums are those of the lines.
    """
    rest: list[L] = []
    days: dict[int, dict[int, list[L]]] = {}
    for line in lines:
        if line.of_pass:
            tickets = [_with(line, quantity=1)] * line.quantity
            days.setdefault(line.ticket_type_id, {}).setdefault(line.slot_id, []).extend(tickets)
        else:
            rest.append(line)
    for of_day in days.values():
        each = [_together(tickets) for tickets in zip(*of_day.values(), strict=True)]
        rest += [_with(ticket, quantity=len(list(same))) for ticket, same in groupby(each)]
    return rest, {ticket_type_id: tuple(of_day) for ticket_type_id, of_day in days.items()}


def _together(tickets: Sequence[L]) -> L:
    """The days of one ticket as one."""
    off: dict[int, int] = {}
    for ticket in tickets:
        for campaign, minor in ticket.discounts:
            off[campaign] = off.get(campaign, 0) + minor
    return _with(tickets[0], unit_price=sum(ticket.unit_price for ticket in tickets), discounts=tuple(off.items()))


def _with(line: L, **otherwise: object) -> L:
    """The same line, but for this."""
    known: Any = line
    changed: L = replace(known, **otherwise)
    return changed
