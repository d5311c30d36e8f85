"""Tables of outreach: what is held at schools, how long the way is, and the visits that are made."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String, Time, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, Texts, Translated, UTCDateTime


class Outreach(Model):
    """An activity that is held at the school: how long it lasts stands on the activity, and its most pupils.

    `price` a group in minor units, `vat_rate` in hundredths of a percent. It begins on these weekdays between
    `from_time` and `until_time`; setting up and clearing away take `setup_minutes` each. `needs` is what the room must
    have. `instant`: booked at once, else asked for.
    """

    __tablename__ = "outreach"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    grade_from: Mapped[int]
    grade_to: Mapped[int]
    price: Mapped[int] = mapped_column(default=0, server_default="0")
    vat_rate: Mapped[int] = mapped_column(default=0, server_default="0")
    most_a_day: Mapped[int] = mapped_column(default=2, server_default="2")
    weekdays: Mapped[int] = mapped_column(default=31, server_default="31")
    from_time: Mapped[time] = mapped_column(Time)
    until_time: Mapped[time] = mapped_column(Time)
    setup_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    notice_days: Mapped[int] = mapped_column(default=7, server_default="7")
    instant: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    needs: Mapped[Texts] = mapped_column(Translated, default=dict)
    before: Mapped[Texts] = mapped_column(Translated, default=dict)

    __table_args__ = (
        CheckConstraint("grade_from BETWEEN 0 AND grade_to AND grade_to <= 13", name="grades"),
        CheckConstraint("price >= 0 AND most_a_day > 0 AND setup_minutes >= 0 AND notice_days >= 0", name="numbers"),
        CheckConstraint("vat_rate BETWEEN 0 AND 10000", name="vat_rate"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
    )


class Travel(Model):
    """How long the way to the schools of a municipality is, and what it costs (minor units). `key` has folded letters.

    Where there is no row, nobody goes.
    """

    __tablename__ = "travel"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    municipality: Mapped[str] = mapped_column(String(60))
    minutes: Mapped[int]
    fee: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (CheckConstraint("minutes BETWEEN 0 AND 300 AND fee >= 0", name="way"),)


class OutreachVisit(Model):
    """A visit that goes the other way: where to, and when it begins and ends at the school.

    `slot_id` lasts from departure to return.
    """

    __tablename__ = "outreach_visit"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    address: Mapped[str] = mapped_column(String(160))
    room: Mapped[str] = mapped_column(String(160), default="", server_default="")
    municipality: Mapped[str] = mapped_column(String(60))
    travel_minutes: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),)
