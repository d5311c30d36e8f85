"""Codes that somebody tries are counted by the network they come from, as guesses at accounts are.

One count for all kinds of codes: who tries gift cards and discounts tries the same field.
"""

from __future__ import annotations

from datetime import datetime

from booking.kernel.database import unit_of_work
from booking.staff import lockout
from booking.staff.lockout import Wait, key_of


def count_guess(place: str, now: datetime) -> None:
    """Count one from this place, before it is looked at; opens a unit of work of its own. Raises Wait."""
    with unit_of_work():
        counted = lockout.count_for_place(_key(place), now)
    if not counted.heard:
        raise Wait(counted.seconds(now))


def was_right(place: str) -> None:
    """There is such a code: take the guess back; call inside a unit of work."""
    lockout.uncount(_key(place))


def _key(place: str) -> str:
    return key_of("gift card", place)
