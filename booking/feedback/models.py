"""The table of what teachers say afterwards."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, UTCDateTime


class Feedback(Model):
    """How a visit found one of its programmes: stars from 1 to 5, and words if any. Nothing says whose they are.

    `visit_id` is there only as long as the answer can be changed; the purge then cuts it, and later deletes the words.
    """

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id", ondelete="SET NULL"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    came_on: Mapped[date] = mapped_column(Date)
    stars: Mapped[int]
    words: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        Index("uq_feedback_visit_activity", "visit_id", "activity_id", unique=True),
        Index("ix_feedback_came_on", "came_on", "activity_id", "stars"),
        Index("ix_feedback_activity", "activity_id", "came_on"),
        Index(
            "ix_feedback_of_visits",
            "came_on",
            sqlite_where=text("visit_id IS NOT NULL"),
            postgresql_where=text("visit_id IS NOT NULL"),
        ),
        Index("ix_feedback_words", "came_on", sqlite_where=text("words <> ''"), postgresql_where=text("words <> ''")),
    )
