"""The front page: what is on, when there is room next, and the three doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask import render_template

from booking.bookings.queries import OwnBasket
from booking.capacity.availability import Availability, Free, FreeShow, add_ons_between, entry_between
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts
from booking.centre.opening import Doors, Open, doors_on, load_hours
from booking.kernel import clock
from booking.kernel.database import Texts
from booking.web.blueprints import visitor
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.visitor.basket import own_basket

PARTY = 2
SOON = timedelta(days=14)
LATER = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What is on today or next, and the visitor's own basket."""

    today: Today | None
    next_times: list[Free]
    is_soon: bool
    shows: list[FreeShow]
    basket: OwnBasket | None
    party: int


@dataclass(frozen=True, slots=True)
class Today:
    """When one can come in today, if still, and when next. A day off is closed all day, perhaps for a reason."""

    opens: datetime | None = None
    closes: datetime | None = None
    is_open: bool = False
    is_day_off: bool = False
    reason: Texts = field(default_factory=dict)
    next: datetime | None = None


@visitor.get("/")
@public
def front() -> str:
    """What is on, or what is next: however long the house is closed, there is something to look forward to."""
    now, facts = clock.now(), centre()
    soon = _fitting(now - timedelta(hours=1), now + SOON, facts, now)
    shows = _shows(now, now + SOON, now)
    return render_template(
        "visitor/front.html",
        page=FrontPage(
            today=_today(facts, now),
            next_times=_spread(soon or _fitting(now + SOON, now + LATER, facts, now), facts),
            is_soon=bool(soon),
            shows=_one_each(shows or _shows(now + SOON, now + LATER, now))[:6],
            basket=own_basket(),
            party=PARTY,
        ),
    )


def _today(facts: CentreFacts, now: datetime) -> Today | None:
    """The doors of this moment; None for a centre that has not said when it is open."""
    hours = load_hours()
    if not any(hours):
        return None
    local = facts.local(now)
    doors = doors_on(local.date(), *hours)
    following = _on(doors, facts)
    if not isinstance(doors.today, Open):
        return Today(is_day_off=True, reason=doors.today.reason, next=following)
    opens, closes = (
        datetime.combine(local.date(), wall, facts.zone) for wall in (doors.today.public_from, doors.today.closes)
    )
    if now >= closes:
        return Today(next=following)
    return Today(opens, closes, is_open=now >= opens)


def _on(doors: Doors, facts: CentreFacts) -> datetime | None:
    if doors.next_day is None or doors.next_from is None:
        return None
    return datetime.combine(doors.next_day, doors.next_from, facts.zone)


def _fitting(start: datetime, end: datetime, facts: CentreFacts, now: datetime) -> list[Free]:
    entries = entry_between(start, end, Channel.PUBLIC, now)
    return [
        slot for slot in entries if slot.standing(PARTY, facts.few_left, now) in (Availability.FREE, Availability.FEW)
    ]


def _shows(start: datetime, end: datetime, now: datetime) -> list[FreeShow]:
    return [show for show in add_ons_between(start, end, Channel.PUBLIC, now) if show.open and show.free]


def _spread(slots: Sequence[Free], facts: CentreFacts) -> list[Free]:
    """The next two times of each of the next days."""
    shown: dict[date, list[Free]] = {}
    for slot in slots:
        shown.setdefault(facts.local(slot.starts_at).date(), []).append(slot)
    return [slot for day in list(shown.values())[:3] for slot in day[:2]]


def _one_each(shows: Sequence[FreeShow]) -> list[FreeShow]:
    """The next run of each show."""
    return list({show.activity_id: show for show in reversed(shows)}.values())[::-1]
