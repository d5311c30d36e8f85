"""The one place that asks what time it is: the database's clock where that is a server's, and the demo's other day.

Machines are never quite alike. Leases, holds, heartbeats and openings are kept by whichever of them comes by, so all go
by the one clock that all can ask. It is looked at now and then (`kernel/server/looking_up.py`); between two looks we
count the time since this machine was started, which goes on evenly whatever somebody does to the machine's own clock.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

EVERY = 5_000_000_000  # nanoseconds between two looks, while there is anything to do
DRIFT = 2000  # two clocks that are kept right by NTP part by one in so many at most (500 ppm)
STANDS = 2_000_000_000  # nanoseconds that our time waits for a clock that was put back; further back we follow it
_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # counts while the machine sleeps, where there is such
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Look:
    """What the shared clock said once, in nanoseconds: `ahead` of the machine's uptime, wrong by `error` at most.

    It was read somewhere between question and answer: the middle is wrong by half of what both took.
    """

    ahead: int
    error: int
    made: int  # at this uptime
    not_before: int = 0  # what we have said already

    def at(self, uptime: int) -> int:
        """What the shared clock says then."""
        return max(self.ahead + uptime, self.not_before)

    def error_at(self, uptime: int) -> int:
        """How wrong that may be."""
        return self.error + (uptime - self.made) // DRIFT

    def is_better_than(self, other: Look, uptime: int) -> bool:
        """A look that took less, or the other has grown old, or both cannot be true: then a clock was set."""
        wrong = other.error_at(uptime)
        return self.error <= wrong or abs(self.ahead - other.ahead) > self.error + wrong


_ahead = timedelta()
_look: Look | None = None
_next = 0  # from this uptime on it is time to look again
_by_the_machine = False


def now() -> datetime:
    """The present moment as aware UTC, by the clock that all machines share; in a demo on another day, that day's."""
    look = _look
    if look is None:
        return datetime.now(UTC) + _ahead
    return _moment(look.at(_uptime())) + _ahead


def run_ahead(by: timedelta) -> None:
    """From now on the clock of this process differs from the one it goes by by so much; it goes on as fast."""
    global _ahead
    _ahead = by


def look_at(ask: Callable[[], datetime]) -> timedelta:
    """Go by the clock that `ask` reads, from now on or still; by how much that moved our time. Raises what `ask` does.

    Our time is not put back by this unless that clock was, by more than STANDS.
    """
    global _look, _next
    _next = _uptime() + EVERY  # the other threads need not look too
    began = _uptime()
    told = ask()
    answered = _uptime()
    if _by_the_machine:
        return timedelta()
    half = (answered - began) // 2
    new, known = Look(_nanoseconds(told) - began - half, half, answered), _look
    if known is None:
        _look = new
        return _moment(new.at(answered)) - datetime.now(UTC)
    if not new.is_better_than(known, answered):
        return timedelta()
    moved = new.at(answered) - known.at(answered)
    _look = replace(new, not_before=known.at(answered)) if -STANDS <= moved < 0 else new
    return timedelta(microseconds=moved // 1000)


def is_time_to_look() -> bool:
    """Whether the last look is so long ago that another is due."""
    return _uptime() >= _next


def has_looked() -> bool:
    """Whether it goes by a clock that others share."""
    return _look is not None


def skew() -> timedelta | None:
    """How far the machine's own clock is ahead of the shared one, now; None where it is the one that we go by."""
    look = _look
    return None if look is None else datetime.now(UTC) - _moment(look.at(_uptime()))


def uncertainty() -> timedelta:
    """By how much what we take for the shared clock's time may differ from it, at most."""
    look = _look
    return timedelta() if look is None else timedelta(microseconds=look.error_at(_uptime()) // 1000 + 1)


def go_by_the_machine(always: bool = True) -> None:
    """Let no look count: for whoever moves the machine's clock on purpose, as tests that travel do."""
    global _look, _next, _by_the_machine
    _look, _next, _by_the_machine = None, 0, always


def read_ahead(text: str) -> timedelta:
    """How far a clock set so is ahead of the machine's. Raises ValueError for what is none of the three forms.

    `2026-12-24` is that date at the machine's time of day; `2026-12-24T23:30+01:00` is that moment (UTC without an
    offset), counted from this call; `+86400` or `-60` are seconds, the same for all processes that are told so.
    """
    if re.fullmatch(r"[+-][0-9]{1,10}", text):
        by = timedelta(seconds=int(text))
    elif re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        by = date.fromisoformat(text) - datetime.now(UTC).date()
    else:
        moment = datetime.fromisoformat(text)
        by = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
    if not date(2000, 1, 1) <= (datetime.now(UTC) + by).date() <= date(2100, 1, 1):
        raise ValueError(text)
    return by


def milliseconds(moment: datetime) -> int:
    """A moment as browsers count: milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def _uptime() -> int:
    return time.clock_gettime_ns(_UPTIME)


def _moment(nanoseconds: int) -> datetime:
    return _FIRST + timedelta(microseconds=nanoseconds // 1000)


def _nanoseconds(moment: datetime) -> int:
    return (moment - _FIRST) // timedelta(microseconds=1) * 1000
