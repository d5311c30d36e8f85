"""Pages for teachers: find a programme, plan and book a visit, change it without a phone call."""

from flask import Blueprint

teacher = Blueprint("teacher", __name__, url_prefix="/<lang>")

from booking.web.teacher import (  # noqa: E402  (the views need the blueprint)
    book,
    catalogue,
    feedback,
    mine,
    plan,
    programme,
    visit,
    waiting,
)

__all__ = ["book", "catalogue", "feedback", "mine", "plan", "programme", "teacher", "visit", "waiting"]
