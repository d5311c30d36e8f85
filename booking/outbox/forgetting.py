"""The end of finished work, and of what was said when a promise failed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select, text

from booking.kernel.forgetting import Clear, Forgetting, Remove, Rows, nothing_stands_on
from booking.outbox.long_work import GOING_ON, LongWork
from booking.outbox.models import Promise, PromiseState

KEPT = timedelta(days=90)
INNER = ("work", "upkeep")  # promises of the house to itself: nobody asks later whether they were kept


def _work(before: datetime) -> Select[int]:
    """A closure or a drawing keeps its work: it holds numbers only."""
    return select(LongWork.id).where(
        LongWork.begun_at < before, LongWork.state.not_in(GOING_ON), nothing_stands_on(LongWork.id)
    )


def _inner(before: datetime) -> Select[int]:
    return select(Promise.id).where(
        Promise.kind.in_(INNER), Promise.made_at < before, Promise.state != PromiseState.WAITING
    )


def _errors(before: datetime) -> Select[int]:
    return select(Promise.id).where(Promise.made_at < before, text("last_error <> ''"))


FORGETTINGS = (
    Forgetting("long work that is done", KEPT, Rows(_work), Remove(LongWork.id)),
    Forgetting("promises of such work", KEPT, Rows(_inner), Remove(Promise.id)),
    Forgetting("what was said when a promise failed", KEPT, Rows(_errors), Clear(Promise.id, {"last_error": ""})),
)
