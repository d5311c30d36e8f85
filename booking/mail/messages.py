"""One function for each message: load, write in the recipient's language, attach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.centre.facts import the_centre
from booking.kernel.database import end_reading
from booking.mail.letter import Letter
from booking.mail.letters import bookings, courses, others, visit_letters, visits, wishes
from booking.mail.writing import Desk, Writer
from booking.settings import Settings

WRITERS: Mapping[str, Writer] = {
    "mail.visit_asked": visits.asked_letter,
    "mail.visit_declined": visits.declined_letter,
    "mail.visit_offer": visits.offer_letter,
    "mail.visit_waiting": visit_letters.waiting_letter,
    "mail.visit_waiting_over": visit_letters.waiting_over_letter,
    "mail.visit_week": visit_letters.week_letter,
    "mail.visit_number": visit_letters.number_letter,
    "mail.visit_feedback": visit_letters.feedback_letter,
    "mail.my_visits": visits.my_visits_letter,
    "mail.course_place": courses.place_letter,
    "mail.course_off": courses.off_letter,
    "mail.certificate": courses.certificate_letter,
    "mail.visit_copy": visits.copy_letter,
    "mail.wish": wishes.kept_letter,
    "mail.wish_answer": wishes.answer_letter,
    "mail.confirmation": bookings.confirmation_letter,
    "mail.change": bookings.change_letter,
    "mail.reminder": bookings.reminder_letter,
    "mail.cancellation": bookings.cancellation_letter,
    "mail.refund": bookings.refund_letter,
    "mail.payment_failed": bookings.payment_failed_letter,
    "mail.lost": bookings.lost_letter,
    "mail.offer": bookings.offer_letter,
    "mail.free_yes": bookings.free_yes_letter,
    "mail.closure": bookings.closure_letter,
    "mail.closure_over": bookings.closure_over_letter,
    "mail.newsletter": others.newsletter_letter,
    "mail.waiting": others.waiting_letter,
    "mail.waiting_over": others.waiting_over_letter,
    "mail.find": others.find_letter,
    "mail.refund_failed": others.refund_failed_letter,
    "mail.invitation": others.invitation_letter,
}


def write(
    kind: str, promise_id: int, about: Mapping[str, Any], settings: Settings, made_at: datetime | None = None
) -> Letter | None:
    """The letter that a promise asks for; None when there is nothing to say any more. Leaves no transaction open."""
    desk = Desk(settings, the_centre(), promise_id, kind, made_at)
    try:
        return WRITERS[kind](desk, about)
    finally:
        end_reading()
