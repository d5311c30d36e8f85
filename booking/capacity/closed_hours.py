"""Hours that the centre has declared closed, and the slots closed by it. Slots made later in them are closed too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, exists, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.capacity.models import Claim, Slot, SlotStatus
from booking.kernel.database import Id, Json, Model, Texts, Translated, UTCDateTime, as_values, run, stored
from booking.kernel.refusals import Refusal

LONGEST_SLOT = timedelta(days=1)  # so that what is going on at a moment is found by the index on starts


class ClosedReason(StrEnum):
    """Why it is closed; each has its words in every language."""

    WEATHER = "weather"
    POWER = "power"
    ILLNESS = "illness"
    OTHER = "other"


class UnderClosure(Refusal):
    """A closure still holds for the slot, so that it opens only with that: its number."""

    def __init__(self, closure_id: int) -> None:
        super().__init__(f"closure {closure_id} holds")
        self.closure_id = closure_id


class Closure(Model):
    """One decision to close [starts_at, until): the whole house, a space, an activity, or the one slot `slot_id`.

    One that is `listed` closes no hours, only the slots on its list: those that other opening hours cut off.

    `words` are told to everybody as they stand, in the reader's language. `closed_days` are the dates that became
    closing days by it, for reopening. `ends_at` is the end of the last slot that it closed, so that what is over can be
    told by an index; closures of before know no `until` of their own.
    """

    __tablename__ = "closure"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))
    why: Mapped[ClosedReason] = mapped_column(stored(ClosedReason))
    words: Mapped[Texts] = mapped_column(Translated, default=dict, server_default="{}")
    closed_days: Mapped[list[str]] = mapped_column(Json, default=list)
    listed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    closed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    work_id: Mapped[int | None] = mapped_column(ForeignKey("long_work.id"))
    reopened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),)


class ClosureSlot(Model):
    """A slot that a closure cancelled or found cancelled by others, and how it stood before the first of them."""

    __tablename__ = "closure_slot"

    closure_id: Mapped[int] = mapped_column(ForeignKey("closure.id"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True, index=True)
    was: Mapped[SlotStatus] = mapped_column(stored(SlotStatus))


@dataclass(frozen=True, slots=True)
class ClosedHours:
    """Hours of a closure that still holds: of the whole house, or of a space or an activity (or of both together)."""

    closure_id: int
    starts_at: datetime
    until: datetime
    space_id: int | None
    activity_id: int | None

    def covers(self, activity_id: int | None, space_id: int | None, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a slot of an activity would be closed by it; what ends as the closing begins is not."""
        return (
            activity_id is not None
            and starts_at < self.until
            and ends_at > self.starts_at
            and self.space_id in (None, space_id)
            and self.activity_id in (None, activity_id)
        )


@dataclass(frozen=True, slots=True)
class ClosedSlot:
    """A slot of a booking that a closure has cancelled."""

    slot_id: int
    why: ClosedReason
    words: Texts


def shut_between(start: datetime, end: datetime) -> list[ClosedHours]:
    """Closed hours that touch [start, end); closures of single slots are left out."""
    until = func.coalesce(Closure.until, Closure.ends_at)
    rows = run(
        select(Closure.id, Closure.starts_at, until, Closure.space_id, Closure.activity_id)
        .where(Closure.ends_at > start, Closure.starts_at < end)
        .where(Closure.reopened_at.is_(None), Closure.slot_id.is_(None), Closure.listed.is_(False))
        .order_by(Closure.id)
    )
    return as_values(ClosedHours, rows)


def shut_by(
    hours: Sequence[ClosedHours], activity_id: int | None, space_id: int | None, starts_at: datetime, ends_at: datetime
) -> list[int]:
    """All closures that such a slot falls into: it opens with the last of them."""
    return [hour.closure_id for hour in hours if hour.covers(activity_id, space_id, starts_at, ends_at)]


def is_under_closure(but_not: int | None = None) -> ColumnElement[bool]:
    """That a closure is left on the slot, one of them not counted where that is said."""
    holding = [ClosureSlot.slot_id == Slot.id, Closure.reopened_at.is_(None)]
    if but_not is not None:
        holding.append(Closure.id != but_not)
    return exists(select(Closure.id).join(ClosureSlot, ClosureSlot.closure_id == Closure.id).where(*holding))


def closure_holding(slot_id: int) -> int | None:
    """The latest closure that is left on a slot."""
    query = (
        select(Closure.id)
        .join(ClosureSlot, ClosureSlot.closure_id == Closure.id)
        .where(ClosureSlot.slot_id == slot_id, Closure.reopened_at.is_(None))
        .order_by(Closure.id.desc())
        .limit(1)
    )
    closure_id: int | None = run(query).scalar()
    return closure_id


def closed_of(booking_id: int) -> list[ClosedSlot]:
    """What of a booking is cancelled by closures that still hold, in one statement."""
    rows = run(
        select(ClosureSlot.slot_id, Closure.why, Closure.words)
        .select_from(Claim)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(ClosureSlot, ClosureSlot.slot_id == Slot.id)
        .join(Closure, Closure.id == ClosureSlot.closure_id)
        .where(Claim.booking_id == booking_id, Slot.status == SlotStatus.CANCELLED, Closure.reopened_at.is_(None))
        .order_by(Closure.id)
    )
    return as_values(ClosedSlot, rows)
