"""What a page hands a teacher to hand back: a plan, or the right to see one's visits. Signed, so that we may trust it.

A plan to be booked is bound to nothing but time: whether its places are still free is asked when it is booked. One
that moves or changes a visit is bound to that visit as it stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from booking.planner.plans import Plan
from booking.visits.adjust import Cause
from booking.visits.plan_text import plan_from, plan_values

PLAN_LIVES = 3 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class SealedPlan:
    """A plan proposed for one booking as it stood in a version, and why."""

    plan: Plan
    booking_id: int
    version: int
    cause: Cause


def seal_offer(plan: Plan, booking_id: int, version: int, cause: Cause, key: str) -> str:
    """The plan as text for a hidden field, good for this booking alone and until it is changed."""
    return _sealer(key, "visit-offer").dumps([seal_plan(plan, key), booking_id, version, cause.value])


def open_offer(text: str, key: str) -> SealedPlan | None:
    """The offer again; None when it is not ours, or too old."""
    try:
        sealed, booking_id, version, cause = _sealer(key, "visit-offer").loads(text, max_age=PLAN_LIVES)
    except BadData:
        return None
    plan = open_plan(sealed, key)
    return None if plan is None else SealedPlan(plan, booking_id, version, Cause(cause))


def seal_move(plan: Plan, booking_id: int, version: int, key: str) -> str:
    """A plan for another day or time of one booking as it stands: it moves nothing else, and books nothing."""
    return _sealer(key, "visit-move").dumps([plan_values(plan), booking_id, version])


def open_move(text: str, booking_id: int, key: str) -> tuple[Plan, int] | None:
    """The plan and the version that it was made for; None when it is not ours, too old, or for something else."""
    try:
        values, sealed_for, version = _sealer(key, "visit-move").loads(text, max_age=PLAN_LIVES)
    except BadData:
        return None
    return (plan_from(values), version) if sealed_for == booking_id else None


def seal_plan(plan: Plan, key: str) -> str:
    """The plan as text for a hidden field."""
    return _sealer(key).dumps(plan_values(plan))


def open_plan(text: str, key: str) -> Plan | None:
    """The plan again; None when it is not ours, or too old."""
    try:
        values: dict[str, Any] = _sealer(key).loads(text, max_age=PLAN_LIVES)
    except BadData:
        return None
    return plan_from(values)


def _sealer(key: str, salt: str = "visit-plan") -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt=salt)
