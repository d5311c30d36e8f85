"""Whether everything is well, as an operator asks: database, worker, outbox, disk, the last check of the invariants."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from booking.invoicing.sending.queries import too_long_on_their_way
from booking.kernel import schema
from booking.kernel.database import as_values, db
from booking.machines.last_runs import LastCheck, LastPurge, last_runs
from booking.outbox.clocks import COLUMNS, Beat, MachineClock, clocks
from booking.outbox.models import Heartbeat, Promise, PromiseState

WORKER_SILENT = timedelta(minutes=1)
OUTBOX_LATE = timedelta(minutes=15)
MOST_READ = 100  # workers of a day: each that was started anew has a name of its own
MOST_NAMED = 10
CHECK_OLD = timedelta(days=3)  # it is done every night
LEAST_FREE = 500 * 1024 * 1024  # bytes: a day's letters, exports and a copy of the database
PURGE_OLD = timedelta(days=3)  # so is the forgetting of people


@dataclass(frozen=True, slots=True)
class Health:
    """The facts, and what follows from them. Bytes for the disk."""

    now: datetime
    database: str
    migration: str | None
    newest: str
    workers: list[Beat]
    waiting: int
    oldest: datetime | None
    dead: int
    free: int
    size: int
    check: LastCheck | None
    purge: LastPurge | None
    invoices_late: int = 0  # on their way for longer than a day
    clocks: Sequence[MachineClock] = ()  # this machine's first
    passes_end: datetime | None = None  # when no pass for a wallet can be signed any more, where that is near

    @property
    def is_migrated(self) -> bool:
        """Whether the database has the shape that this version knows."""
        return self.migration == self.newest

    @property
    def has_worker(self) -> bool:
        """Whether somebody keeps the promises."""
        return any(self.now - beat.at < WORKER_SILENT for beat in self.workers)

    @property
    def is_in_time(self) -> bool:
        """Whether what is due is done soon."""
        return self.oldest is None or self.now - self.oldest < OUTBOX_LATE

    @property
    def has_room(self) -> bool:
        """Whether the disk has room."""
        return self.free >= LEAST_FREE

    @property
    def is_checked(self) -> bool:
        """Whether the invariants were asked lately and held."""
        return self.check is not None and not self.check.breaches and self.now - self.check.at < CHECK_OLD

    @property
    def is_forgetful(self) -> bool:
        """Whether people whose time is over were forgotten lately, all of them."""
        return self.purge is not None and not self.purge.failed and self.now - self.purge.at < PURGE_OLD

    @property
    def is_on_time(self) -> bool:
        """Whether no machine's clock differs much from the database's."""
        return not any(machine.is_off for machine in self.clocks)

    @property
    def is_well(self) -> bool:
        """Whether nothing needs anybody."""
        return (
            self.is_migrated
            and self.has_worker
            and self.is_in_time
            and self.has_room
            and self.is_checked
            and self.is_forgetful
            and not self.dead
            and not self.invoices_late
            and self.is_on_time
            and self.passes_end is None
        )


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a monitor is told: workers seen last, the latest first, and what is due and since when it was promised."""

    now: datetime
    beats: Sequence[Beat]
    waiting: int
    oldest: datetime | None
    dead: int
    invoices_late: int

    @property
    def has_worker(self) -> bool:
        """Whether somebody keeps the promises."""
        return bool(self.beats) and self.now - self.beats[0].at < WORKER_SILENT

    @property
    def beats_now(self) -> list[Beat]:
        """Those who are at work."""
        return seen_lately(self.beats, self.now)

    @property
    def is_in_time(self) -> bool:
        """Whether what is due is done soon."""
        return self.oldest is None or self.now - self.oldest < OUTBOX_LATE


def read(now: datetime, instance: Path, versions: Path, passes_end: datetime | None = None) -> Health:
    """How things are now."""
    waiting, oldest = db.session.execute(
        select(func.count(), func.min(Promise.due_at)).where(
            Promise.state == PromiseState.WAITING, Promise.due_at < now
        )
    ).one()
    dead = db.session.scalar(select(func.count()).where(Promise.state == PromiseState.DEAD))
    beats = _beats()
    disk = shutil.disk_usage(instance)
    check, purge = last_runs()
    return Health(
        now=now,
        database=_database(),
        migration=schema.current(),
        newest=schema.newest(versions),
        workers=beats[:MOST_NAMED],
        waiting=int(waiting),
        oldest=oldest,
        dead=int(dead or 0),
        free=disk.free,
        size=disk.total,
        check=check,
        purge=purge,
        invoices_late=too_long_on_their_way(now),
        clocks=clocks(seen_lately(beats, now)),
        passes_end=passes_end,
    )


def seen_lately(beats: Sequence[Beat], now: datetime) -> list[Beat]:
    """Those of whom nobody would say that they are silent."""
    return [beat for beat in beats if now - beat.at < WORKER_SILENT]


def why_silent() -> str:
    """Why the database does not answer, by the name of its error; empty when it does. One statement."""
    try:
        db.session.execute(text("SELECT 1"))
    except OperationalError as error:
        return type(error.orig).__name__
    return ""


def pulse(now: datetime) -> Pulse:
    """How things are now, for a monitor that asks every few seconds; four statements."""
    beats = _beats()
    waiting, oldest = db.session.execute(
        select(func.count(), func.min(Promise.made_at)).where(
            Promise.state == PromiseState.WAITING, Promise.due_at < now
        )
    ).one()
    dead = db.session.scalar(select(func.count()).where(Promise.state == PromiseState.DEAD))
    return Pulse(now, beats, int(waiting), oldest, int(dead or 0), too_long_on_their_way(now))


def _beats() -> list[Beat]:
    return as_values(Beat, db.session.execute(select(*COLUMNS).order_by(Heartbeat.beat_at.desc()).limit(MOST_READ)))


def _database() -> str:
    if db.engine.dialect.name == "sqlite":
        return f"SQLite {db.session.scalar(text('SELECT sqlite_version()'))}"
    version: str = db.session.scalar(text("SHOW server_version")) or ""
    return f"PostgreSQL {version}"
