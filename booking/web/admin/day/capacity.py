"""How full the house is: a day on a time line, a week as a table, a month as a heat map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from flask import render_template, request

from booking.capacity.conflicts import clashing, understaffed
from booking.capacity.educators import load_duties
from booking.capacity.models import SlotStatus
from booking.capacity.planning import RoomUse, Staffing
from booking.catalogue.models import FOR_THE_PUBLIC
from booking.centre.facts import closing_days
from booking.kernel import clock
from booking.kernel.database import Texts
from booking.occupancy import overview
from booking.occupancy.days import DayOfSpace, Sum, add, days_in_sum
from booking.occupancy.overview import Occupancy, Only
from booking.staff.models import Role
from booking.web.blueprints import admin
from booking.web.forms.dates import moment
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.typed import a_day, identity

UNIT = 5  # minutes of one column of the time line
MOST_UNITS = 288


class View(StrEnum):
    """How much is shown."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Placed:
    """A slot on the time line: from which column, over how many, in which lane of its row."""

    bar: Occupancy
    begins: int
    columns: int
    lane: int


@dataclass(slots=True)
class SpaceDay:
    """One space's day."""

    name: Texts | None
    placed: list[Placed] = field(default_factory=list)

    @property
    def lanes(self) -> int:
        """How many lie above each other at most."""
        return max((placed.lane for placed in self.placed), default=1)


@dataclass(frozen=True, slots=True)
class DayLine:
    """The time line of a day: its hours and its rows."""

    columns: int
    hours: Sequence[tuple[int, datetime]]
    rows: Sequence[SpaceDay]


@admin.get("/capacity")
@staff(Role.DESK, Role.EDUCATOR)
def capacity() -> str:
    """How full it is on a day, in a week, in a month."""
    named = request.args.get("view", "")
    view = View(named) if named in set(View) else View.DAY
    today = centre().local(clock.now()).date()
    day = a_day(request.args.get("date")) or today
    only = Only(identity(request.args.get("activity")), identity(request.args.get("space")))
    values = {View.DAY: _day, View.WEEK: _week, View.MONTH: _month}[view](day, only)
    return render_template(
        f"admin/capacity_{view}.html",
        present=who(),
        view=view,
        views=View,
        day=day,
        today=today,
        only=only,
        activities=overview.activity_names(),
        spaces=[(space_id, name) for space_id, name, is_house in overview.space_names() if not is_house],
        **values,
    )


def address(**changed: object) -> dict[str, object]:
    """What the address of the capacity page keeps, with something changed."""
    kept = {name: request.args.get(name) for name in ("view", "date", "activity", "space")}
    return {name: value for name, value in (kept | changed).items() if value}


@admin.app_template_global("capacity_address")
def capacity_address(**changed: object) -> dict[str, object]:
    """For templates: url_for("admin.capacity", **capacity_address(view="week"))."""
    return address(**changed)


@admin.app_template_filter("wrong_on")
def wrong_on(sums: Mapping[date, Sum], what: str) -> list[date]:
    """The days with clashes ("clashes") or too few educators ("understaffed")."""
    return [day for day, entry in sums.items() if (entry.clashes if what == "clashes" else entry.understaffed)]


def _day(day: date, only: Only) -> dict[str, object]:
    now = clock.now()
    start, end = _bounds(day)
    bars = overview.day_bars(start, end, only, now)
    sessions = overview.sessions_between(start, end)
    staffing = Staffing(centre().zone, load_duties())
    slots = [bar for bar in bars if bar.slot.activity_id is not None]
    entry = [bar for bar in slots if not bar.slot.needs_admission and bar.slot.status is not SlotStatus.CANCELLED]
    return {
        "now": now,
        "line": _line(bars),
        "bars": slots,
        "clashes": clashing(sessions),
        "understaffed": understaffed(sessions, staffing),
        "educators": _at_work(staffing, sessions.values()),
        "house": [bar for bar in bars if bar.slot.activity_id is None],
        "sold": sum(bar.sold for bar in entry),
        "held": sum(bar.held for bar in entry),
        "arrived": sum(bar.arrived for bar in entry),
        "free": sum(bar.free for bar in entry if bar.slot.kind in FOR_THE_PUBLIC),
        "closed_because": closing_days(day, day + timedelta(days=1)).get(day),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
    }


def _at_work(staffing: Staffing, sessions: Iterable[RoomUse]) -> str | None:
    """How many educators are at work while something is led: "3", or "2–4" where it changes; None when enough."""
    led = [session for session in sessions if session.is_led]
    moments = {room_use.starts_at for room_use in led} | {
        turn for room_use in led for turn in staffing.turns(room_use.starts_at, room_use.free_again)
    }
    numbers = {educators for moment in moments if (educators := staffing.at(moment)) is not None}
    if not numbers:
        return None
    return str(min(numbers)) if len(numbers) == 1 else f"{min(numbers)}–{max(numbers)}"


def _week(day: date, only: Only) -> dict[str, object]:
    now, monday = clock.now(), day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=n) for n in range(7)]
    sums = _sums(days, only, now)
    table = {(day_of_space.space_id, day_of_space.day): day_of_space.sum for day_of_space in sums}
    known = {day_of_space.space_id for day_of_space in sums}
    names: list[tuple[int | None, Texts | None]] = [
        (space_id, name) for space_id, name, _is_house in overview.space_names() if space_id in known
    ]
    if None in known:
        names.append((None, None))
    return {
        "now": now,
        "days": days,
        "rows": [(space_id, name, [table.get((space_id, n), Sum()) for n in range(7)]) for space_id, name in names],
        "sums": (by_day := _by_day(days, sums)),
        "whole": add(by_day.values()),
        "closings": closing_days(monday, monday + timedelta(days=7)),
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
    }


def _month(day: date, only: Only) -> dict[str, object]:
    now, first = clock.now(), day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    days = [first + timedelta(days=n) for n in range((following - first).days)]
    sums = _sums(days, only, now)
    by_day = _by_day(days, sums)
    entries = {
        day: add(day_of_space.entry for day_of_space in sums if day_of_space.day == n) for n, day in enumerate(days)
    }
    cells: list[date | None] = [None] * first.weekday() + list(days)
    cells += [None] * (-len(cells) % 7)
    return {
        "now": now,
        "weeks": [cells[n : n + 7] for n in range(0, len(cells), 7)],
        "days": days,
        "sums": by_day,
        "entries": entries,
        "whole": add(by_day.values()),
        "whole_entry": add(entries.values()),
        "month": wording().month(first),
        "closings": closing_days(first, following),
        "before": first - timedelta(days=1),
        "after": following,
    }


def _sums(days: Sequence[date], only: Only, now: datetime) -> list[DayOfSpace]:
    return days_in_sum([_bounds(day) for day in days], only, Staffing(centre().zone, load_duties()), now)


def _by_day(days: Sequence[date], sums: Sequence[DayOfSpace]) -> dict[date, Sum]:
    return {day: add(day_of_space.sum for day_of_space in sums if day_of_space.day == n) for n, day in enumerate(days)}


def _bounds(day: date) -> tuple[datetime, datetime]:
    return moment(day, time(0)), moment(day + timedelta(days=1), time(0))


def _line(bars: Sequence[Occupancy]) -> DayLine | None:
    """The rows of a day, the house last; overlapping slots of a space lie in lanes."""
    shown = [bar for bar in bars if bar.slot.activity_id is not None]
    if not shown:
        return None
    first = min(bar.slot.starts_at for bar in shown).replace(minute=0, second=0, microsecond=0)
    last = max(bar.slot.ends_at for bar in shown)
    columns = min(-(-_minutes(last - first) // 60) * 60 // UNIT, MOST_UNITS)
    rows: dict[tuple[bool, int | None], SpaceDay] = {}
    ends: dict[tuple[bool, int | None], list[datetime]] = {}
    for bar in sorted(bars, key=lambda bar: (bar.slot.activity_id is None, bar.slot.starts_at)):
        if bar.slot.starts_at < first or bar.slot.starts_at >= last:
            continue
        key = (bar.slot.activity_id is None, bar.slot.space_id)
        row, busy = rows.setdefault(key, SpaceDay(bar.slot.space)), ends.setdefault(key, [])
        lane = next((n for n, until in enumerate(busy) if until <= bar.slot.starts_at), len(busy))
        busy[lane : lane + 1] = [bar.slot.ends_at]
        begins = min(_minutes(bar.slot.starts_at - first) // UNIT, columns - 1)
        wide = max(_minutes(bar.slot.ends_at - bar.slot.starts_at) // UNIT, 1)
        row.placed.append(Placed(bar, begins, min(wide, columns - begins), min(lane, 7) + 1))
    hours = [(n * 60 // UNIT, first + timedelta(hours=n)) for n in range(columns * UNIT // 60)]
    return DayLine(columns, hours, [rows[key] for key in sorted(rows, key=lambda key: (key[0], key[1] or 0))])


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60
