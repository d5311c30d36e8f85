"""Today on one screen, search, and the day's list for paper."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request

from booking.door import board as boards
from booking.door import inside
from booking.door.search import LONGEST_QUERY, MOST, MOST_ASKED, search
from booking.door.told import told_by
from booking.kernel import clock
from booking.web.desk import AT_THE_DOOR, desk, today
from booking.web.forms.checked import tidy
from booking.web.guards.access import staff, who

SHOWN_BEFORE = timedelta(minutes=45)  # a time that ended longer ago is earlier, not now
SHOWN_AHEAD = timedelta(hours=3)


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
        present=who(),
        now=now,
        near=near,
        earlier=[slot for slot in slots if slot.ends_at <= now - SHOWN_BEFORE],
        later=[slot for slot in slots if slot.starts_at >= now + SHOWN_AHEAD],
        groups=groups,
        told=told_by([group.booking_id for group in groups]),
        troubles=boards.troubles_today(begin),
        house=house,
        people_in_all=boards.people_today(slots, groups),
    )


@desk.get("/search")
@staff(*AT_THE_DOOR)
def find() -> str:
    """Bookings by anything that somebody says; as you type where there is scripting."""
    typed = tidy(request.args.get("q"))[:LONGEST_QUERY]
    begin, end = today()
    wants_more = request.args.get("more") == "1"
    found = search(typed, begin, end, MOST_ASKED if wants_more else MOST)
    return render_template(
        "desk/search.html",
        present=who(),
        typed=typed,
        found=found,
        wants_more=wants_more,
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
        present=who(),
        day=begin,
        slots=slots,
        groups=groups,
        told=told_by([group.booking_id for group in groups]),
    )
