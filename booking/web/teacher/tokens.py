"""What a page hands a teacher to hand back: a plan, or the right to see one's visits. Signed, so that we may trust it.

A plan is bound to nothing but time: whether its places are still free is asked when it is booked.
"""

from __future__ import annotations

from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from booking.schools.plan_text import plan_from, plan_values
from booking.schools.plans import Plan

PLAN_LIVES = 3 * 3600  # seconds


def seal_plan(plan: Plan, key: str) -> str:
    """The plan as text for a hidden field."""
    return _sealer(key).dumps(plan_values(plan))


def open_plan(text: str, key: str) -> Plan | None:
    """The plan again; None when it is not ours, or too old."""
    try:
        found: dict[str, Any] = _sealer(key).loads(text, max_age=PLAN_LIVES)
    except BadData:
        return None
    return plan_from(found)


def _sealer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="visit-plan")
