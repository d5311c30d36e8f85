"""Codes of gift cards that somebody tries are counted as guesses, those that may be one."""

from __future__ import annotations

from datetime import datetime

from booking.gift_cards.codes import read_code
from booking.gift_cards.refusals import NoSuchCode
from booking.staff.guesses import count_guess, was_right

__all__ = ["read_counted", "was_right"]


def read_counted(typed: str, place: str, now: datetime) -> str:
    """The code that was typed, once it is counted as a guess; opens a unit of work of its own.

    What cannot be a code counts for nothing: its check sign says so, and that tells nobody anything. Raises NoSuchCode,
    and Wait where too many came from this place.
    """
    code = read_code(typed)
    if code is None:
        raise NoSuchCode
    count_guess(place, now)
    return code
