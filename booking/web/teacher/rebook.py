"""The same visit again next year: what we propose, and the way into the plan with all of it filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.agreements import holidays as kept_holidays
from booking.agreements.payers import SchoolFacts
from booking.agreements.rules import school_year
from booking.bookings import queries
from booking.bookings.queries import BookingFacts
from booking.capacity.queries import open_between
from booking.capacity.timetable import at
from booking.catalogue.queries import fewest_days_on_sale
from booking.centre.facts import is_public_holiday
from booking.centre.opening import ClosedDay, hours_on, load_hours
from booking.centre.school_holidays import SchoolHolidays
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.programmes.offered import programmes, sessions
from booking.programmes.sale import opens_by_rule
from booking.programmes.shows import OfferedShow, shows_for_schools
from booking.visits import read
from booking.visits import rebook as rules
from booking.visits.read import VisitFacts
from booking.visits.rebook import ChosenProgramme
from booking.web.blueprints import teacher
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.teacher.visit import found
from booking.web.teacher.wishes import GroupTyped, Typed, as_args, wish_of
from booking.web.typed import whole_number

AHEAD = timedelta(days=500)


@dataclass(frozen=True, slots=True)
class AgainPage:
    """A visit of an earlier year, to be booked again."""

    facts: BookingFacts
    visit: VisitFacts
    year: str
    typed: Typed
    chosen: list[ChosenProgramme]
    old_titles: dict[int, Mapping[str, str]]
    day: NextYear
    same_grade: bool
    there: str | None
    nearest: str | None
    shows: list[OfferedShow]
    shows_gone: list[int]  # those that they have seen and cannot see again


@dataclass(frozen=True, slots=True)
class NextYear:
    """The day that is proposed. `same_week` is where it was looked for; `opens_at` says when it can be booked.

    `now` is the nearest day that can be booked already; None when there is none. `holiday` is what the school has then.
    """

    on: date
    same_week: date
    is_open: bool
    opens_at: datetime | None
    now: date | None
    holiday: str = ""


def year_again(arrives_at: datetime) -> str:
    """Which school year "the same again" is in, for the button: 2027/28."""
    here = centre().local
    return rules.school_year_again(here(arrives_at).date(), here(clock.now()).date())


@teacher.get("/visit/<secret>/again")
@public
def again(secret: str) -> ResponseReturnValue:
    """The proposal: who, what, and when."""
    facts, seen = found(secret)
    offered = programmes()
    typed = wish_of(seen)
    same_grade = request.args.get("grade") == "same"
    typed.groups = [_group(group, seen, same_grade) for group in _groups(seen)]
    grades = {_grade(group) for group in typed.groups}
    chosen = rules.programmes_after(typed.programmes, grades, offered)
    typed.programmes = [programme.programme.activity_id for programme in chosen if programme.programme is not None]
    shows, shows_gone = _shows_after(typed, grades)
    typed.exhibition = typed.exhibition or (0 if typed.programmes else 60)
    day = _when(seen, typed.programmes)
    return render_template(
        "teacher/again.html",
        page=AgainPage(
            facts=facts,
            visit=seen,
            year=year_again(seen.arrives_at),
            typed=typed,
            chosen=chosen,
            old_titles={programme.activity_id: programme.title for programme in offered} | seen.titles,
            day=day,
            same_grade=same_grade,
            there=_address(typed, day.on, secret) if day.is_open else None,
            nearest=_address(typed, day.now, secret) if day.now else None,
            shows=shows,
            shows_gone=shows_gone,
        ),
    )


def of_visit(secret: str, typed: dict[str, str]) -> SchoolFacts | None:
    """Fill a booking form in from a visit of one's own, and return its school; None when the secret opens nothing."""
    facts: BookingFacts | None = queries.by_secret(secret) if is_secret(secret) else None
    seen = read.of_booking(facts.id, facts.currency) if facts else None
    if facts is None or seen is None:
        return None
    typed |= {
        "name": facts.name,
        "email": facts.email,
        "mobile": seen.mobile,
        "on_the_day": "" if seen.on_the_day == facts.name else seen.on_the_day,
        "invoice_reference": seen.invoice_reference,
        "code": seen.code,
    }
    if not seen.school.known:
        typed |= {
            "school_name": seen.school.name,
            "org_number": seen.school.org_number,
            "municipality": seen.school.municipality,
            "kind": seen.school.kind.value,
        }
    return seen.school


def _shows_after(typed: Typed, grades: set[int]) -> tuple[list[OfferedShow], list[int]]:
    """The shows that they may see again, which then are those of the form, and those that they may not."""
    shows = rules.shows_after(typed.shows, grades, shows_for_schools())
    before, typed.shows = typed.shows, [show.activity_id for show in shows]
    return shows, [show_id for show_id in before if show_id not in typed.shows]


def _groups(seen: VisitFacts) -> list[GroupTyped]:
    return [
        GroupTyped(
            timetable.group.name, str(timetable.group.grade), str(timetable.group.pupils), str(timetable.group.adults)
        )
        for timetable in seen.timetables
    ]


def _grade(group_typed: GroupTyped) -> int:
    return whole_number(group_typed.grade, 0, 13) or 0


def _group(group_typed: GroupTyped, seen: VisitFacts, same_grade: bool) -> GroupTyped:
    before = _grade(group_typed)
    after = before if same_grade else rules.grade_after(before, seen.school.kind, centre().country)
    return replace(group_typed, name=rules.name_after(group_typed.name, before, after), grade=str(after))


def _when(seen: VisitFacts, wanted: list[int]) -> NextYear:
    here, now = centre(), clock.now()
    today = here.local(now).date()
    same_week = rules.day_next_year(here.local(seen.arrives_at).date(), today)
    weekly, exceptions = load_hours()
    usual = SchoolHolidays(here.country, weekly)
    there = kept_holidays.holidays_of(seen.school.municipality, kept_holidays.kept_from(today), usual)
    holiday = there.of_day(same_week)

    def is_school_day(day: date) -> bool:
        shut = bool(weekly) and isinstance(hours_on(day, weekly, exceptions), ClosedDay)
        closed = any(exception.on_date == day and exception.opens is None for exception in exceptions)
        return day > today and not (shut or closed or is_public_holiday(here.country, day) or there.holds(day))

    on = next(rules.school_days_near(same_week, is_school_day), same_week)
    found_sessions = sessions(wanted, now + timedelta(days=1), now + AHEAD, now) if wanted else []
    days = rules.days_with_all(found_sessions, wanted, lambda session_free: here.local(session_free.starts_at).date())
    days = [day for day in days if is_school_day(day) and school_year(day) >= school_year(same_week)]
    in_week = [day for day in days if day.isocalendar()[:2] == on.isocalendar()[:2]]
    best = rules.nearest(on, in_week)
    if best is not None:
        return NextYear(best, same_week, True, None, None, holiday.name if holiday else "")
    later = rules.nearest(on, days)
    return NextYear(on, same_week, False, _opens_at(on, wanted), later, holiday.name if holiday else "")


def _opens_at(on: date, wanted: list[int]) -> datetime | None:
    """When that week can be booked: as its slots say, or as they will by rule; None when it can be and is full."""
    here, now = centre(), clock.now()
    monday = on - timedelta(days=on.weekday())
    start, end = (at(day, time(0), here.zone) for day in (monday, monday + timedelta(days=7)))
    there, opens_at = open_between(wanted, start, end)
    if there:
        return opens_at if opens_at is not None and opens_at > now else None
    ahead = fewest_days_on_sale(wanted)
    moment = opens_by_rule(on, ahead, here)
    return moment if moment > now else None


def _address(typed: Typed, on: date | None, secret: str) -> str:
    args: dict[str, Any] = dict(as_args(typed)) | {"date": on.isoformat() if on else "", "again": secret, "plan": 1}
    return url_for("teacher.plan", _anchor="plans", **args)
