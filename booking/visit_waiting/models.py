"""The table of the schools' waiting list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.bookings.models import WaitingState
from booking.kernel.database import Id, Model, UTCDateTime, stored


class VisitWaiting(Model):
    """A class in line: for one full session (`slot_id`), or for any session of a programme on some weekdays.

    The sessions start in [from_at, until_at) on one of `weekdays` (a set of bits, Monday 1). `key` is the wish and
    whose: the same wish twice is one place in line; a place that has ended gives its key up. Offered, `booking_id`
    holds its places for a while. `hindered` names what last stood in the way of an offer.
    """

    __tablename__ = "visit_waiting"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    secret: Mapped[str] = mapped_column(String(26), unique=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[WaitingState] = mapped_column(stored(WaitingState), default=WaitingState.WAITING)
    lang: Mapped[str] = mapped_column(String(2))
    email: Mapped[str] = mapped_column(String(254), index=True)
    people: Mapped[int]
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id", ondelete="SET NULL"), index=True)
    weekdays: Mapped[int] = mapped_column(default=127, server_default="127")
    from_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    offered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hindered: Mapped[str | None] = mapped_column(String(60))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id", ondelete="SET NULL"), index=True)

    __table_args__ = (
        CheckConstraint("people > 0", name="people"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
        CheckConstraint("from_at < until_at", name="begins_before_it_ends"),
        Index(
            "ix_visit_waiting_line",
            "activity_id",
            "created_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_visit_waiting_offered",
            "offered_at",
            sqlite_where=text("state = 'offered'"),
            postgresql_where=text("state = 'offered'"),
        ),
    )
