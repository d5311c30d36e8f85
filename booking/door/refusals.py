"""How the door says no."""

from __future__ import annotations

from datetime import datetime

from booking.door.rules import DoorVerdict
from booking.kernel.refusals import Refusal


class NotYetHeld(Refusal):
    """Nobody can have been at a course before its day. `starts_at` says when it is."""

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(f"held at {starts_at.isoformat()}")
        self.starts_at = starts_at


class MoreThanBooked(Refusal):
    """So many came and fewer are booked: `more` of them come in only if somebody says yes.

    `sold_out`: the house has no room for them once all who are booked have come.
    """

    def __init__(self, came: int, booked: int, more: int, *, sold_out: bool) -> None:
        super().__init__(f"{came} came, {booked} booked")
        self.came, self.booked, self.more, self.sold_out = came, booked, more, sold_out


class NoRoomInHouse(Refusal):
    """So many more than are booked cannot come in, since the house is full. `room` is how many of them can."""

    def __init__(self, more: int, room: int) -> None:
        super().__init__(f"{more} more, room for {room}")
        self.more, self.room = more, room


class NotNow(Refusal):
    """The door says no to what was asked, and no reason was given to do it all the same."""

    def __init__(self, verdict: DoorVerdict) -> None:
        super().__init__(verdict.value)
        self.verdict = verdict


class TooManyHeads(Refusal):
    """More people of a kind than still may come in. `left` is how many may."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left")
        self.left = left


class CountedMeanwhile(Refusal):
    """Somebody else has counted people of this party since the form was shown: it may be the same people."""


class MarkTaken(Refusal):
    """The device's name for this admission is that of another: the device must make a new one."""
