"""Pages for those who run the centre: capacity, timetable, activities and prices, bookings, reports, mail, settings."""

from __future__ import annotations

from flask import Blueprint, g

admin = Blueprint("admin", __name__, url_prefix="/staff")


@admin.context_processor
def who_is_here() -> dict[str, object]:
    """Who is signed in, for the frame around each page."""
    return {"present": g.get("present")}


from booking.web.admin import (  # noqa: E402  (each adds its views)
    agreements,
    bookings,
    capacity,
    catalogue,
    closures,
    courses,
    exports,
    feedback,
    habits,
    health,
    importing,
    mail_texts,
    mails,
    outreach,
    person,
    programmes,
    releases,
    reports,
    school_holidays,
    school_rules,
    schools,
    settings,
    slot,
    timetable,
    visits,
    work,
)

__all__ = [
    "admin",
    "agreements",
    "bookings",
    "capacity",
    "catalogue",
    "closures",
    "courses",
    "exports",
    "feedback",
    "habits",
    "health",
    "importing",
    "mail_texts",
    "mails",
    "outreach",
    "person",
    "programmes",
    "releases",
    "reports",
    "school_holidays",
    "school_rules",
    "schools",
    "settings",
    "slot",
    "timetable",
    "visits",
    "work",
]
