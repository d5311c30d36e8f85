"""Pages for teachers: find a programme, plan and book a visit, change it without a phone call."""

from flask import Blueprint

teacher = Blueprint("teacher", __name__, url_prefix="/<lang>")

from booking.web.teacher import book, catalogue, mine, plan, release, visit, waiting, wish  # noqa: E402  (the views need the blueprint)

__all__ = ["book", "catalogue", "mine", "plan", "release", "teacher", "visit", "waiting", "wish"]
