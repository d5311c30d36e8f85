"""Table of the school holidays that staff keep, since each municipality or county sets its own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model


class SchoolHoliday(Model):
    """Days without school, both included, in the municipalities named (with commas between), or "*": everywhere."""

    __tablename__ = "school_holiday"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    from_date: Mapped[date] = mapped_column(Date)
    until_date: Mapped[date] = mapped_column(Date)
    municipalities: Mapped[str] = mapped_column(String(400))

    __table_args__ = (
        CheckConstraint("from_date <= until_date", name="dates"),
        Index("ix_school_holiday_until_date", "until_date"),
    )
