"""The same visit again next school year: a grade further on, in the nearest week that is no holiday.

Classes of the last grade, and the five-year-olds of a kindergarten, do not come again: others take their place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from booking.agreements.models import SchoolKind
from booking.agreements.rules import KINDERGARTEN, school_year
from booking.programmes.offered import OfferedProgramme, SessionFree
from booking.programmes.shows import OfferedShow

WEEK = timedelta(weeks=1)
YEAR = timedelta(weeks=52)  # keeps the weekday, and the week but for a day or two
LAST_GRADES = {"NO": (10, 13), "LV": (12,)}  # of lower and upper secondary school: the next grade is another school
MOST_WEEKS_AWAY = 8


@dataclass(frozen=True, slots=True)
class ChosenProgramme:
    """A programme for the new grade, and which one it takes the place of; `instead_of` None: it still fits."""

    programme: OfferedProgramme | None
    instead_of: int | None = None


def grade_after(grade: int, kind: SchoolKind, country: str) -> int:
    """The grade of the class a year on; the same where another class of the same grade will come."""
    if kind is SchoolKind.KINDERGARTEN or grade == KINDERGARTEN or grade in LAST_GRADES.get(country, (13,)):
        return grade
    return min(grade + 1, 13)


def name_after(name: str, before: int, after: int) -> str:
    """6A is 7A a year on; names that do not begin with the grade stay."""
    for old, new in ((before, after), (before - 10, after - 10)):  # vg1 is grade 11
        if old > 0 and name.startswith(str(old)) and not name[len(str(old)) :][:1].isdigit():
            return f"{new}{name[len(str(old)) :]}"
    return name


def programmes_after(
    wanted: Sequence[int], grades: Collection[int], offered: Sequence[OfferedProgramme]
) -> list[ChosenProgramme]:
    """Each programme if it suits the new grades; else the one that suits and has most in common with it."""
    by_id = {programme.activity_id: programme for programme in offered}
    taken = {activity_id for activity_id in wanted if activity_id in by_id and _suits(by_id[activity_id], grades)}
    chosen = []
    for activity_id in wanted:
        if activity_id in taken:
            chosen.append(ChosenProgramme(by_id[activity_id]))
            continue
        fitting = [
            programme for programme in offered if _suits(programme, grades) and programme.activity_id not in taken
        ]
        old = by_id.get(activity_id)
        best = min(fitting, key=lambda programme: _unlike(programme, old), default=None)
        if best is not None:
            taken.add(best.activity_id)
        chosen.append(ChosenProgramme(best, activity_id))
    return chosen


def shows_after(seen: Sequence[int], grades: Collection[int], offered: Sequence[OfferedShow]) -> list[OfferedShow]:
    """The shows of the visit that classes of the new grades may see."""
    return [show for show in offered if show.activity_id in seen and _suits(show, grades)]


def day_next_year(on: date, today: date) -> date:
    """The same weekday of the same week in the next school year; of the coming one for a visit of long ago.

    Never in the visit's own school year: 52 weeks after its first day are its last.
    """
    day = on + YEAR
    if school_year(day) == school_year(on):
        day += WEEK
    while day <= today or (school_year(day) <= school_year(today) and on < today - YEAR):
        day += YEAR
    return day


def school_year_again(on: date, today: date) -> str:
    """The school year of `day_next_year`, as schools write it: 2027/28."""
    year = school_year(day_next_year(on, today))
    return f"{year}/{(year + 1) % 100:02}"


def school_days_near(day: date, is_school_day: Callable[[date], bool]) -> Iterator[date]:
    """The same weekday in this week or the nearest ones in the same school year, where schools have school."""
    for away in range(MOST_WEEKS_AWAY + 1):
        for candidate in dict.fromkeys((day + away * WEEK, day - away * WEEK)):
            if school_year(candidate) == school_year(day) and is_school_day(candidate):
                yield candidate


def days_with_all(
    frees: Sequence[SessionFree], wanted: Collection[int], local: Callable[[SessionFree], date]
) -> list[date]:
    """The days on which each of these programmes has a session with room for a class."""
    by_day: dict[date, set[int]] = {}
    for session in frees:
        if session.has_room:
            by_day.setdefault(local(session), set()).add(session.activity_id)
    return sorted(day for day, there in by_day.items() if set(wanted) <= there)


def nearest(day: date, days: Collection[date]) -> date | None:
    """The day that lies nearest, the later one of two."""
    return min(days, key=lambda candidate: (abs(candidate - day), day - candidate), default=None)


def _suits(held: OfferedProgramme | OfferedShow, grades: Collection[int]) -> bool:
    return all(held.grade_from <= grade <= held.grade_to for grade in grades)


def _unlike(programme: OfferedProgramme, old: OfferedProgramme | None) -> tuple[int, int, int]:
    if old is None:
        return 0, programme.grade_from, programme.activity_id
    return (
        -len(set(programme.subjects) & set(old.subjects)),
        abs(programme.minutes - old.minutes),
        programme.activity_id,
    )
