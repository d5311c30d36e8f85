"""Pages for those who run the centre: capacity, timetable, activities and prices, bookings, reports, mail, settings."""

from __future__ import annotations

from flask import Blueprint

admin = Blueprint("admin", __name__, url_prefix="/staff")

from booking.web.admin import visits, work  # noqa: E402, F401  (each adds its views)
