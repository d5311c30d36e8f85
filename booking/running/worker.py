"""The loop that keeps what the application promised, and lets go of what ran out."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import delete

from booking.bookings.hold import expire_run_out
from booking.bookings.store import lock
from booking.centre.facts import NoCentre, the_centre
from booking.closures import letters
from booking.courses import certificates, people
from booking.exports import long_lists
from booking.kernel import clock, log
from booking.kernel.database import db, insert_once, unit_of_work
from booking.mail import caps, messages, sending
from booking.mail.letters.reminders import promise_reminders
from booking.mail.visit_reminders import promise_visit_letters
from booking.outbox import long_work, promises
from booking.outbox.models import Heartbeat
from booking.outbox.promises import Leased
from booking.outreach.change import end_slots
from booking.payments import refunds
from booking.payments.provider import Unreachable
from booking.payments.sweep import sweep
from booking.running import upkeep
from booking.running.forgetting import Round
from booking.running.steps import STEPS
from booking.settings import settings_of
from booking.staff import lockout
from booking.visit_waiting.waiting import end_over, offer_next
from booking.visits.change import give_back_of_ended
from booking.waiting import waiting
from booking.wishes import answering

PAUSE = 1.0  # seconds between two looks when there is nothing to do
PAUSE_AFTER_FAILURE = 5.0  # seconds, when not even looking was possible
HURRY = 0.2  # seconds of promises while people stand in line
SPELL = 10.0  # seconds of promises before the house is looked after again: holds end while a mail server is slow


class Worker:
    """One worker. Several may run, on one machine or many: leases and locks keep them apart."""

    def __init__(self, app: Flask, stop: threading.Event | None = None, nights: bool = False) -> None:
        self.app = app
        self.nights = nights  # whether it keeps the house at night: not one that is started for a moment
        self.stop = stop or threading.Event()
        self.name = f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(3)}"
        self.last: dict[str, float] = {}
        self.forgetting = Round()
        self.hurries = False  # on a release day those who stand in line come before letters
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
        tried, until = 0, time.monotonic() + (HURRY if self.hurries else SPELL)
        while time.monotonic() < until and not self.stop.is_set():
            now = clock.now()
            with unit_of_work():
                leased = promises.lease(self.name, now)
            if not leased:
                break
            for one in leased:
                self._keep(one)
            tried += len(leased)
        return tried

    def _keep(self, leased: Leased) -> None:
        """Do one promised piece; whatever happens to it is written on its row."""
        facts: dict[str, object]
        try:
            if leased.id not in self.done:
                self._do(leased)
        except caps.HeldBack as error:
            outcome, why = promises.hold_back, ""
            facts = {"cause": log.kind_of(error)}
        except sending.LetterRefused as error:
            outcome, why = promises.bury, str(error)
            facts = {"cause": log.kind_of(error)}
        except long_work.GaveUp as error:
            outcome, why = promises.bury, str(error)
            facts = log.cause(error.__cause__ or error)
        except (sending.Later, Unreachable) as error:  # their words are ours
            outcome, why = self._postpone, str(error) or type(error).__name__
            facts = {"cause": log.kind_of(error)}
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a library written in Rust panics with what is no Exception
            outcome, why = self._postpone, log.kind_of(error)
            facts = log.cause(error)
        else:
            self.done.add(leased.id)
            with unit_of_work():
                promises.settle(leased, self.name)
            self.done.discard(leased.id)
            return
        log.write("promise.failed", promise=leased.id, kind=leased.kind, attempt=leased.attempts, **facts)
        with unit_of_work():
            outcome(leased, self.name, why)

    def _postpone(self, leased: Leased, worker: str, why: str) -> None:
        promises.postpone(leased, worker, why, clock.now())

    def _do(self, leased: Leased) -> None:
        about = leased.about
        if leased.kind == "payment.refund":
            with unit_of_work():  # as it was promised before refunds were written at once
                lock(about["booking_id"])
                refunds.request(f"promise:{leased.id}", about["booking_id"], about["amount"], about["reason"])
        elif leased.kind == "payment.send_refund":
            refunds.send(about["refund_id"])
        elif leased.kind == "work":
            long_work.go_on(about["work_id"], STEPS)
        elif leased.kind == "upkeep":
            upkeep.keep_house(clock.now())
        else:
            settings, centre = settings_of(self.app), the_centre()
            letter = messages.write(leased.kind, leased.id, about, settings, leased.made_at)
            if letter is not None:
                to, most, key = letter.recipient, centre.most_mails, settings.secret_key
                with unit_of_work():
                    caps.check(leased.id, leased.kind, about, to, most, key, clock.now())
                sending.send(letter, settings, centre.name, centre.email)

    def _housekeeping(self) -> None:
        now = clock.now()
        with self._every("heartbeat", 10) as due:
            if due:
                self._beat(now)
        try:
            the_centre()
        except NoCentre:
            return
        with self._every("expire", 1) as due:
            if due:
                with unit_of_work():
                    expire_run_out(now)
        with self._every("sweep", 20) as due:
            if due:
                sweep(now)
        with self._every("visits", 60) as due:
            if due:
                with unit_of_work():
                    give_back_of_ended(now)
                answering.give_back_of_ended(now)
                with unit_of_work():
                    end_slots(now)
        with self._every("courses", 5) as due:
            if due:
                with unit_of_work():
                    people.follow_up(now)
                with unit_of_work():
                    certificates.issue_due(the_centre(), now)
        with self._every("visit_waiting", 3) as due:
            if due:
                offer_next(the_centre(), now)
        with self._every("visit_waiting_over", 60) as due:
            if due:
                with unit_of_work():
                    end_over(now)
        with self._every("waiting", 10) as due:
            if due:
                waiting.offer_places(the_centre(), now)
        with self._every("releases", 0.5) as due:
            if due:
                self.hurries = answering.look_after(the_centre(), now) > 0
        with self._every("closures", 60) as due:
            if due:
                letters.catch_up(now)
        with self._every("reminders", 600) as due:
            if due:
                with unit_of_work():
                    promise_reminders(now)
                with unit_of_work():
                    promise_visit_letters(the_centre(), now)
        with self._every("exports", 3600) as due:
            if due:
                long_lists.forget(now)
        with self._every("night", 600) as due:
            if due and self.nights:
                with unit_of_work():
                    upkeep.promise_night(the_centre(), now)
        with self._every("guesses", 86_400) as due:
            if due:
                with unit_of_work():
                    lockout.forget(now)
        with self._every("purge", 86_400) as due:
            if due and self.forgetting.some(now):
                del self.last["purge"]  # the next batch in the next round; letters go out between
            elif due:
                self.forgetting.end(now)
                self.forgetting = Round()

    @contextmanager
    def _every(self, what: str, seconds: float) -> Iterator[bool]:
        """Whether it is time again; a piece that breaks is logged and does not stop the others."""
        at = time.monotonic()
        due = at - self.last.get(what, float("-inf")) >= seconds
        if due:
            self.last[what] = at
        try:
            yield due
        except Exception as error:
            log.write("worker.failed", piece=what, **log.cause(error))

    def _beat(self, now: datetime) -> None:
        with unit_of_work():
            db.session.execute(delete(Heartbeat).where(Heartbeat.worker == self.name))
            db.session.execute(delete(Heartbeat).where(Heartbeat.beat_at < now - timedelta(days=1)))
            insert_once(Heartbeat, "worker", {"worker": self.name, "beat_at": now})


def run_once(app: Flask) -> int:
    """Do all that is due and end; returns how many promises were tried."""
    worker, tried = Worker(app), 0
    while some := worker.round():
        tried += some
    return tried


def run_forever(
    app: Flask, stop: threading.Event | None = None, still_wanted: Callable[[], bool] = lambda: True
) -> None:
    """Work until `stop` is set or nobody wants it any more; the piece under way is finished first.

    A database that cannot be reached is asked again after a pause.
    """
    stop = stop or threading.Event()
    worker = Worker(app, stop, nights=True)
    while not stop.is_set() and still_wanted():
        pause = PAUSE
        try:
            worker.round()
            pause = 0.0 if worker.hurries else PAUSE
        except Exception as error:
            log.write("worker.failed", piece="round", **log.cause(error))
            pause = PAUSE_AFTER_FAILURE
        stop.wait(pause)
