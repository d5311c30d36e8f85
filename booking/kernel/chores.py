"""What the worker does of itself: each capability says what it looks after, and how often.

The values stand in a `chores.py` of each capability, and are gathered in `booking/running/chores.py`, above them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Shift:
    """What a chore knows of the worker that does it, and what it may tell it.

    `nights`: whether that worker keeps the house at night. `hurries`: on a release day those who stand in line come
    before letters.
    """

    worker: str
    nights: bool
    now: datetime
    hurries: bool = False


# Does what is due, in units of work of its own; one that raises is done again when it is time again. True: there is
# more, which has its turn in the next round whatever the time.
Do = Callable[[Shift], bool | None]


@dataclass(frozen=True, slots=True)
class Chore:
    """Something looked after every so many seconds. `name` is its piece in the log."""

    name: str
    every: float
    do: Do
