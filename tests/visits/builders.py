"""A school day to plan in, with good defaults; clock times as "9:15"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from booking.planner.wish import (
    Admission,
    Group,
    PlannedSession,
    PlanningDay,
    Seating,
    Stretch,
    StretchKind,
    Transfers,
    VisitWish,
)

TUESDAY = date(2027, 3, 9)
WATER, ROBOTS, STARS = 1, 2, 3
LAB_1, LAB_2, PLANETARIUM, LUNCH_ROOM, EXHIBITION = 11, 12, 13, 14, 15


def at(clock: str, on: date = TUESDAY) -> datetime:
    """A time of the day."""
    hour, minute = clock.split(":")
    return datetime(on.year, on.month, on.day, int(hour), int(minute), tzinfo=UTC)


def a_group(name: str = "5A", pupils: int = 26, adults: int = 2, grade: int = 5, **more: object) -> Group:
    """An ordinary class."""
    return Group(name, pupils, adults, grade, **more)  # type: ignore[arg-type]  # programmes alone is left


def a_session(
    slot_id: int, activity_id: int, clock: str, minutes: int = 60, free: int = 30, **more: object
) -> PlannedSession:
    """A session in the lab that goes with its programme."""
    start = at(clock)
    values: dict[str, object] = {"space_id": 10 + activity_id} | more
    return PlannedSession(slot_id, activity_id, start, start + timedelta(minutes=minutes), free, **values)  # type: ignore[arg-type]  # named


def seatings(*clocks: str, free: int = 70, first_id: int = 500) -> tuple[Seating, ...]:
    """Half hours in the lunch room."""
    return tuple(
        Seating(first_id + number, at(clock), at(clock) + timedelta(minutes=30), free, LUNCH_ROOM)
        for number, clock in enumerate(clocks)
    )


def half_hours(
    room: StretchKind, free: int, start: str = "9:00", end: str = "16:00", first_id: int = 1000
) -> tuple[Stretch, ...]:
    """Stretches of a space, each of half an hour."""
    count = (at(end) - at(start)) // timedelta(minutes=30)
    return tuple(
        Stretch(
            first_id + n, room, at(start) + n * timedelta(minutes=30), at(start) + (n + 1) * timedelta(minutes=30), free
        )
        for n in range(count)
    )


def a_day(
    sessions: Sequence[PlannedSession] = (),
    arrival: str = "9:00",
    departure: str = "14:00",
    lunch: Sequence[Seating] = (),
    stretches: Sequence[Stretch] = (),
    entries: Sequence[Admission] = (),
    walk: int = 5,
    educators: int | None = None,
) -> PlanningDay:
    """A Tuesday with what is offered."""
    return PlanningDay(
        TUESDAY,
        at(arrival),
        at(departure),
        tuple(sessions),
        tuple(lunch),
        tuple(entries),
        tuple(stretches),
        EXHIBITION,
        Transfers(walk),
        educators,
    )


def moved(day: PlanningDay, days: int) -> PlanningDay:
    """The same day, so many days later, with slots of its own."""
    by = timedelta(days=days)

    def slot(slot_id: int) -> int:
        return slot_id + 10_000 * days

    return PlanningDay(
        day.on + by,
        day.arrival + by,
        day.departure + by,
        tuple(
            PlannedSession(
                slot(session.slot_id),
                session.activity_id,
                session.starts_at + by,
                session.ends_at + by,
                session.free,
                session.space_id,
                session.grades,
                session.language,
                session.shared,
                session.taken,
                session.educators,
                session.turnaround_minutes,
                tuple(slot(drawn) for drawn in session.draws),
            )
            for session in day.sessions
        ),
        tuple(
            Seating(slot(seating.slot_id), seating.starts_at + by, seating.ends_at + by, seating.free, seating.space_id)
            for seating in day.seatings
        ),
        tuple(
            Admission(slot(entry.slot_id), entry.starts_at + by, entry.ends_at + by, entry.free)
            for entry in day.entries
        ),
        tuple(
            Stretch(slot(stretch.slot_id), stretch.room, stretch.starts_at + by, stretch.ends_at + by, stretch.free)
            for stretch in day.stretches
        ),
        day.exhibition_space_id,
        day.transfers,
        day.educators,
    )


def three_classes(**more: object) -> VisitWish:
    """5A, 5B and 5C want two programmes, three quarters of an hour in the exhibition, and lunch."""
    groups = tuple(a_group(f"5{letter}") for letter in "ABC")
    values: dict[str, object] = {"programmes": (WATER, ROBOTS), "exhibition_minutes": 45, "lunch_minutes": 30}
    return VisitWish(groups, **(values | more))  # type: ignore[arg-type]  # named above


def an_ordinary_day(departure: str = "14:00") -> PlanningDay:
    """Two programmes, each three times in two rooms; lunch by the half hour; house and exhibition half full."""
    sessions = [
        a_session(100 * activity + 10 * room + number, activity, clock, 75 if activity == ROBOTS else 60,
                  space_id=10 * room + activity, turnaround_minutes=15)
        for activity in (WATER, ROBOTS)
        for room in (1, 2)
        for number, clock in enumerate(("9:15", "10:45", "12:30"))
    ]  # fmt: skip
    return a_day(
        sessions,
        departure=departure,
        lunch=seatings("10:30", "11:00", "11:30", "12:00", "12:30"),
        stretches=half_hours(StretchKind.HOUSE, 200) + half_hours(StretchKind.EXHIBITION, 100, first_id=2000),
    )
