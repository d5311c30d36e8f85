"""Pages for teachers: find a programme, plan and book a visit, change it without a phone call."""

from flask import Blueprint

teacher = Blueprint("teacher", __name__, url_prefix="/<lang>")

# Each adds its views to the blueprint.
from booking.web.teacher import (  # noqa: E402
    adjust,
    bills,
    book,
    catalogue,
    feedback,
    mine,
    pass_on,
    plan,
    programme,
    rebook,
    refusals,
    visit,
    waiting,
)
from booking.web.teacher.courses import enrolment, offered, places  # noqa: E402
from booking.web.teacher.outreach import pages  # noqa: E402
from booking.web.teacher.outreach import refusals as outreach_refusals  # noqa: E402
from booking.web.teacher.releases import release, wish  # noqa: E402

__all__ = [
    "adjust",
    "bills",
    "book",
    "catalogue",
    "enrolment",
    "feedback",
    "mine",
    "offered",
    "outreach_refusals",
    "pages",
    "pass_on",
    "places",
    "plan",
    "programme",
    "rebook",
    "refusals",
    "release",
    "teacher",
    "visit",
    "waiting",
    "wish",
]
