"""Tables of the door: who was let in when and by whom, and what staff counted in the house."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, UTCDateTime, stored


class EntryWay(StrEnum):
    """How staff came to the ticket."""

    CAMERA = "camera"
    SCANNER = "scanner"
    TYPED = "typed"
    LIST = "list"


class Trouble(StrEnum):
    """Why people who are in are not counted on a ticket: let in without the network, or more than the group booked."""

    TWICE = "twice"
    CANCELLED = "cancelled"
    MORE = "more"


class CheckIn(Model):
    """People let in at one moment on one booking; never deleted, only undone.

    `mark` is the device's own name for it, so that sending it twice counts once. `heads` is the sum of its lines;
    `uncounted` are those who came in while the network was gone and whose ticket turned out not to hold for them, and
    those of a group who were more than booked and whom staff let in all the same; `trouble` says which.
    `moved_from` is the time that they were moved from because they came late or early; once it is undone, `moved_back`
    says whether they got that time back, or had to keep the other.
    """

    __tablename__ = "check_in"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    mark: Mapped[str] = mapped_column(String(26), unique=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    device: Mapped[str] = mapped_column(String(26), default="", server_default="")
    way: Mapped[EntryWay] = mapped_column(stored(EntryWay))
    heads: Mapped[int]
    uncounted: Mapped[int] = mapped_column(default=0, server_default="0")
    trouble: Mapped[Trouble | None] = mapped_column(stored(Trouble))
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    moved_from: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))
    moved_back: Mapped[bool | None]
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    undone_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")

    __table_args__ = (
        CheckConstraint("heads >= 0 AND uncounted >= 0 AND heads + uncounted > 0", name="heads"),
        Index(
            "ix_check_in_words",
            "at",
            sqlite_where=text("reason <> '' OR undone_reason <> ''"),
            postgresql_where=text("reason <> '' OR undone_reason <> ''"),
        ),
        Index(
            "ix_check_in_moved_from",
            "moved_from",
            sqlite_where=text("moved_from IS NOT NULL"),
            postgresql_where=text("moved_from IS NOT NULL"),
        ),
        CheckConstraint("(uncounted = 0) = (trouble IS NULL)", name="trouble_of_the_uncounted"),
    )


class CheckInLine(Model):
    """How many of a check-in came in on one ticket."""

    __tablename__ = "check_in_line"

    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_in.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True, index=True)
    heads: Mapped[int]

    __table_args__ = (CheckConstraint("heads > 0", name="heads"),)


class HeadCount(Model):
    """What staff counted in the house; corrects what the check-ins say from then on."""

    __tablename__ = "head_count"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    people: Mapped[int]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        CheckConstraint("people BETWEEN 0 AND 100000", name="people"),
        Index("ix_head_count_at", "at"),
    )


class Departure(Model):
    """People that staff saw leave."""

    __tablename__ = "departure"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    people: Mapped[int]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        CheckConstraint("people BETWEEN 1 AND 100000", name="people"),
        Index("ix_departure_at", "at"),
    )
