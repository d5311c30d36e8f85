"""What a teacher wishes for, read from the address: whole numbers, dates and times by pattern, with what was wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from itertools import count
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from booking.planner.missed import exhibition_of
from booking.planner.parting import parted
from booking.planner.plans import PartKind
from booking.planner.wish import Group, VisitWish
from booking.programmes.offered import OfferedProgramme
from booking.programmes.sale import opens_by_rule
from booking.programmes.shows import OfferedShow
from booking.visits.read import VisitFacts
from booking.web.forms.checked import no_address, one_line
from booking.web.languages import centre, wording
from booking.web.typed import a_clock, a_day, identity, whole_number

MOST_GROUPS = 8
MOST_PEOPLE = 60  # pupils of one group, and adults
MOST_TYPED = MOST_PEOPLE * MOST_GROUPS  # of one class: more than one group can be is offered as several
FALL_BACK_DAYS = 4  # looked at when nothing fits on a day that stands alone
MOST_WEEKS = 6  # of a range
LUNCH_MINUTES = 30
EXHIBITION = (0, 30, 45, 60, 90, 120)
SPARE = timedelta(minutes=30)  # a plan ends when the last thing does; other days are not as tight


@dataclass(frozen=True, slots=True)
class GroupTyped:
    """One class as typed."""

    name: str
    grade: str
    pupils: str
    adults: str


@dataclass
class Typed:
    """The whole form as typed, and what is wrong with it by field."""

    groups: list[GroupTyped]
    on: str
    until: str
    arrival: str
    departure: str
    programmes: list[int]
    exhibition: int
    lunch: bool
    move: str
    held: str = ""
    again: str = ""
    wish: str = ""
    school: str = ""  # the number of one that was chosen before; the booking form then begins with it
    school_q: str = ""  # what it was sought by
    shows: list[int] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimedWish:
    """A wish, and when the bus comes and goes; for a day that is not said yet."""

    wish: VisitWish
    arrival: time
    departure: time


@dataclass(frozen=True, slots=True)
class AskedDays(TimedWish):
    """What can be planned: the first day, those of a range that do as well, else others to fall back on."""

    on: date
    until: tuple[date, ...]
    others: tuple[date, ...]


def typed_from(
    args: MultiDict[str, str], programmes: Sequence[OfferedProgramme], shows: Sequence[OfferedShow] = ()
) -> Typed:
    """The form as it stands in an address; at least one row for a class."""
    columns = [args.getlist(name)[:MOST_GROUPS] for name in ("name", "grade", "pupils", "adults")]
    rows_typed = max([len(column) for column in columns] + [1])
    if args.get("more") and rows_typed < MOST_GROUPS:
        rows_typed += 1
    rows = [[(column[n] if n < len(column) else "")[:40] for column in columns] for n in range(rows_typed)]
    exhibition = whole_number(args.get("exhibition"), 0, 240)
    return Typed(
        groups=[GroupTyped(one_line(row[0]), row[1], row[2], row[3]) for row in rows],
        on=args.get("date", "")[:10],
        until=args.get("until", "")[:10],
        arrival=args.get("arrival", "09:00")[:5],
        departure=args.get("departure", "14:00")[:5],
        programmes=_chosen(args, "programme", {programme.activity_id for programme in programmes}),
        exhibition=30 if exhibition is None else exhibition,
        lunch=args.get("lunch") == "y",
        move=args.get("move", "")[:26],
        held=args.get("held", "")[:26],
        again=args.get("again", "")[:26],
        wish=args.get("wish", "")[:26],
        school=str(identity(args.get("school")) or ""),
        school_q=one_line(args.get("school_q"))[:80],
        shows=_chosen(args, "show", {show.activity_id for show in shows}),
    )


def _chosen(args: MultiDict[str, str], name: str, known: Collection[int]) -> list[int]:
    """What was ticked of what is offered, each once."""
    ids = (identity(value) for value in args.getlist(name)[:10])
    return list(dict.fromkeys(activity_id for activity_id in ids if activity_id and activity_id in known))


def read(typed: Typed, today: date, last: date) -> AskedDays | None:
    """What was asked for; None when something is wrong, which `typed.errors` then says in the order of the form."""
    groups = _groups(typed)
    on, until = _days(typed, today, last)
    wish = _wish(typed, groups)
    if wish is None or on is None:
        return None
    if until is not None and until > on:
        return AskedDays(wish.wish, wish.arrival, wish.departure, on, _school_days(on, until), ())
    others = _school_days(on, on + timedelta(weeks=2))[:FALL_BACK_DAYS]
    return AskedDays(wish.wish, wish.arrival, wish.departure, on, (), others)


def read_wish(typed: Typed) -> TimedWish | None:
    """The same without a day."""
    return _wish(typed, _groups(typed))


def _wish(typed: Typed, groups: Sequence[Group]) -> TimedWish | None:
    arrival, departure = _hours(typed)
    if not typed.programmes and not typed.exhibition:
        typed.errors["programmes"] = _("Choose at least one programme, or time in the exhibition.")
    if typed.errors or arrival is None or departure is None:
        return None
    lunch = LUNCH_MINUTES if typed.lunch else 0
    programmes = tuple(typed.programmes)
    wish = VisitWish(tuple(groups), programmes, typed.exhibition, lunch, shows=tuple(typed.shows))
    return TimedWish(wish, arrival, departure)


def _groups(typed: Typed) -> list[Group]:
    groups = [
        group for n, group_typed in enumerate(typed.groups) if (group := _group(typed, n, group_typed)) is not None
    ]
    names = [group.name.casefold() for group in groups]
    if len(set(names)) < len(names):
        typed.errors.setdefault("name-0", _("Give each class a name of its own."))
    return groups


def _days(typed: Typed, today: date, last: date) -> tuple[date | None, date | None]:
    """The day that is asked for and, if any will do, the last of them; what is wrong is said in `typed.errors`."""
    on, until = a_day(typed.on), a_day(typed.until) if typed.until else None
    if on is not None and on > last:
        opens_at = opens_by_rule(on, None, centre())
        typed.errors["date"] = _(
            "That day is not on sale yet: it opens %(when)s.", when=wording().on_day(wording().moment(opens_at))
        )
    elif on is None or on <= today:
        typed.errors["date"] = _("Choose a day from tomorrow on.")
    if typed.until and (until is None or (on is not None and until < on)):
        typed.errors["until"] = _("The last day is before the first, or is no date.")
    elif on is not None and until is not None and until > on + timedelta(weeks=MOST_WEEKS):
        typed.errors["until"] = _(
            "We look through %(most)s weeks at a time. Choose an earlier last day.", most=MOST_WEEKS
        )
    return on, until


def _hours(typed: Typed) -> tuple[time | None, time | None]:
    """When the bus comes and goes; what is wrong is said in `typed.errors`."""
    arrival, departure = a_clock(typed.arrival), a_clock(typed.departure)
    if arrival is None:
        typed.errors["arrival"] = _("Enter the time as hours and minutes, for example 10:40.")
    if departure is None or (arrival is not None and departure <= arrival):
        typed.errors["departure"] = _("The departure must be after the arrival, for example 14:00.")
    return arrival, departure


def _group(typed: Typed, n: int, group_typed: GroupTyped) -> Group | None:
    name = group_typed.name or _("Class %(number)s", number=n + 1)
    grade = whole_number(group_typed.grade, 0, 13)
    pupils, adults = (
        whole_number(group_typed.pupils, 1, MOST_TYPED),
        whole_number(group_typed.adults or "0", 0, MOST_TYPED),
    )
    if grade is None:
        typed.errors[f"grade-{n}"] = _("Choose the grade.")
    if wrong := no_address(group_typed.name):
        typed.errors[f"name-{n}"] = wrong
        return None
    if pupils is None:
        typed.errors[f"pupils-{n}"] = _("Enter how many pupils, from 1 to %(most)s.", most=MOST_TYPED)
    if adults is None:
        typed.errors[f"adults-{n}"] = _("Enter how many adults, from 0 to %(most)s.", most=MOST_TYPED)
    if grade is None or pupils is None or adults is None:
        return None
    return Group(name, pupils, adults, grade)


def _school_days(after: date, last: date) -> tuple[date, ...]:
    """Monday to Friday, the first day not among them."""
    days = (after + timedelta(days=n) for n in range(1, (last - after).days + 1))
    return tuple(day for day in days if day.weekday() < 5)


def wish_of(visit: VisitFacts) -> Typed:
    """What a visit was booked as, for somebody else or another day: no names, no day, nobody's contact."""
    zone = centre().local
    wanted, seen = (
        [activity_id for timetable in visit.timetables for activity_id in timetable.held(kind)]
        for kind in (PartKind.PROGRAMME, PartKind.SHOW)
    )
    stay = exhibition_of(visit.timetables)
    return Typed(
        groups=[
            GroupTyped("", str(timetable.group.grade), str(timetable.group.pupils), str(timetable.group.adults))
            for timetable in visit.timetables
        ],
        on="",
        until="",
        arrival=f"{zone(visit.arrives_at):%H:%M}",
        departure=f"{zone(visit.leaves_at + SPARE):%H:%M}",
        programmes=list(dict.fromkeys(wanted)),
        exhibition=max(minutes for minutes in EXHIBITION if minutes <= stay),
        lunch=visit.has_lunch,
        move="",
        shows=list(dict.fromkeys(seen)),
    )


def in_parts(typed: Typed, place: int, sizes: Sequence[tuple[int, int]]) -> list[GroupTyped]:
    """A row of the form as several, one for each (pupils, adults); they are named after it, if it has a name."""
    row = typed.groups[place]
    taken = {group_typed.name.casefold() for group_typed in typed.groups}
    names = (f"{row.name[:37]} {number}" for number in count(1))
    free = (name for name in names if name.casefold() not in taken)
    return [GroupTyped(next(free) if row.name else "", row.grade, str(pupils), str(adults)) for pupils, adults in sizes]


def in_halves(typed: Typed, group: Group) -> Typed | None:
    """The form with a class that is too big as two; None where it has no two, or no row is left for the second."""
    place = next((n for n, group_typed in enumerate(typed.groups) if group_typed.name in (group.name, "")), None)
    if place is None or len(typed.groups) >= MOST_GROUPS:
        return None
    halves = in_parts(typed, place, parted(group.pupils, group.adults, (group.people + 1) // 2))
    if len(halves) < 2:  # one pupil among many adults
        return None
    return replace(typed, groups=[*typed.groups[:place], *halves, *typed.groups[place + 1 :]])


def as_args(typed: Typed) -> Mapping[str, Any]:
    """The form as the arguments of an address."""
    carried = {name: getattr(typed, name) for name in ("held", "again", "wish", "move", "school", "school_q")}
    return {name: value for name, value in carried.items() if value} | {
        "name": [group.name for group in typed.groups],
        "grade": [group.grade for group in typed.groups],
        "pupils": [group.pupils for group in typed.groups],
        "adults": [group.adults for group in typed.groups],
        "date": typed.on,
        "until": typed.until,
        "arrival": typed.arrival,
        "departure": typed.departure,
        "programme": typed.programmes,
        "show": typed.shows,
        "exhibition": typed.exhibition,
        "lunch": "y" if typed.lunch else "",
    }
