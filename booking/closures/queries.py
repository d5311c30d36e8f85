"""What pages read of closures: the latest, one with its figures, and who was hit, groups first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select, update

from booking.bookings.models import Booking, State
from booking.capacity.models import Channel, Slot
from booking.catalogue.models import Activity
from booking.centre.models import Space
from booking.closures.models import ClosedReason, Closure, ClosureChoice, ClosureHit, ClosureSlot
from booking.kernel.database import Texts, as_values, run

MOST_SHOWN = 1000
LATEST = 50


@dataclass(frozen=True, slots=True)
class ClosureFacts:
    """One closure of [starts_at, ends_at)."""

    id: int
    starts_at: datetime
    ends_at: datetime
    space: Texts | None
    activity: Texts | None
    why: ClosedReason
    words: Texts
    closed_days: Sequence[str]
    closed_at: datetime
    work_id: int | None
    reopened_at: datetime | None
    slot_id: int | None
    listed: bool

    @property
    def last_day(self) -> date | None:
        """The last of the days that became closing days by it."""
        return date.fromisoformat(self.closed_days[-1]) if self.closed_days else None


def closed_slots(closure_id: int) -> frozenset[int]:
    """All that was cancelled by a closure, whether it is open again or not."""
    return frozenset(run(select(ClosureSlot.slot_id).where(ClosureSlot.closure_id == closure_id)).scalars())


@dataclass(frozen=True, slots=True)
class HitFacts:
    """Somebody who was hit."""

    booking_id: int
    reference: str
    state: State
    channel: Channel
    name: str
    group_name: str
    phone: str
    email: str
    people: int
    starts_at: datetime
    written_at: datetime | None
    called_at: datetime | None
    choice: ClosureChoice | None
    reopened_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Whether we have not heard from them; nobody has to answer where it is open again."""
        return self.choice is None and self.state is State.CONFIRMED and self.reopened_at is None

    @property
    def is_to_be_called(self) -> bool:
        """Whether they stand on the phone list: to answer, or to hear that it is open again after we had called."""
        told_by_phone = self.called_at is not None and not self.email
        still_to_tell = self.reopened_at is not None and told_by_phone and self.choice is None
        return self.is_waiting or (still_to_tell and self.state is State.CONFIRMED)


_CLOSURES = (
    select(
        Closure.id, Closure.starts_at, func.coalesce(Closure.until, Closure.ends_at), Space.name, Activity.title,
        Closure.why, Closure.words,
        Closure.closed_days, Closure.closed_at, Closure.work_id, Closure.reopened_at, Closure.slot_id,
        Closure.listed,
    )
    .outerjoin(Slot, Slot.id == Closure.slot_id)
    .outerjoin(Space, Space.id == func.coalesce(Closure.space_id, Slot.space_id))
    .outerjoin(Activity, Activity.id == func.coalesce(Closure.activity_id, Slot.activity_id))
)  # fmt: skip


def latest() -> list[ClosureFacts]:
    """The closures made last, the newest first."""
    return as_values(ClosureFacts, run(_CLOSURES.order_by(Closure.id.desc()).limit(LATEST)))


def closure_with_id(closure_id: int) -> ClosureFacts | None:
    """A closure; None when there is none with this id."""
    closures = as_values(ClosureFacts, run(_CLOSURES.where(Closure.id == closure_id)))
    return closures[0] if closures else None


def slots_of(closure_id: int) -> int:
    """How many slots it closed."""
    return int(run(select(func.count()).where(ClosureSlot.closure_id == closure_id)).scalar_one())


def hits_of(closure_id: int) -> list[HitFacts]:
    """Who was hit: groups first, those with a phone number among the others next, by time."""
    rows = run(
        select(
            Booking.id, Booking.reference, Booking.state, Booking.channel, Booking.name, Booking.group_name,
            Booking.phone, Booking.email, Booking.people, Booking.starts_at, ClosureHit.written_at,
            ClosureHit.called_at, ClosureHit.choice, Closure.reopened_at,
        )
        .select_from(ClosureHit)
        .join(Closure, Closure.id == ClosureHit.closure_id)
        .join(Booking, Booking.id == ClosureHit.booking_id)
        .where(ClosureHit.closure_id == closure_id)
        .order_by(
            case((Booking.channel == Channel.SCHOOL, 0), else_=1),
            case((Booking.email == "", 0), else_=1),
            Booking.starts_at,
            Booking.id,
        )
        .limit(MOST_SHOWN)
    )  # fmt: skip
    return as_values(HitFacts, rows)


def counted(closure_id: int) -> dict[ClosureChoice | None, int]:
    """How many chose what; None: have not chosen."""
    rows = run(
        select(ClosureHit.choice, func.count()).where(ClosureHit.closure_id == closure_id).group_by(ClosureHit.choice)
    )
    return {choice: number for choice, number in rows}


def note_call(closure_id: int, booking_id: int, now: datetime) -> bool:
    """Note that somebody was reached by phone, or not after all; inside a unit of work. False when not on the list."""
    changed = run(
        update(ClosureHit)
        .where(ClosureHit.closure_id == closure_id, ClosureHit.booking_id == booking_id)
        .values(called_at=case((ClosureHit.called_at.is_(None), now), else_=None))
        .returning(ClosureHit.booking_id)
    )
    return changed.first() is not None
