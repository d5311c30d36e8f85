"""The database's clock, looked at over connections that are there for other things; see kernel/clock.py."""

from __future__ import annotations

import mmap
from datetime import datetime, timedelta
from typing import Any

from booking.kernel import clock, log
from booking.kernel.server.patience import Process, this_process

MOST = timedelta(seconds=2)  # that a machine's own clock may differ before it is told
RIGHT = timedelta(seconds=1)  # and until it is told that it is right again, lest one on the edge is told for ever
LATE = "SELECT clock_timestamp()"  # at this very moment; now() is when the transaction began

# One byte for all processes of a server, those that are forked later too: whether it has been told that we are off.
_TOLD = mmap.mmap(-1, 1)


def look(connection: Any) -> None:  # noqa: ANN401  (the driver's)
    """See how late it is by the clock of the server at the other end, on a connection that is in no transaction."""

    def ask() -> datetime:
        told: datetime = connection.execute(LATE).fetchone()[0]
        return told

    knew = clock.has_looked()
    moved = clock.look_at(ask)
    if this_process() is Process.TOOL:
        return  # what a command prints is its answer
    if knew and abs(moved) > MOST:
        log.write("clock.moved", seconds=_seconds(moved))  # another server with another clock, or its clock was set
    tell()


def tell() -> None:
    """A line in the log when this machine's clock is found to be off, and one when it is right again."""
    skew = clock.skew()
    if skew is None:
        return
    if not _TOLD[0] and is_off(skew):
        _TOLD[0] = 1
        log.write("clock.off", seconds=_seconds(skew))
    elif _TOLD[0] and abs(skew) < RIGHT:
        _TOLD[0] = 0
        log.write("clock.right", seconds=_seconds(skew))


def is_off(skew: timedelta | None) -> bool:
    """Whether a machine's clock differs from the database's by so much that somebody should set it."""
    return skew is not None and abs(skew) > MOST


def _seconds(time: timedelta) -> float:
    return round(time.total_seconds(), 3)
