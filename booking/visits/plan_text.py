"""A plan as plain values that JSON can carry, and back again: in a sealed field of a page, or in a wish's row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.planner.wish import Group
from booking.visits.book import wants_of


def plan_values(plan: Plan) -> dict[str, Any]:
    """Times, and for each group who it is, its parts and its claims."""
    return {
        "a": plan.arrives_at.isoformat(),
        "l": plan.leaves_at.isoformat(),
        "t": [
            [
                [timetable.group.name, timetable.group.pupils, timetable.group.adults, timetable.group.grade],
                [
                    [part.kind.value, part.slot_ids, part.starts_at.isoformat(), part.ends_at.isoformat(),
                     part.activity_id]
                    for part in timetable.parts
                ],
                timetable.claims,
            ]
            for timetable in plan.timetables
        ],
    }  # fmt: skip


def plan_from(values: Mapping[str, Any]) -> Plan:
    """The plan that these values were made of."""
    timetables = tuple(
        Timetable(
            Group(*group),
            tuple(
                Part(PartKind(kind), tuple(slots), datetime.fromisoformat(start), datetime.fromisoformat(end), activity)
                for kind, slots, start, end, activity in parts
            ),
            0,
            tuple(claims),
        )
        for group, parts, claims in values["t"]
    )
    arrives, leaves = datetime.fromisoformat(values["a"]), datetime.fromisoformat(values["l"])
    return Plan(arrives.date(), arrives, leaves, timetables, wants_of(timetables), is_best=False)
