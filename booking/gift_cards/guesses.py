"""Codes that somebody tries are counted by the network they come from, as guesses at accounts are."""

from __future__ import annotations

from datetime import datetime

from booking.gift_cards.codes import read_code
from booking.gift_cards.refusals import NoSuchCode
from booking.kernel.database import unit_of_work
from booking.staff import lockout
from booking.staff.lockout import Wait, key_of


def read_counted(typed: str, place: str, now: datetime) -> str:
    """The code that was typed, once it is counted as a guess; opens a unit of work of its own.

    What cannot be a code counts for nothing: its check sign says so, and that tells nobody anything. Raises NoSuchCode,
    and Wait where too many came from this place.
    """
    code = read_code(typed)
    if code is None:
        raise NoSuchCode
    with unit_of_work():
        counted = lockout.count_for_place(_key(place), now)
    if not counted.heard:
        raise Wait(counted.seconds(now))
    return code


def was_right(place: str) -> None:
    """There is such a card: take the guess back; call inside a unit of work."""
    lockout.uncount(_key(place))


def _key(place: str) -> str:
    return key_of("gift card", place)
