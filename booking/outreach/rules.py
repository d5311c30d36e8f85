"""Pure decisions about outreach: when it can begin, when the educator leaves and is back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking.agreements.prices import OwnPrice, SchoolPrice
from booking.capacity.educators import STRETCH, stretches
from booking.capacity.planning import at
from booking.centre.facts import CentreFacts
from booking.kernel.database import Texts
from booking.kernel.money import Money
from booking.kernel.refusals import Refusal
from booking.pictures.facts import PictureFacts
from booking.programmes.models import PriceBy


class NobodyGoesThere(Refusal):
    """The centre sends nobody to this municipality."""


class NotThen(Refusal):
    """It is not held on such a day or at such a time, or the notice is too short."""


class DayIsFull(Refusal):
    """As many groups as one educator can see in a day have booked that day."""


@dataclass(frozen=True, slots=True)
class OfferedOutreach:
    """A programme held at schools, as teachers see it; see models.Outreach."""

    activity_id: int
    slug: str
    title: Texts
    summary: Texts
    minutes: int
    capacity: int
    grade_from: int
    grade_to: int
    price: int
    vat_rate: int
    most_a_day: int
    weekdays: int
    from_time: time
    until_time: time
    setup_minutes: int
    notice_days: int
    instant: bool
    needs: Texts
    before: Texts
    picture: PictureFacts | None = None

    def check_begins(self, starts_at: datetime, centre: CentreFacts, now: datetime) -> None:
        """Raises NotThen for a time at which it is not held."""
        wall, today = centre.local(starts_at), centre.local(now).date()
        in_week = bool(self.weekdays >> wall.weekday() & 1)
        in_day = self.from_time <= wall.time() <= self.until_time
        if not (in_week and in_day) or wall.date() < today + timedelta(days=self.notice_days):
            raise NotThen

    def is_held_between(self, first: date, last: date, today: date) -> bool:
        """Whether any date of these, both included, is a weekday of it that is far enough ahead."""
        first = max(first, today + timedelta(days=self.notice_days))
        days = min((last - first).days + 1, 7)
        return any(self.weekdays >> (first + timedelta(days=n)).weekday() & 1 for n in range(days))


def school_price(activity_id: int, each: Money) -> SchoolPrice:
    """What a group costs, as agreements reckon with it: one sum for all of it, its adults and the way included."""
    nothing = each * 0
    return SchoolPrice(nothing, nothing, nothing, own={activity_id: OwnPrice(PriceBy.GROUP, each)})


@dataclass(frozen=True, slots=True)
class Trip:
    """When an educator is away, and when it begins and ends at the school."""

    leaves_at: datetime
    starts_at: datetime
    ends_at: datetime
    back_at: datetime


def free_starts(
    offered: OfferedOutreach, travel_minutes: int, on: date, free: Mapping[datetime, int], centre: CentreFacts
) -> list[datetime]:
    """When it could begin on a date, each half hour: somebody is free from departure to return."""
    begins = [on_the_clock(on, offered.from_time, centre)]
    last = on_the_clock(on, offered.until_time, centre)
    while begins[-1] + STRETCH <= last:
        begins.append(begins[-1] + STRETCH)
    goings = [trip(offered, begin, travel_minutes) for begin in begins if begin <= last]
    return [
        going.starts_at
        for going in goings
        if all(free.get(stretch, 0) > 0 for stretch in stretches(going.leaves_at, going.back_at))
    ]


def on_the_clock(on: date, wall: time, centre: CentreFacts) -> datetime:
    """A wall-clock time of a date at the centre."""
    return at(on, wall, centre.zone)


def trip(offered: OfferedOutreach, starts_at: datetime, travel_minutes: int) -> Trip:
    """The whole absence: the way there, setting up, the programme, clearing away, the way back."""
    around = timedelta(minutes=offered.setup_minutes + travel_minutes)
    ends_at = starts_at + timedelta(minutes=offered.minutes)
    return Trip(starts_at - around, starts_at, ends_at, ends_at + around)
