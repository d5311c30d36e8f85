"""How far the clocks of the machines are from the database's, by which all of them go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.kernel import clock
from booking.kernel.server.looking_up import MOST, is_off
from booking.machines.names import machine_of, this_machine
from booking.outbox.models import Heartbeat

ALIKE = MOST / 2  # two machines that differ from the database by the same, or nearly


@dataclass(frozen=True, slots=True)
class MachineClock:
    """A machine and how far its clock is ahead of the database's; `machine` is "" for the one that is asked."""

    machine: str
    skew: timedelta

    @property
    def is_off(self) -> bool:
        """Whether somebody should set it."""
        return is_off(self.skew)

    @property
    def is_ahead(self) -> bool:
        """Or else behind."""
        return self.skew > timedelta()

    @property
    def seconds(self) -> float:
        """By how many it differs, to the hundredth."""
        return round(abs(self.skew).total_seconds(), 2)


@dataclass(frozen=True, slots=True)
class Beat:
    """A worker, when it was last seen at work, and what its machine's clock was like."""

    worker: str
    at: datetime
    skew_ms: int | None = None


COLUMNS = (Heartbeat.worker, Heartbeat.beat_at, Heartbeat.skew_ms)


def clocks(beats: Iterable[Beat]) -> list[MachineClock]:
    """The clock of this machine, and of each other whose worker told it lately; none where the database is a file."""
    skew = clock.skew()
    if skew is None:
        return []
    others = {machine_of(beat.worker): beat.skew_ms for beat in sorted(beats, key=lambda beat: beat.at)}
    return [MachineClock("", skew)] + [
        MachineClock(machine, timedelta(milliseconds=skew_ms))
        for machine, skew_ms in sorted(others.items())
        if skew_ms is not None and machine != this_machine()
    ]


def is_the_database_off(machines: Sequence[MachineClock]) -> bool:
    """Whether all machines differ by the same: then it is rather the database's clock that wants to be set."""
    skews = [each_clock.skew for each_clock in machines]
    return len(machines) > 1 and all(each_clock.is_off for each_clock in machines) and max(skews) - min(skews) < ALIKE
