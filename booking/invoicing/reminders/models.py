"""Tables of reminders: the centre's steps and rates, what was reminded of, and what holds an invoice back."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, Texts, Translated, UTCDateTime, stored

LONGEST_REASON = 200
_HOLDS = text("ended_at IS NULL")
# Literally as queries say it, or no database uses the index.
IS_PROMISED = text("state = 'promised' AND left_out_at IS NULL")


class ReminderState(StrEnum):
    """What has become of a reminder."""

    PROMISED = "promised"
    SENT = "sent"
    STOPPED = "stopped"  # before it went out: nothing is open any more, or something holds it back


# From where to where a reminder may go.
NEXT: dict[ReminderState, frozenset[ReminderState]] = {
    ReminderState.PROMISED: frozenset({ReminderState.SENT, ReminderState.STOPPED}),
    ReminderState.SENT: frozenset(),
    ReminderState.STOPPED: frozenset(),
}


class WhyStopped(StrEnum):
    """Why a promised reminder did not go out."""

    NOT_STOPPED = ""
    NOTHING_OPEN = "nothing_open"  # paid, credited or written off meanwhile
    HELD = "held"  # disputed, or with the collector
    NOT_DELIVERED = "not_delivered"  # the invoice was refused, or nobody knows whether it arrived
    NO_EMAIL = "no_email"
    STEP_GONE = "step_gone"  # the centre does not remind any more


class HoldKind(StrEnum):
    """What keeps an invoice from being reminded of."""

    DISPUTED = "disputed"
    COLLECTOR = "collector"


class ReminderStep(Model):
    """One step of the centre's; none: nobody is reminded.

    `days` after the day it was due for the first, after the reminder before for the others; `pay_days` until it is
    then to be paid. `words` of the centre's own stand in place of ours. `with_fee`, `with_interest`: what is claimed
    beside the invoice, at the rates in force.
    """

    __tablename__ = "reminder_step"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    days: Mapped[int]
    pay_days: Mapped[int]
    words: Mapped[Texts] = mapped_column(Translated, default=dict)
    with_fee: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    with_interest: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint("number BETWEEN 1 AND 9", name="number"),
        CheckConstraint("days BETWEEN 1 AND 365 AND pay_days BETWEEN 1 AND 90", name="days"),
    )


class LateRate(Model):
    """What is claimed of who pays late, from a day on: interest in hundredths of a percent a year, a fee a reminder."""

    __tablename__ = "late_rate"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    from_date: Mapped[date] = mapped_column(Date, unique=True)
    interest: Mapped[int] = mapped_column(default=0, server_default="0")
    fee: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (CheckConstraint("interest BETWEEN 0 AND 10000 AND fee >= 0", name="rates"),)


class InvoiceReminder(Model):
    """A reminder of one step; `key` is "<invoice>:<number>", and another once it is stopped, so that it may come again.

    `open`, `interest` and `fee` are what it said, in minor units, `pay_by` until when. They are no part of the invoice.
    `left_out_at`: its letter could not be sent, and somebody has said that the next step goes on without it.
    """

    __tablename__ = "invoice_reminder"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    state: Mapped[ReminderState] = mapped_column(stored(ReminderState))
    why: Mapped[WhyStopped] = mapped_column(stored(WhyStopped), default=WhyStopped.NOT_STOPPED, server_default="")
    promised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_on: Mapped[date | None] = mapped_column(Date)
    left_out_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    pay_by: Mapped[date | None] = mapped_column(Date)
    open: Mapped[int] = mapped_column(default=0, server_default="0")
    interest: Mapped[int] = mapped_column(default=0, server_default="0")
    fee: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        CheckConstraint("open >= 0 AND interest >= 0 AND fee >= 0", name="sums"),
        CheckConstraint("(state = 'sent') = (sent_on IS NOT NULL)", name="sent_on"),
        CheckConstraint("(state = 'stopped') = (why <> '')", name="why"),
        Index("ix_invoice_reminder_number", "number", "state", "sent_on"),
        Index("ix_invoice_reminder_promised", "promised_at", sqlite_where=IS_PROMISED, postgresql_where=IS_PROMISED),
    )


class InvoiceHold(Model):
    """What keeps an invoice from being reminded of, from `since` on; over once it has `ended_at`."""

    __tablename__ = "invoice_hold"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"), index=True)
    kind: Mapped[HoldKind] = mapped_column(stored(HoldKind))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="", server_default="")
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index("uq_invoice_hold_one", "invoice_id", "kind", unique=True, sqlite_where=_HOLDS, postgresql_where=_HOLDS),
    )
