"""Failures are kept beside the requests that they happen in: nobody waits for that, and it can break no answer.

They are handed over in memory and written some at a time, in a unit of work of their own, by a thread that each server
process begins with its first failure. A flood is cut: what finds no room is counted and left out.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock, Thread

from flask import Flask
from sqlalchemy import select

from booking.bookings.models import Booking
from booking.failures.models import FailedRequest
from booking.kernel import log
from booking.kernel.database import db, run, unit_of_work
from booking.kernel.writing import write

AT_ONCE = 60  # failures that one process keeps however fast they come
A_MINUTE = 10  # and that it keeps in the long run: of two processes 400 000 in a fortnight at the very most
GATHERS = 1.0  # seconds from the first to the writing of all that came meanwhile


@dataclass(frozen=True, slots=True)
class NotedFailure:
    """A failure as it happens. `secret` is what a booking's address opens with: it is looked up and not kept."""

    at: datetime
    request_id: str
    method: str
    route: str
    status: int
    cause: str
    slot_id: int | None = None
    secret: str = ""


class FailureAllowance:
    """So many at once, and so many a minute in the long run."""

    def __init__(self, at_once: float = AT_ONCE, a_minute: float = A_MINUTE) -> None:
        self.at_once, self.a_minute = at_once, a_minute
        self.left, self.since = at_once, time.monotonic()

    def take(self, now: float) -> bool:
        """Whether there is room for one more at this moment of the monotonic clock."""
        self.left = min(self.at_once, self.left + (now - self.since) * self.a_minute / 60)
        self.since = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class FailureKeeper:
    """Takes failures in one process, and writes them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.lock = Lock()
        self.allowance = FailureAllowance()
        self.waiting: deque[NotedFailure] = deque()
        self.left_out = 0
        self.has_come = Event()
        self.writes_in = 0  # the process that has a thread which writes: a forked one has none of its parent's

    def take(self, failure: NotedFailure, *, begin: bool) -> bool:
        """Take one in; False when it found no room. `begin`: have a thread write it soon."""
        with self.lock:
            if not self.allowance.take(time.monotonic()):
                self.left_out += 1
                return False
            self.waiting.append(failure)
            if begin and self.writes_in != os.getpid():
                self.writes_in = os.getpid()
                Thread(target=self._go_on_writing, daemon=True).start()
        self.has_come.set()
        return True

    def write(self) -> int:
        """Write what has come, and say how many that were; none where the database would not take them."""
        with self.lock:
            if not self.waiting:
                return 0
            failures, left_out = [*self.waiting], self.left_out
            self.waiting.clear()
            self.left_out = 0
        try:
            with self.app.app_context():
                with unit_of_work():
                    write(FailedRequest, _rows(failures, left_out))
                db.session.remove()
        except Exception as error:
            log.write("failures.not_kept", number=len(failures), **log.cause(error))
            with self.lock:
                self.left_out += left_out + len(failures)
            return 0
        return len(failures)

    def _go_on_writing(self) -> None:
        while True:
            self.has_come.wait()
            time.sleep(GATHERS)
            self.has_come.clear()
            self.write()


def _rows(failures: Sequence[NotedFailure], left_out: int) -> list[dict[str, object]]:
    bookings = _bookings_of({failure.secret for failure in failures if failure.secret})
    return [
        {
            "failed_at": failure.at,
            "request_id": failure.request_id,
            "method": failure.method[:10],
            "route": failure.route[:200],
            "status": failure.status,
            "cause": failure.cause[:200],
            "slot_id": failure.slot_id,
            "booking_id": bookings.get(failure.secret),
            "left_out": 0 if number else left_out,
        }
        for number, failure in enumerate(failures)
    ]


def _bookings_of(secrets: set[str]) -> Mapping[str, int]:
    if not secrets:
        return {}
    opened = select(Booking.secret, Booking.id).where(Booking.secret.in_(secrets))
    return {secret: booking_id for secret, booking_id in run(opened)}
