"""Tables of closures: what was closed and why, which slots by it, who was hit and what they chose."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.capacity.models import SlotStatus
from booking.kernel.database import Id, Json, Model, UTCDateTime, stored


class Why(StrEnum):
    """Why it is closed; each has its words in every language."""

    WEATHER = "weather"
    POWER = "power"
    ILLNESS = "illness"
    OTHER = "other"


class Choice(StrEnum):
    """What a party that was hit chose."""

    MOVED = "moved"
    PART_BACK = "part_back"
    ALL_BACK = "all_back"


class Closure(Model):
    """One decision to close [starts_at, ends_at): the whole house, a space, an activity, or the one slot `slot_id`.

    `words` are told to everybody as they stand. `closed_days` are the dates that became closing days by it, for
    reopening. `ends_at` is the end of the last slot that it closed, so that what is over can be told by an index.
    """

    __tablename__ = "closure"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))
    why: Mapped[Why] = mapped_column(stored(Why))
    words: Mapped[str] = mapped_column(String(300), default="", server_default="")
    closed_days: Mapped[list[str]] = mapped_column(Json, default=list)
    closed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    work_id: Mapped[int | None] = mapped_column(ForeignKey("long_work.id"))
    reopened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),)


class ClosureSlot(Model):
    """A slot that a closure cancelled, and how it stood before."""

    __tablename__ = "closure_slot"

    closure_id: Mapped[int] = mapped_column(ForeignKey("closure.id"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True, index=True)
    was: Mapped[SlotStatus] = mapped_column(stored(SlotStatus))


class ClosureHit(Model):
    """A booking that a closure hit: whether it was written to or called, and what it chose."""

    __tablename__ = "closure_hit"

    closure_id: Mapped[int] = mapped_column(ForeignKey("closure.id"), primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    written_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    choice: Mapped[Choice | None] = mapped_column(stored(Choice))
    chosen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("(choice IS NULL) = (chosen_at IS NULL)", name="chosen_at"),
        Index("ix_closure_hit_booking_id", "booking_id"),
    )
