"""When the centre is open: the ordinary week by season, single days that differ, public holidays to propose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from babel.dates import format_date
from sqlalchemy import literal_column, null, select, union_all

from booking.centre.models import DayException, OpeningHours
from booking.kernel.database import Texts, as_values
from booking.kernel.prepared import ReadyStatement
from booking.kernel.used_again import used_again


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Hours of one weekday in a season; see centre.models.OpeningHours."""

    weekday: int
    opens: time | None
    closes: time | None
    public_from: time | None
    from_date: date | None
    until_date: date | None
    rank: int

    def covers(self, day: date) -> bool:
        """Whether the season holds on this date."""
        return (
            self.weekday == day.weekday()
            and (self.from_date is None or self.from_date <= day)
            and (self.until_date is None or day <= self.until_date)
        )


@dataclass(frozen=True, slots=True)
class Exceptional:
    """One date that differs."""

    on_date: date
    opens: time | None
    closes: time | None
    reason: Texts


@dataclass(frozen=True, slots=True)
class Open:
    """Wall-clock hours of one date. The public may come from `public_from`, schools from `opens`."""

    opens: time
    closes: time
    public_from: time


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """Closed, and why (empty: an ordinary closing day of the week)."""

    reason: Texts


def hours_on(day: date, weekly: Sequence[WeeklyHours], exceptions: Sequence[Exceptional]) -> Open | ClosedDay:
    """The hours of one date: an exception before a season, the season of the highest rank before the others."""
    for exception in exceptions:
        if exception.on_date == day:
            if exception.opens is None or exception.closes is None:
                return ClosedDay(exception.reason)
            return Open(exception.opens, exception.closes, exception.opens)
    fitting = [hours for hours in weekly if hours.covers(day)]
    if not fitting:
        return ClosedDay({})
    hours = max(fitting, key=lambda hours: hours.rank)
    if hours.opens is None or hours.closes is None:
        return ClosedDay({})
    return Open(hours.opens, hours.closes, hours.public_from or hours.opens)


Hours = tuple[list[WeeklyHours], list[Exceptional]]  # all that is said of when the centre is open

_HOURS = ReadyStatement(
    union_all(
        select(
            OpeningHours.weekday,
            OpeningHours.opens,
            OpeningHours.closes,
            OpeningHours.public_from,
            OpeningHours.from_date,
            OpeningHours.until_date,
            OpeningHours.rank,
            literal_column("NULL", DayException.reason.type),
        ),
        select(
            null(),
            DayException.opens,
            DayException.closes,
            null(),
            DayException.on_date,
            null(),
            null(),
            DayException.reason,
        ),
    )
)


def load_hours() -> Hours:
    """All seasons and exceptions, for `hours_on`; one statement."""
    return used_again(_HOURS, _read_hours)


def _read_hours() -> Hours:
    rows = _HOURS.rows()
    weekly = [row[:7] for row in rows if row[0] is not None]
    exceptions = [(row[4], row[1], row[2], row[7]) for row in rows if row[0] is None]
    return as_values(WeeklyHours, weekly), as_values(Exceptional, exceptions)


DOORS_AHEAD = 200  # days that the next opening is looked for; a summer and more


@dataclass(frozen=True, slots=True)
class Doors:
    """One day's hours, and the first later day on which the public may come (none within `DOORS_AHEAD`)."""

    today: Open | ClosedDay
    next_day: date | None
    next_from: time | None


def doors_on(today: date, weekly: Sequence[WeeklyHours], exceptions: Sequence[Exceptional]) -> Doors:
    """Whether the public can come on this date, and when again."""
    hours = hours_on(today, weekly, exceptions)
    for day in days_between(today + timedelta(days=1), today + timedelta(days=DOORS_AHEAD)):
        later = hours_on(day, weekly, exceptions)
        if isinstance(later, Open):
            return Doors(hours, day, later.public_from)
    return Doors(hours, None, None)


CHRISTMAS_EVE = {"nb": "Julaften", "nn": "Julaftan", "en": "Christmas Eve", "lv": "Ziemassvētku vakars"}
NEW_YEARS_EVE = {"nb": "Nyttårsaften", "nn": "Nyttårsaftan", "en": "New Year's Eve", "lv": "Vecgada vakars"}
# What the library calls the holidays of Norway, in the other languages of the house.
NORWEGIAN = {
    "Første nyttårsdag": ("Fyrste nyttårsdag", "New Year's Day", "Jaungada diena"),
    "Skjærtorsdag": ("Skjærtorsdag", "Maundy Thursday", "Zaļā ceturtdiena"),
    "Langfredag": ("Langfredag", "Good Friday", "Lielā piektdiena"),
    "Første påskedag": ("Fyrste påskedag", "Easter Sunday", "Lieldienas"),
    "Andre påskedag": ("Andre påskedag", "Easter Monday", "Otrās Lieldienas"),
    "Arbeidernes dag": ("Arbeidardagen", "Labour Day", "Darba svētki"),
    "Grunnlovsdag": ("Grunnlovsdagen", "Constitution Day", "Konstitūcijas diena"),
    "Kristi himmelfartsdag": ("Kristi himmelfartsdag", "Ascension Day", "Debesbraukšanas diena"),
    "Første pinsedag": ("Fyrste pinsedag", "Whit Sunday", "Vasarsvētki"),
    "Andre pinsedag": ("Andre pinsedag", "Whit Monday", "Otrie Vasarsvētki"),
    "Første juledag": ("Fyrste juledag", "Christmas Day", "Ziemassvētki"),
    "Andre juledag": ("Andre juledag", "Boxing Day", "Otrie Ziemassvētki"),
}
OPEN_ON_HOLIDAYS = ("Kristi himmelfartsdag",)


def proposed_closing_days(country: str, start: date, end: date) -> dict[date, Texts]:
    """Days in [start, end) on which a centre of this country is usually closed, and what they are called."""
    import holidays

    years = range(start.year, end.year + 1)
    days: dict[date, Texts] = {}
    if country == "NO":
        # The library's code for Norwegian is "no"; "nb" silently gives English.
        for day, name in holidays.Norway(years=years, language="no").items():
            # Two that fall on one day come as one name: "Andre pinsedag; Grunnlovsdag" in 2027.
            names = [title for title in name.split("; ") if title not in OPEN_ON_HOLIDAYS]
            if names:
                days[day] = _norwegian(names)
    else:
        english = holidays.country_holidays(country, years=years, language="en_US")
        own = english.default_language or "en"
        # The language must be named: without one the library takes that of the machine.
        for day, name in holidays.country_holidays(country, years=years, language=own).items():
            days[day] = _moved(name) or {"en": english.get(day, name)} | {own[:2]: name}
    for year in years:
        days.setdefault(date(year, 12, 24), CHRISTMAS_EVE)
        days.setdefault(date(year, 12, 31), NEW_YEARS_EVE)
    return {day: reason for day, reason in sorted(days.items()) if start <= day < end}


# A day off that Latvia's government has moved from a Saturday that is worked, as the library says it in Latvian.
_MOVED = re.compile(r"\(pārcelta no ([0-9]{2})\.([0-9]{2})\.([0-9]{4})\)")


def _moved(name: str) -> Texts | None:
    """Why a moved day is free, in all languages of the house; None for an ordinary holiday."""
    moved = _MOVED.search(name)
    if moved is None:
        return None
    worked = date(int(moved[3]), int(moved[2]), int(moved[1]))

    def written(lang: str, pattern: str) -> str:
        return str(format_date(worked, pattern, locale=lang))

    return {
        "nb": f"Fridag, flyttet fra {written('nb_NO', 'EEEE d. MMMM y')}",
        "nn": f"Fridag, flytta frå {written('nn_NO', 'EEEE d. MMMM y')}",
        "en": f"Day off, moved from {written('en_GB', 'EEEE d MMMM y')}",
        "lv": f"Brīvdiena, pārcelta no {written('lv_LV', 'dd.MM.y.')}",
    }


def _norwegian(names: Sequence[str]) -> Texts:
    """Holidays of one day, as the library calls them, in all languages of the house."""
    all_words = [(name, *NORWEGIAN.get(name, (name, name, name))) for name in names]
    return {
        lang: ", ".join(words)
        for lang, words in zip(("nb", "nn", "en", "lv"), zip(*all_words, strict=True), strict=True)
    }


def days_between(start: date, end: date) -> list[date]:
    """Every date in [start, end)."""
    return [start + timedelta(days=n) for n in range((end - start).days)]
