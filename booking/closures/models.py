"""Who was hit by a closure and what they chose. What was closed, and why, is booking.capacity.closed_hours."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from booking.capacity.closed_hours import ClosedReason, Closure, ClosureSlot
from booking.kernel.database import Model, UTCDateTime, stored

__all__ = ["ClosedReason", "Closure", "ClosureChoice", "ClosureHit", "ClosureSlot"]


class ClosureChoice(StrEnum):
    """What a party that was hit chose."""

    MOVED = "moved"
    PART_BACK = "part_back"
    ALL_BACK = "all_back"


class ClosureHit(Model):
    """A booking that a closure hit: whether it was written to or called, and what it chose."""

    __tablename__ = "closure_hit"

    closure_id: Mapped[int] = mapped_column(ForeignKey("closure.id"), primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    written_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    choice: Mapped[ClosureChoice | None] = mapped_column(stored(ClosureChoice))
    chosen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("(choice IS NULL) = (chosen_at IS NULL)", name="chosen_at"),
        Index("ix_closure_hit_booking_id", "booking_id"),
    )
