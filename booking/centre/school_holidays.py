"""When schools have holidays: by the centre's own seasons where it has entered them, else as is usual in its country.

Usual in Norway (opplæringslova § 14-1 leaves the days to the counties): autumn in week 40 or 41, winter in week 8 or
9, from 20 December to 2 January, the week before Easter to its Monday, and from 20 June to 16 August. In Latvia
(Cabinet's yearly regulation on the school year): week 43, from 22 December to 3 January, week 12, June to August.
Where one of two weeks is meant, neither is proposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from booking.centre.opening import WeeklyHours

LONGEST_SEASON = timedelta(days=84)  # longer ones are the ordinary year
WEEKS: Mapping[str, frozenset[int]] = {"NO": frozenset({8, 9, 40, 41}), "LV": frozenset({12, 43})}
SPANS: Mapping[str, tuple[tuple[tuple[int, int], tuple[int, int]], ...]] = {
    "NO": (((6, 20), (8, 16)), ((12, 20), (12, 31)), ((1, 1), (1, 2))),
    "LV": (((6, 1), (8, 31)), ((12, 22), (12, 31)), ((1, 1), (1, 3))),
}
ELSEWHERE = (((7, 1), (8, 15)), ((12, 23), (12, 31)), ((1, 1), (1, 2)))


@dataclass(frozen=True, slots=True)
class SchoolHolidays:
    """A country (ISO 3166 alpha-2) and the centre's own seasons."""

    country: str
    seasons: Sequence[WeeklyHours] = ()

    def holds(self, day: date) -> bool:
        """Whether schools have holidays on a date."""
        own = {(season.from_date, season.until_date) for season in self.seasons if _is_short(season)}
        if any(first is not None and last is not None and first <= day <= last for first, last in own):
            return True
        known = any(first is not None and abs(first - day) < timedelta(days=120) for first, _last in own)
        return _is_usual(self.country, day, by_week=not known)

    def holds_everywhere(self, day: date) -> bool:
        """Whether schools have holidays on a date in the whole country, whatever a municipality says of its weeks."""
        return _is_usual(self.country, day, by_week=False)


def _is_short(season: WeeklyHours) -> bool:
    first, last = season.from_date, season.until_date
    return season.rank > 0 and first is not None and last is not None and last - first <= LONGEST_SEASON


def _is_usual(country: str, day: date, by_week: bool) -> bool:
    """`by_week`: in the autumn and winter weeks too, of which nobody has said when they are this year."""
    if any(first <= (day.month, day.day) <= last for first, last in SPANS.get(country, ELSEWHERE)):
        return True
    sunday = easter(day.year)
    if country == "NO" and sunday - timedelta(days=8) <= day <= sunday + timedelta(days=1):
        return True
    return by_week and day.isocalendar().week in WEEKS.get(country, frozenset())


def easter(year: int) -> date:
    """Easter Sunday (the Gregorian computus, as Meeus gives it)."""
    century, in_century = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
