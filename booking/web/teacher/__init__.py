"""Pages for teachers: find a programme, plan and book a visit, change it without a phone call."""

from booking.web.blueprints import teacher
from booking.web.teacher import (
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
from booking.web.teacher.courses import enrolment, offered, places
from booking.web.teacher.outreach import pages
from booking.web.teacher.outreach import refusals as outreach_refusals
from booking.web.teacher.releases import release, wish

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
