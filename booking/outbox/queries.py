"""What pages read of the outbox: what waits, and what was given up."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from booking.kernel.database import db, run
from booking.outbox.models import Promise, PromiseState


def counted_by_state(states: Collection[PromiseState], kinds: str = "") -> dict[PromiseState, int]:
    """How many promises are in each of these states, of all kinds or those that begin so; one statement.

    Never ask for those that are done: there are as many as ever were.
    """
    counted = select(Promise.state, func.count()).where(Promise.state.in_(states)).group_by(Promise.state)
    if kinds:
        counted = counted.where(Promise.kind.startswith(kinds))
    return {state: number for state, number in run(counted)}


def dead_letters(most: int = 50) -> Sequence[Promise]:
    """What was given up, the latest first; one statement."""
    dead = select(Promise).where(Promise.state == PromiseState.DEAD)
    return db.session.scalars(dead.order_by(Promise.made_at.desc()).limit(most)).all()
