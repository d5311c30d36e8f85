"""From a solved puzzle to the plan that a teacher reads and a booking claims."""

from __future__ import annotations

from datetime import datetime

from booking.planner.choices import MINUTE, minutes_from
from booking.planner.plans import Part, PartKind, Plan, Timetable, wants_by_group
from booking.planner.puzzle import GroupCourse, Solution
from booking.planner.wish import PlanningDay, Stretch, StretchKind, VisitWish


def written_out(solution: Solution, wish: VisitWish, day: PlanningDay) -> Plan:
    """The plan, with a timetable for each group that comes and everything it takes places in."""
    claims = [
        (wish.groups[group_course.group].people, sorted(_claims(group_course, solution, day)))
        for group_course in solution.courses
    ]
    return Plan(
        on=day.on,
        arrives_at=_moment(day, solution.arrives),
        leaves_at=_moment(day, solution.leaves),
        timetables=tuple(_timetable(course, solution, wish, day) for course in solution.courses),
        wants=wants_by_group(claims),
        is_best=solution.is_best,
    )


def _timetable(course: GroupCourse, solution: Solution, wish: VisitWish, day: PlanningDay) -> Timetable:
    parts = [
        Part(
            choice.kind,
            choice.slot_ids,
            _moment(day, choice.start),
            _moment(day, choice.end),
            choice.activity_id,
            choice.space_id,
        )
        for choice in course.choices
    ]
    if course.stay is not None:
        start, end = (_moment(day, minute) for minute in course.stay)
        slot_ids = tuple(_exhibition_claims(course, day))
        entry = next((entry.activity_id for entry in day.entries if entry.slot_id == course.entry), None)
        parts.append(Part(PartKind.EXHIBITION, slot_ids, start, end, entry, day.exhibition_space_id))
    parts.sort(key=lambda part: part.starts_at)
    busy = sum((part.ends_at - part.starts_at) // MINUTE for part in parts)
    waiting = solution.leaves - solution.arrives - busy
    return Timetable(wish.groups[course.group], tuple(parts), waiting, tuple(sorted(_claims(course, solution, day))))


def _claims(course: GroupCourse, solution: Solution, day: PlanningDay) -> set[int]:
    """The slots that a group takes places in: what it has by name, and the stretches that nothing of it draws on."""
    house = {
        stretch.slot_id
        for stretch in day.stretches
        if stretch.room is StretchKind.HOUSE and _meets(stretch, solution.arrives, solution.leaves, day)
    }
    named = {slot_id for choice in course.choices for slot_id in choice.slot_ids}
    return named | set(_exhibition_claims(course, day)) | (house - _drawn(course, day))


def _exhibition_claims(course: GroupCourse, day: PlanningDay) -> list[int]:
    """The entry, and the stretches of the exhibition that it does not draw on."""
    if course.stay is None:
        return []
    drawn, entry = _drawn(course, day), [] if course.entry is None else [course.entry]
    touched = [
        stretch
        for stretch in day.stretches
        if stretch.room is StretchKind.EXHIBITION and _meets(stretch, *course.stay, day)
    ]
    return entry + [stretch.slot_id for stretch in touched if stretch.slot_id not in drawn]


def _drawn(course: GroupCourse, day: PlanningDay) -> set[int]:
    through_entry = {slot_id for entry in day.entries if entry.slot_id == course.entry for slot_id in entry.draws}
    return through_entry | {slot_id for choice in course.choices for slot_id in choice.draws}


def _meets(stretch: Stretch, start: int, end: int, day: PlanningDay) -> bool:
    starts, ends = minutes_from(day.arrival, stretch.starts_at), minutes_from(day.arrival, stretch.ends_at, up=True)
    return start < ends and starts < end


def _moment(day: PlanningDay, minute: int) -> datetime:
    return day.arrival + minute * MINUTE
