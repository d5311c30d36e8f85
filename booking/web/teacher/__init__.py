"""Pages for teachers: find a programme, plan and book a visit, change it without a phone call."""

from flask import Blueprint

teacher = Blueprint("teacher", __name__, url_prefix="/<lang>")

from booking.web.teacher import (  # noqa: E402  (the views need the blueprint)
    adjust,
    again,
    book,
    catalogue,
    courses,
    enrolment,
    feedback,
    mine,
    outreach,
    pass_on,
    places,
    plan,
    programme,
    proof,
    release,
    visit,
    waiting,
    wish,
)

__all__ = [
    "adjust",
    "again",
    "book",
    "catalogue",
    "courses",
    "enrolment",
    "feedback",
    "mine",
    "outreach",
    "pass_on",
    "places",
    "plan",
    "programme",
    "proof",
    "release",
    "teacher",
    "visit",
    "waiting",
    "wish",
]
