"""Tables of the heart. The database itself refuses a counter below nought or above its capacity."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    Time,
    UniqueConstraint,
    and_,
    not_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, UTCDateTime, stored


class SlotStatus(StrEnum):
    """Whether places can be taken. Given back they always can."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


def needs_its_space(status: SlotStatus, by_hand: bool, taken: int) -> bool:
    """Whether a session keeps its space and its educator: not one that is cancelled, nor one that was given up.

    The weekly patterns give a session up by closing it where something old still names it. One that staff have closed
    may be opened again any moment.
    """
    given_up = status is SlotStatus.CLOSED and not by_hand and not taken
    return status is not SlotStatus.CANCELLED and not given_up


class Channel(StrEnum):
    """Through which door a buyer comes; the school allotment is for schools alone."""

    PUBLIC = "public"
    SCHOOL = "school"
    DESK = "desk"


class Slot(Model):
    """One timed run of an activity; or, without an activity, one stretch of a space that other slots draw on.

    `taken` counts people. `kept` of the capacity are the schools' until `release_at`; `kept_taken` is what they took.
    `made_by` is the long work that made it; one made or changed `by_hand` is never changed by the weekly patterns.
    `version` goes up with each change that staff make, never with a sale.
    """

    __tablename__ = "slot"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
    kept: Mapped[int] = mapped_column(default=0, server_default="0")
    kept_taken: Mapped[int] = mapped_column(default=0, server_default="0")
    release_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    status: Mapped[SlotStatus] = mapped_column(stored(SlotStatus), default=SlotStatus.OPEN, server_default="open")
    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    made_by: Mapped[int | None] = mapped_column(BigInteger)
    by_hand: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        CheckConstraint("taken >= 0", name="taken_not_below_nought"),
        CheckConstraint("taken <= capacity", name="taken_within_capacity"),
        CheckConstraint("kept >= 0 AND kept <= capacity", name="kept_within_capacity"),
        CheckConstraint("kept_taken >= 0 AND kept_taken <= taken", name="kept_taken_within_taken"),
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        CheckConstraint("activity_id IS NOT NULL OR space_id IS NOT NULL", name="is_of_something"),
        UniqueConstraint("activity_id", "starts_at"),
        Index(
            "uq_slot_space_stretch",
            "space_id",
            "starts_at",
            unique=True,
            sqlite_where=text("activity_id IS NULL"),
            postgresql_where=text("activity_id IS NULL"),
        ),
        Index("ix_slot_starts_at", "starts_at"),
        Index(
            "ix_slot_note",
            "starts_at",
            sqlite_where=text("note <> ''"),
            postgresql_where=text("note <> ''"),
        ),
        Index(
            "ix_slot_release_at",
            "release_at",
            sqlite_where=text("kept > 0"),
            postgresql_where=text("kept > 0"),
        ),
        Index(
            "ix_slot_made_by",
            "made_by",
            sqlite_where=text("made_by IS NOT NULL"),
            postgresql_where=text("made_by IS NOT NULL"),
        ),
    )


def space_is_needed() -> ColumnElement[bool]:
    """The same of slots in the database."""
    given_up = and_(Slot.status == SlotStatus.CLOSED, Slot.by_hand.is_(False), Slot.taken == 0)
    return and_(Slot.status != SlotStatus.CANCELLED, not_(given_up))


class Draw(Model):
    """That who takes places in `slot_id` takes as many in `on_slot_id`. Never changed once the slot has claims."""

    __tablename__ = "draw"

    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True)
    on_slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True, index=True)

    __table_args__ = (CheckConstraint("slot_id <> on_slot_id", name="not_on_itself"),)


class Claim(Model):
    """The places that one living booking takes in one slot. The row goes when the places are given back.

    `shared` is for a change that waits for its money: places that the booking it changes has already in what both draw
    on, as {slot id: places}. Nobody sits on two chairs, so they are not counted there twice. Nor are the `parties` of
    one booking, as {number: places}, that have places in several slots: where those draw on the same, they are there
    once, and what is left over is `shared`.
    """

    __tablename__ = "claim"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True, index=True)
    places: Mapped[int]
    channel: Mapped[Channel] = mapped_column(stored(Channel))
    shared: Mapped[dict[str, int] | None] = mapped_column(Json)
    parties: Mapped[dict[str, int] | None] = mapped_column(Json)

    __table_args__ = (CheckConstraint("places > 0", name="places"),)


class Pattern(Model):
    """A weekly habit that slots are made from: at these wall-clock times, or every so many minutes while open."""

    __tablename__ = "pattern"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    weekdays: Mapped[int] = mapped_column(default=127)
    times: Mapped[list[str]] = mapped_column(Json, default=list)
    every_minutes: Mapped[int | None]
    last_before_close: Mapped[int] = mapped_column(default=60)
    from_date: Mapped[date | None] = mapped_column(Date)
    until_date: Mapped[date | None] = mapped_column(Date)
    capacity: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
        CheckConstraint("every_minutes IS NULL OR every_minutes BETWEEN 5 AND 1440", name="every_minutes"),
    )


class Allotment(Model):
    """A rule by which slots of an activity or a space keep places for schools until some days before."""

    __tablename__ = "allotment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    weekdays: Mapped[int] = mapped_column(default=31)
    from_time: Mapped[time] = mapped_column(Time)
    until_time: Mapped[time] = mapped_column(Time)
    places: Mapped[int]
    release_days: Mapped[int] = mapped_column(default=7)

    __table_args__ = (
        CheckConstraint("places >= 0", name="places"),
        CheckConstraint("release_days >= 0", name="release_days"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
    )


class Duty(Model):
    """How many educators are at work on these weekdays, or on one date; each session takes one.

    With times it counts from one to the other on the wall clock, else all day. A date counts before weekdays, a part
    of the day before the whole of it; where nothing is said there are enough.
    """

    __tablename__ = "duty"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    weekdays: Mapped[int] = mapped_column(default=31)
    educators: Mapped[int]
    on_date: Mapped[date | None] = mapped_column(Date)
    from_time: Mapped[time | None] = mapped_column(Time)
    until_time: Mapped[time | None] = mapped_column(Time)

    __table_args__ = (
        CheckConstraint("educators >= 0", name="educators"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
    )


class Trace(StrEnum):
    """What a piece of work did to a slot that was there before."""

    CHANGED = "changed"
    CLOSED = "closed"
    REMOVED = "removed"


class SlotBefore(Model):
    """A slot as it was before a piece of long work changed, closed or removed it, so that the work can be undone.

    `facts` are its columns, `draws` the stretches it drew on as [space id, start]. `version` is the one the work left
    it at: whoever changed it since has the last word. The row goes when the slot's time is over.
    """

    __tablename__ = "slot_before"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    work_id: Mapped[int] = mapped_column(BigInteger, index=True)
    slot_id: Mapped[int] = mapped_column(BigInteger)  # not a key: the slot may be gone
    trace: Mapped[Trace] = mapped_column(stored(Trace))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    draws: Mapped[list[list[Any]]] = mapped_column(Json)
    version: Mapped[int]
