"""School holidays of this school year and the next: those of Vestland around Bergen, or those of Latvia."""

from __future__ import annotations

from datetime import date, timedelta

from booking.agreements.holiday_models import SchoolHoliday
from booking.agreements.municipalities import EVERYWHERE
from booking.agreements.rules import school_year
from booking.centre.facts import the_centre
from booking.centre.school_holidays import easter
from booking.kernel.database import db, unit_of_work

VESTLAND = "Bergen, Askøy, Bjørnafjorden, Øygarden, Voss"
Days = tuple[str, date, date]


def write_school_holidays(today: date) -> None:
    """Two school years, in the first language of the centre."""
    is_norway = the_centre().country == "NO"
    places, of_year = (VESTLAND, _vestland) if is_norway else (EVERYWHERE, _latvia)
    year = school_year(today)
    with unit_of_work():
        for name, first, last in (*of_year(year), *of_year(year + 1)):
            db.session.add(SchoolHoliday(name=name, from_date=first, until_date=last, municipalities=places))


def _vestland(year: int) -> tuple[Days, ...]:
    sunday = easter(year + 1)
    return (
        ("Høstferie", *_week(year, 41)),
        ("Juleferie", date(year, 12, 21), date(year + 1, 1, 2)),
        ("Vinterferie", *_week(year + 1, 9)),
        ("Påskeferie", sunday - timedelta(days=6), sunday + timedelta(days=1)),
    )


def _latvia(year: int) -> tuple[Days, ...]:
    return (
        ("Rudens brīvlaiks", *_week(year, 43)),
        ("Ziemas brīvlaiks", date(year, 12, 22), date(year + 1, 1, 2)),
        ("Pavasara brīvlaiks", *_week(year + 1, 12)),
    )


def _week(year: int, number: int) -> tuple[date, date]:
    return date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 5)
