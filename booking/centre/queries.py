"""What pages and rules read of the centre's rows: itself, its spaces, its opening hours and days that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from booking.centre.models import Centre, DayException, OpeningHours, Space
from booking.kernel.database import Texts, as_values, db, run
from booking.kernel.prepared import ReadyStatement


@dataclass(frozen=True, slots=True)
class SpaceFacts:
    """A space as lists show it."""

    id: int
    name: Texts
    capacity: int
    is_house: bool


_SPACES = ReadyStatement(select(Space.id, Space.name, Space.capacity, Space.is_house).order_by(Space.sort, Space.id))


def the_row() -> Centre | None:
    """The centre's own row; None before there is a centre. One statement."""
    return db.session.scalar(select(Centre).limit(1))


def spaces() -> list[SpaceFacts]:
    """Every space in the order of lists, the whole house among them; one statement."""
    return as_values(SpaceFacts, _SPACES.rows())


def is_another_the_house(than: int) -> bool:
    """Whether a space other than this one is the whole house; one statement."""
    return bool(run(select(func.count()).where(Space.is_house, Space.id != than)).scalar())


def most_in_the_house() -> int | None:
    """How many people the whole house may hold; None before somebody has said so. One statement."""
    return db.session.scalar(select(Space.capacity).where(Space.is_house).limit(1))


def opening_hours() -> Sequence[OpeningHours]:
    """The ordinary week, then the seasons; one statement."""
    order = (OpeningHours.rank, OpeningHours.from_date, OpeningHours.weekday)
    return db.session.scalars(select(OpeningHours).order_by(*order)).all()


def days_that_differ(since: date) -> Sequence[DayException]:
    """The days from `since` on that are not as their weekday is; one statement."""
    days = select(DayException).where(DayException.on_date >= since)
    return db.session.scalars(days.order_by(DayException.on_date)).all()


def is_said_otherwise_of(day: date, than: int) -> bool:
    """Whether a row other than this one says something about that day; one statement."""
    same = select(DayException.id).where(DayException.on_date == day, DayException.id != than)
    return db.session.scalar(same) is not None
