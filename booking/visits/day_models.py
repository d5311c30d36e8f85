"""Table of visits whose plan was made anew on their own day, because a bus was late or had to go."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Model, UTCDateTime


class VisitReplan(Model):
    """That a visit has a new plan since `at`, and when it should have come and gone by the first one."""

    __tablename__ = "visit_replan"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    planned_arrival: Mapped[datetime] = mapped_column(UTCDateTime)
    planned_departure: Mapped[datetime] = mapped_column(UTCDateTime)
