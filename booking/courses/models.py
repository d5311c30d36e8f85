"""Tables of teacher courses: the centre's rules, each course's own facts, enrolments, participants, certificates."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, Texts, Translated, UTCDateTime, stored

# Who pays and by which reference, literally as in the partial index that the forgetting finds it by.
SAYS = "employer <> '' OR org_number <> '' OR invoice_reference <> '' OR order_number <> ''"


class Paying(StrEnum):
    """How an enrolment is paid."""

    CARD = "card"
    INVOICE = "invoice"
    FREE = "free"


class ParticipantTold(StrEnum):
    """What a participant has heard from us last."""

    NOTHING = "nothing"
    PLACE = "place"
    OFF = "off"


class CourseRules(Model):
    """What holds for all courses of the centre; one row, or none for the defaults. Days are working days before.

    A course with fewer than `least` participants is marked for staff from `warn_days` before.
    """

    __tablename__ = "course_rules"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    least: Mapped[int] = mapped_column(default=8)
    warn_days: Mapped[int] = mapped_column(default=10)
    free_days: Mapped[int] = mapped_column(default=10)
    late_percent: Mapped[int] = mapped_column(default=50)
    same_day_percent: Mapped[int] = mapped_column(default=100)
    by_invoice: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        CheckConstraint("least >= 0 AND warn_days >= 0 AND free_days >= 0", name="days"),
        CheckConstraint("late_percent BETWEEN 0 AND 100 AND same_day_percent BETWEEN 0 AND 100", name="percents"),
    )


class Enrolment(Model):
    """A booking of places on a course: for which school or employer, and how it is paid.

    `fee` is what a late cancellation costs, in minor units. `terms` are what was agreed on when it was booked, see
    booking.agreements.terms; None for one of before. `dealt_with`: it was invoiced or let go; `owes_otherwise`: places
    were given up since, so that somebody looks at it again.
    """

    __tablename__ = "enrolment"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    pays: Mapped[Paying] = mapped_column(stored(Paying))
    employer: Mapped[str] = mapped_column(String(120), default="", server_default="")
    org_number: Mapped[str] = mapped_column(String(20), default="", server_default="")
    invoice_reference: Mapped[str] = mapped_column(String(60), default="", server_default="")
    order_number: Mapped[str] = mapped_column(String(60), default="", server_default="")
    fee: Mapped[int] = mapped_column(default=0, server_default="0")
    terms: Mapped[dict[str, Any] | list[int] | None] = mapped_column(Json)
    dealt_with: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    owes_otherwise: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint("fee >= 0", name="fee"),
        Index(
            "ix_enrolment_owes_otherwise",
            "booking_id",
            sqlite_where=text("owes_otherwise = 1"),
            postgresql_where=text("owes_otherwise = true"),
        ),
        Index(
            "ix_enrolment_open",
            "booking_id",
            sqlite_where=text("dealt_with = 0 AND pays = 'invoice'"),
            postgresql_where=text("dealt_with = false AND pays = 'invoice'"),
        ),
        Index("ix_enrolment_says", "booking_id", sqlite_where=text(SAYS), postgresql_where=text(SAYS)),
    )


class Participant(Model):
    """A person with a place on a course: one ticket of the booking is theirs once it is confirmed.

    `slot_id` and `starts_at` are what they were told last. `code` opens the certificate's page and is known here only
    as long as the name is.
    """

    __tablename__ = "participant"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="SET NULL"), unique=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    told: Mapped[ParticipantTold] = mapped_column(
        stored(ParticipantTold), default=ParticipantTold.NOTHING, server_default="nothing"
    )
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    code: Mapped[str] = mapped_column(String(26), default="", server_default="")

    __table_args__ = (
        Index(
            "ix_participant_named",
            "starts_at",
            sqlite_where=text("name <> ''"),
            postgresql_where=text("name <> ''"),
        ),
        Index(
            "ix_participant_unseated",
            "booking_id",
            sqlite_where=text("ticket_id IS NULL AND name <> ''"),
            postgresql_where=text("ticket_id IS NULL AND name <> ''"),
        ),
    )


class Certificate(Model):
    """That somebody was at a course. Whose it is cannot be read from here: only who has the code can check a name.

    `mark` is the hash of the code, `name_mark` that of code and name together.
    """

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    name_mark: Mapped[str] = mapped_column(String(64))
    title: Mapped[Texts] = mapped_column(Translated)
    held_on: Mapped[date] = mapped_column(Date)
    minutes: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("minutes > 0", name="minutes"),)
