"""When one school has holidays: as staff keep them for its municipality, else for everywhere, else as is usual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from booking.agreements.holiday_models import SchoolHoliday
from booking.agreements.municipalities import EVERYWHERE, key_of
from booking.centre.school_holidays import SchoolHolidays
from booking.kernel.database import as_values, run

# So near to one that is kept, no other is guessed: weeks 40 and 41, and 8 and 9, are the same holiday in other places.
SAME = timedelta(days=14)
MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class Holiday:
    """One that is kept; see models.SchoolHoliday."""

    id: int
    name: str
    first: date
    last: date
    municipalities: str

    def holds(self, day: date) -> bool:
        """Whether a date is in it."""
        return self.first <= day <= self.last

    def is_near(self, day: date) -> bool:
        """Whether a date is in it or so near that it must be the one that is meant."""
        return self.first - SAME < day < self.last + SAME

    @property
    def keys(self) -> frozenset[str]:
        """The municipalities with folded letters."""
        return frozenset(key for key in map(key_of, self.municipalities.split(",")) if key)


@dataclass(frozen=True, slots=True)
class HolidaysThere:
    """The holidays of one municipality: its own, those of everywhere, and what is usual where nobody has said."""

    own: Sequence[Holiday]
    everywhere: Sequence[Holiday]
    usual: SchoolHolidays

    def of_day(self, day: date) -> Holiday | None:
        """The holiday that is kept for a date. One of everywhere gives way to the municipality's own near it."""
        near = [holiday for holiday in self.own if holiday.is_near(day)]
        return next((holiday for holiday in near or self.everywhere if holiday.holds(day)), None)

    def holds(self, day: date) -> bool:
        """Whether there is no school on a date."""
        if self.of_day(day) is not None:
            return True
        is_said = any(holiday.is_near(day) for holiday in (*self.own, *self.everywhere))
        return self.usual.holds_everywhere(day) if is_said else self.usual.holds(day)


def holidays_of(municipality: str, kept: Iterable[Holiday], usual: SchoolHolidays) -> HolidaysThere:
    """Those that concern one municipality, however it is written."""
    key, known = key_of(municipality), list(kept)
    own = [holiday for holiday in known if key and key in holiday.keys]
    return HolidaysThere(own, [holiday for holiday in known if EVERYWHERE in holiday.keys], usual)


def kept_from(day: date) -> list[Holiday]:
    """Every holiday that is not over on a date, soonest first, in one statement."""
    return _kept(day)


def all_kept() -> list[Holiday]:
    """Every holiday, soonest first, in one statement."""
    return _kept(date.min)


def _kept(day: date) -> list[Holiday]:
    rows = run(
        select(
            SchoolHoliday.id,
            SchoolHoliday.name,
            SchoolHoliday.from_date,
            SchoolHoliday.until_date,
            SchoolHoliday.municipalities,
        )
        .where(SchoolHoliday.until_date >= day)
        .order_by(SchoolHoliday.until_date.desc(), SchoolHoliday.id.desc())
        .limit(MOST_KEPT)
    )
    return as_values(Holiday, rows)[::-1]
