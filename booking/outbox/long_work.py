"""Work that takes longer than a request: begun here, done by the worker in short steps, watched on a page."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel import clock
from booking.kernel.database import Id, Json, Model, UTCDateTime, as_values, db, stored, unit_of_work
from booking.kernel.log import kind_of
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import promise, revive

SPELL = 5.0  # seconds of one piece, then other promises have their turn
MOST_TRIES = 10  # of one step, with the pauses of promises: about an hour and a half


class GaveUp(Exception):
    """A step has failed so often that somebody must look; `str()` is the type of the last failure."""


class WorkState(StrEnum):
    """Where a piece of long work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


GOING_ON = (WorkState.WAITING, WorkState.RUNNING)


class LongWork(Model):
    """One piece of long work. `about` says what to do, `cursor` how far it is, `outcome` what came of it so far.

    `attempts` is how often the step at the cursor has failed, `last_error` by which type of failure.
    """

    __tablename__ = "long_work"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    about: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[WorkState] = mapped_column(stored(WorkState), default=WorkState.WAITING)
    cursor: Mapped[int] = mapped_column(default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    last_error: Mapped[str] = mapped_column(String(80), default="", server_default="")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    outcome: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (Index("ix_long_work_begun_at", "begun_at"),)


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of long work as pages and steps see it."""

    id: int
    kind: str
    about: Mapping[str, Any]
    state: WorkState
    cursor: int
    done: int
    total: int
    outcome: Mapping[str, Any]
    account_id: int | None
    begun_at: datetime
    ended_at: datetime | None
    attempts: int = 0
    last_error: str = ""

    @property
    def is_going_on(self) -> bool:
        """Whether the worker has more to do."""
        return self.state in GOING_ON

    @property
    def may_go_again(self) -> bool:
        """Whether somebody may have it go on from where it ended.

        Times whose making was stopped are undone by a work of their own, which must not be overtaken.
        """
        return self.state is WorkState.FAILED or (
            self.state is WorkState.STOPPED and not self.kind.startswith("slots.")
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step has come to: the next cursor (None: all is done), how much of how much, what to say of it all."""

    cursor: int | None
    done: int
    total: int
    outcome: Mapping[str, Any] = field(default_factory=dict)


# Does a second's work from `work.cursor` on, in units of work of its own. After a crash the same step is done again,
# so doing it twice must be doing it once.
Step = Callable[[Work], Progress]

_COLUMNS = tuple(getattr(LongWork, name) for name in Work.__dataclass_fields__)


def begin(kind: str, about: Mapping[str, Any], account_id: int | None, total: int = 0) -> int:
    """Have the worker do something long; call inside a unit of work. Returns the number of its page."""
    work_id = db.session.scalar(
        insert(LongWork).returning(LongWork.id),
        {
            "kind": kind,
            "about": dict(about),
            "state": WorkState.WAITING,
            "total": total,
            "outcome": {},
            "account_id": account_id,
            "begun_at": clock.now(),
        },
    )
    promise("work", f"work:{work_id}:0", {"work_id": work_id})
    return int(work_id or 0)


def read(work_id: int) -> Work | None:
    """How a piece of work stands."""
    row = db.session.execute(select(*_COLUMNS).where(LongWork.id == work_id)).first()
    return as_values(Work, [row])[0] if row else None


def latest(most: int = 50) -> list[Work]:
    """The pieces that somebody began last, the newest first; what the worker does by itself is not among them."""
    begun = select(*_COLUMNS).where(LongWork.kind.not_like("upkeep.%")).order_by(LongWork.begun_at.desc())
    return as_values(Work, db.session.execute(begun.limit(most)))


def stop(work_id: int, now: datetime) -> bool:
    """Let no further step be done; what is done stays. Call inside a unit of work. False when it had ended."""
    return _move(work_id, state=WorkState.STOPPED, ended_at=now)


def again(work_id: int, now: datetime) -> bool:
    """Have work that failed or was stopped go on from its cursor; call inside a unit of work. False when it may not.

    Its promise that was given up lives again, so that no dead letter is left of what goes well now.
    """
    work = read(work_id)
    if work is None or not work.may_go_again or not _begin_anew(work):
        return False
    given_up = select(Promise.id).where(
        Promise.kind == "work",
        Promise.state == PromiseState.DEAD,
        Promise.key.startswith(f"work:{work_id}:", autoescape=True),
    )
    dead = db.session.scalar(given_up.order_by(Promise.id.desc()).limit(1))
    if dead is None or not revive(dead, now):
        key = f"work:{work_id}:{work.cursor}:{int(now.timestamp() * 1000)}"
        promise("work", key, {"work_id": work_id})
    return True


def go_on(work_id: int, steps: Mapping[str, Step]) -> None:
    """Do steps for about a SPELL, then promise the rest. Not inside a unit of work.

    A step that raises is tried again with its promise, which the caller postpones; after MOST_TRIES at one cursor the
    work ends as failed and GaveUp is raised. Who comes here with work that has failed has revived its promise.
    """
    until = time.monotonic() + SPELL
    while (work := read(work_id)) is not None:
        db.session.rollback()
        if work.state is WorkState.FAILED:
            with unit_of_work():
                _begin_anew(work)
            continue
        if not work.is_going_on:
            return
        try:
            progress = steps[work.kind](work)
        except Exception as error:
            db.session.rollback()
            with unit_of_work():
                gave_up = _note_failure(work, error)
            if gave_up:
                raise GaveUp(kind_of(error)) from error
            raise
        with unit_of_work():
            if not _keep(work, progress):
                return  # stopped, or another worker has done this step meanwhile and goes on
            if progress.cursor is not None and time.monotonic() >= until:
                promise("work", f"work:{work_id}:{progress.cursor}", {"work_id": work_id})
                return


def _keep(work: Work, progress: Progress) -> bool:
    values: dict[str, Any] = {"done": progress.done, "total": progress.total, "outcome": dict(progress.outcome)}
    values |= {"attempts": 0, "last_error": ""}
    if progress.cursor is None:
        return _move(work.id, work.cursor, state=WorkState.DONE, ended_at=clock.now(), **values)
    return _move(work.id, work.cursor, state=WorkState.RUNNING, cursor=progress.cursor, **values)


def _note_failure(work: Work, error: Exception) -> bool:
    """Count a step that failed; True when it was the last try."""
    values: dict[str, Any] = {"attempts": work.attempts + 1, "last_error": kind_of(error)[:80]}
    if work.attempts + 1 < MOST_TRIES:
        _move(work.id, work.cursor, state=WorkState.RUNNING, **values)
        return False
    return _move(work.id, work.cursor, state=WorkState.FAILED, ended_at=clock.now(), **values)


def _begin_anew(work: Work) -> bool:
    same = (LongWork.id == work.id, LongWork.state == work.state, LongWork.cursor == work.cursor)
    moved = db.session.execute(
        update(LongWork)
        .where(*same)
        .values(state=WorkState.WAITING, attempts=0, last_error="", ended_at=None)
        .returning(LongWork.id)
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None


def _move(work_id: int, at_cursor: int | None = None, **values: Any) -> bool:  # noqa: ANN401  (columns by name)
    """Write these columns while it goes on, and only from this cursor: two workers do no step's writing twice."""
    here = () if at_cursor is None else (LongWork.cursor == at_cursor,)
    moved = db.session.execute(
        update(LongWork)
        .where(LongWork.id == work_id, LongWork.state.in_(GOING_ON), *here)
        .values(**values)
        .returning(LongWork.id)
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None
