"""The loop that keeps what the application promised, and lets go of what ran out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Flask

from booking.centre.facts import NoCentre, the_centre
from booking.kernel import clock, log, origin
from booking.kernel.chores import Chore, Shift
from booking.kernel.database import db, unit_of_work
from booking.kernel.server.outage import outage_in, sign_of
from booking.machines.names import name_a_worker
from booking.mail.connection import one_connection
from booking.outbox import promises
from booking.outbox.promises import Leased
from booking.running.chores import WITHOUT_A_CENTRE, chores
from booking.running.failures import judge
from booking.running.keepers import KEEPS
from booking.settings import settings_of

PAUSE = 1.0  # seconds between two looks when there is nothing to do
PAUSE_AFTER_FAILURE = 5.0  # seconds, when not even looking was possible
HURRY = 0.2  # seconds of promises while people stand in line
SPELL = 10.0  # seconds of promises before the house is looked after again: holds end while a mail server is slow
FOURTH = 4  # of so many promises one is the longest due, whatever its rank: what waits is never put off for ever


@dataclass(frozen=True, slots=True)
class TriedPromise:
    """What became of a promise, not yet written: `write` does so inside a unit of work."""

    promise_id: int
    write: Callable[[], None]


class Worker:
    """One worker. Several may run, on one machine or many: leases and locks keep them apart."""

    def __init__(self, app: Flask, stop: threading.Event | None = None, nights: bool = False) -> None:
        self.app = app
        self.stop = stop or threading.Event()
        self.name = name_a_worker()
        self.shift = Shift(self.name, nights, clock.now())  # no nights for one that is started for a moment
        self.chores = chores()
        self.last: dict[str, float] = {}  # when each chore was begun
        self.turn = 0  # how many promises it has asked for
        self.done: set[int] = set()  # done, and not yet written down because the database failed at that moment

    def round(self) -> int:
        """What is due now, for about a SPELL; returns how many promises were tried.

        One piece that fails never stops the others; raises only when the database cannot be asked at all.
        """
        with self.app.app_context():
            try:
                self._housekeeping()
                return self._promises()
            finally:
                db.session.remove()

    def _promises(self) -> int:
        """Keep what is due, one promise after the other; what became of one is written as the next is taken."""
        tried, until = 0, time.monotonic() + (HURRY if self.shift.hurries else SPELL)
        just_tried: list[TriedPromise] = []
        with one_connection():
            while True:
                goes_on = time.monotonic() < until and not self.stop.is_set()
                with unit_of_work():
                    for tried_promise in just_tried:
                        tried_promise.write()
                    leased = self._next() if goes_on else []
                self.done.difference_update(tried_promise.promise_id for tried_promise in just_tried)
                if not leased:
                    return tried
                just_tried = [self._keep(promise) for promise in leased]
                tried += len(leased)

    def _next(self) -> list[Leased]:
        """What is to be done next: those first who wait at a screen, and each FOURTH time who has waited longest."""
        self.turn += 1
        return promises.lease(self.name, clock.now(), longest_due=self.turn % FOURTH == 0)

    def _keep(self, leased: Leased) -> TriedPromise:
        """Do one promised piece; whatever happens to it is written on its row as the next is taken."""
        with origin.asked_by(leased.request_id):
            return self._try(leased)

    def _try(self, leased: Leased) -> TriedPromise:
        try:
            if leased.id not in self.done:
                self._do(leased)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a library written in Rust panics with what is no Exception
            failure = judge(error)
            log.write("promise.failed", promise=leased.id, kind=leased.kind, attempt=leased.attempts, **failure.facts)
            return TriedPromise(leased.id, partial(failure.end, leased, self.name, failure.why))
        self.done.add(leased.id)
        return TriedPromise(leased.id, partial(promises.settle, leased, self.name))

    def _do(self, leased: Leased) -> None:
        KEEPS[leased.kind](leased, settings_of(self.app))

    def _housekeeping(self) -> None:
        self.shift.now = clock.now()
        for chore in WITHOUT_A_CENTRE:
            self._do_if_due(chore)
        try:
            the_centre()
        except NoCentre:
            return
        for chore in self.chores:
            self._do_if_due(chore)

    def _do_if_due(self, chore: Chore) -> None:
        """A piece that breaks is logged and does not stop the others."""
        at = time.monotonic()
        if at - self.last.get(chore.name, float("-inf")) < chore.every:
            return
        self.last[chore.name] = at
        try:
            if chore.do(self.shift):
                del self.last[chore.name]
        except Exception as error:
            if outage_in(error):
                raise  # none of the others would get on either
            log.write("worker.failed", piece=chore.name, **log.cause(error))


def run_once(app: Flask) -> int:
    """Do all that is due and end; returns how many promises were tried."""
    worker, tried = Worker(app), 0
    while count := worker.round():
        tried += count
    return tried


def run_forever(
    app: Flask, stop: threading.Event | None = None, still_wanted: Callable[[], bool] = lambda: True
) -> None:
    """Work until `stop` is set or nobody wants it any more; the piece under way is finished first.

    A database that cannot be reached is asked again after a pause.
    """
    stop = stop or threading.Event()
    worker = Worker(app, stop, nights=True)
    is_away = False
    while not stop.is_set() and still_wanted():
        pause = PAUSE
        try:
            worker.round()
            pause = 0.0 if worker.shift.hurries else PAUSE
            if is_away:
                log.write("database.back", worker=worker.name)
            is_away = False
        except Exception as error:
            is_away = say_why(error, "round", worker.name, is_away)
            pause = PAUSE_AFTER_FAILURE
        stop.wait(pause)


def say_why(error: Exception, piece: str, worker: str, was_away: bool) -> bool:
    """Log what failed; a database that is away once, however much fails of it. Returns whether it is."""
    why = outage_in(error)
    if why is None:
        log.write("worker.failed", piece=piece, **log.cause(error))
    elif not was_away:
        log.write("database.away", worker=worker, why=why, sign=sign_of(error))
    return why is not None
