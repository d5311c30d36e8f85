"""Today on one screen, search, and the day's list for paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import render_template, request

from booking.door import board as boards
from booking.door import inside
from booking.door.board import GroupToday, PeopleToday, SlotToday, TroubleToday
from booking.door.inside import SpaceNow
from booking.door.search import LONGEST_QUERY, MOST, MOST_ASKED, Found, search
from booking.door.told import ToldByTeacher, told_by
from booking.kernel import clock
from booking.reckoning.queries import UncountedVisit, uncounted_visits
from booking.staff.models import Role
from booking.web.blueprints import desk
from booking.web.desk.sent import AT_THE_DOOR, today
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who

SHOWN_BEFORE = timedelta(minutes=45)  # a time that ended longer ago is earlier, not now
SHOWN_AHEAD = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Today at the desk: the times near this moment, the classes, what went wrong."""

    now: datetime
    near: list[SlotToday]
    earlier: list[SlotToday]
    later: list[SlotToday]
    groups: list[GroupToday]
    told: dict[int, ToldByTeacher]
    troubles: list[TroubleToday]
    house: SpaceNow | None
    people_in_all: PeopleToday
    uncounted: list[UncountedVisit]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The bookings that match what is typed."""

    typed: str
    found: Found
    wants_more: bool


@dataclass(frozen=True, slots=True)
class DayPage:
    """A day on paper."""

    day: datetime
    slots: list[SlotToday]
    groups: list[GroupToday]
    told: dict[int, ToldByTeacher]


@desk.get("/")
@staff(*AT_THE_DOOR)
def start() -> str:
    """Who comes now."""
    now = clock.now()
    begin, end = today()
    groups = boards.groups_today(begin, end)
    slots = [slot for slot in boards.who_eats(boards.slots_today(begin, end), groups) if slot.is_running]
    near = [slot for slot in slots if slot.ends_at > now - SHOWN_BEFORE and slot.starts_at < now + SHOWN_AHEAD]
    people = inside.now_inside(begin, now)
    house = next((space for space in inside.spaces_now(slots, people, now) if space.is_house), None)
    return render_template(
        "desk/board.html",
        page=BoardPage(
            now=now,
            near=near,
            earlier=[slot for slot in slots if slot.ends_at <= now - SHOWN_BEFORE],
            later=[slot for slot in slots if slot.starts_at >= now + SHOWN_AHEAD],
            groups=groups,
            told=told_by([group.booking_id for group in groups]),
            troubles=boards.troubles_today(begin),
            house=house,
            people_in_all=boards.people_today(slots, groups),
            uncounted=[] if who().role is Role.EDUCATOR else uncounted_visits(now),
        ),
        present=who(),
    )


@desk.get("/search")
@staff(*AT_THE_DOOR)
def find() -> str:
    """Bookings by anything that somebody says; as you type where there is scripting."""
    typed = one_line(request.args.get("q"))[:LONGEST_QUERY]
    begin, end = today()
    wants_more = request.args.get("more") == "1"
    matches = search(typed, begin, end, MOST_ASKED if wants_more else MOST)
    return render_template(
        "desk/search.html", page=SearchPage(typed=typed, found=matches, wants_more=wants_more), present=who()
    )


@desk.get("/day")
@staff(*AT_THE_DOOR)
def day() -> str:
    """The day on paper: every time, every group with a box to tick."""
    begin, end = today()
    slots = [slot for slot in boards.slots_today(begin, end) if slot.is_running and slot.booked]
    groups = boards.groups_today(begin, end)
    return render_template(
        "desk/day.html",
        page=DayPage(day=begin, slots=slots, groups=groups, told=told_by([group.booking_id for group in groups])),
        present=who(),
    )
