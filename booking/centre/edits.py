"""What administrators keep of the centre: the centre itself, its ordinary week and seasons, its closing days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from booking.centre.models import Centre, DayException, OpeningHours
from booking.centre.opening import proposed_closing_days
from booking.kernel.database import db, insert_once
from booking.kernel.refusals import Refusal
from booking.records import audited_rows
from booking.records.audit import note

CENTRE = 1  # the id of the one row
QUIET = frozenset({"legal_name", "org_number", "address", "phone", "email", "find_us"})


class CentreThere(Refusal):
    """Somebody else has just made the centre."""


def make_centre(values: Mapping[str, Any], actor: str) -> None:
    """The first row of an empty database; call inside a unit of work. Raises CentreThere."""
    if db.session.scalar(select(Centre.id).limit(1)) is not None:
        raise CentreThere
    texts = {"address": "", "phone": "", "website": "", "org_number": ""}
    given = texts | {"tagline": {}, "find_us": {}, "newsletter_topics": {}} | dict(values)
    if not insert_once(Centre, "id", {"id": CENTRE} | given):
        raise CentreThere
    note(actor, "centre.add", "centre:1", None, audited_rows.facts(values, QUIET))


def season_rank(start: date | None, end: date | None) -> int:
    """The shorter season counts before the longer, and every season before the ordinary week."""
    if start is None and end is None:
        return 0
    if start is None or end is None:
        return 1
    return max(2, 10_000 - (end - start).days)


def add_hours(weekdays: int, values: Mapping[str, Any], actor: str) -> None:
    """The same hours on several weekdays, in place of those of the same season; call inside a unit of work."""
    start, end = values["from_date"], values["until_date"]
    for weekday in range(7):
        if not weekdays >> weekday & 1:
            continue
        season = (OpeningHours.weekday == weekday, OpeningHours.from_date.is_(start), OpeningHours.until_date.is_(end))
        if start is not None:
            season = (season[0], OpeningHours.from_date == start, season[2])
        if end is not None:
            season = (season[0], season[1], OpeningHours.until_date == end)
        for old in db.session.scalars(select(OpeningHours.id).where(*season)).all():
            audited_rows.remove(OpeningHours, old, actor=actor, what="hours", names=("opens", "closes"))
        row = {**values, "weekday": weekday, "rank": season_rank(start, end)}
        audited_rows.add(OpeningHours, row, actor=actor, what="hours")


def proposals(country: str, start: date, end: date) -> dict[date, Mapping[str, str]]:
    """Public holidays of the country in [start, end) about which nothing has been said yet."""
    days = set(
        db.session.scalars(
            select(DayException.on_date).where(DayException.on_date >= start, DayException.on_date < end)
        )
    )
    return {day: reason for day, reason in proposed_closing_days(country, start, end).items() if day not in days}


def close_days(days: Iterable[tuple[date, Mapping[str, str]]], actor: str) -> int:
    """Close these dates, those excepted about which something was said; call inside a unit of work. How many."""
    closed = 0
    for day, reason in days:
        values = {"on_date": day, "opens": None, "closes": None, "reason": reason}
        if insert_once(DayException, "on_date", values):
            closed += 1
            note(actor, "day.close", f"day:{day.isoformat()}")
    return closed
