"""Pages for those who run the centre: capacity, timetable, activities and prices, bookings, reports, mail, settings."""

from __future__ import annotations

from booking.web.admin import refusals, work
from booking.web.admin.bookings import (
    agreements,
    bookings,
    courses,
    exports,
    feedback,
    mails,
    releases,
    reports,
    schools,
    visits,
)
from booking.web.admin.day import capacity, closures, slot
from booking.web.admin.money import accounts, bank, batch, books, credit, heads, invoice_rules, invoices, payer_link
from booking.web.admin.money import refusals as money_refusals
from booking.web.admin.registers import (
    activities,
    agreement_rows,
    allotments,
    differing_days,
    duties,
    opening_hours,
    prices,
    school_holidays,
    school_rows,
    spaces,
    ticket_types,
    travel,
    weekly_times,
)
from booking.web.admin.set_up import (
    catalogue,
    importing,
    mail_texts,
    outreach,
    programmes,
    school_rules,
    settings,
    timetable,
)
from booking.web.admin.staff import health, person
from booking.web.blueprints import admin

__all__ = [
    "accounts",
    "activities",
    "admin",
    "agreement_rows",
    "agreements",
    "allotments",
    "bank",
    "batch",
    "bookings",
    "books",
    "capacity",
    "catalogue",
    "closures",
    "courses",
    "credit",
    "differing_days",
    "duties",
    "exports",
    "feedback",
    "heads",
    "health",
    "importing",
    "invoice_rules",
    "invoices",
    "mail_texts",
    "mails",
    "money_refusals",
    "opening_hours",
    "outreach",
    "payer_link",
    "person",
    "prices",
    "programmes",
    "refusals",
    "releases",
    "reports",
    "school_holidays",
    "school_rows",
    "school_rules",
    "schools",
    "settings",
    "slot",
    "spaces",
    "ticket_types",
    "timetable",
    "travel",
    "visits",
    "weekly_times",
    "work",
]
