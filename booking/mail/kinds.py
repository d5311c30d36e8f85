"""The letters that a centre may add its own words to, as its staff know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext
from flask_babel.speaklater import LazyString


class LetterHeading(StrEnum):
    """The headings of the list."""

    TICKETS = "tickets"
    WAITING = "waiting"
    SCHOOLS = "schools"
    RELEASES = "releases"
    OUTREACH = "outreach"
    COURSES = "courses"
    INVOICES = "invoices"
    GIFT_CARDS = "gift_cards"
    PASSES = "annual_passes"


HEADINGS: Mapping[LetterHeading, LazyString] = {
    LetterHeading.TICKETS: _("Tickets"),
    LetterHeading.WAITING: _("Waiting list"),
    LetterHeading.SCHOOLS: _("School visits"),
    LetterHeading.RELEASES: _("Release days"),
    LetterHeading.OUTREACH: _("We come to the school"),
    LetterHeading.COURSES: _("Courses"),
    LetterHeading.INVOICES: _("Invoices"),
    LetterHeading.GIFT_CARDS: _("Gift cards"),
    LetterHeading.PASSES: _("Annual passes"),
}


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One letter. `may_rename` where our subject says nothing but what the letter is: no date, title or reference."""

    about: LetterHeading
    name: LazyString
    may_rename: bool = True


# By key, see key_of. Left out are letters to the centre itself, the staff's links, and the newsletter's question:
# that goes to an address which has not said yes, and may carry nothing but the question.
LETTERS: Mapping[str, LetterKind] = {
    "confirmation": LetterKind(LetterHeading.TICKETS, _("When it is booked")),
    "free_yes": LetterKind(LetterHeading.TICKETS, _("Free places: please confirm")),
    "reminder": LetterKind(LetterHeading.TICKETS, _("Reminder")),
    "change": LetterKind(LetterHeading.TICKETS, pgettext("letter", "Change")),
    "cancellation": LetterKind(LetterHeading.TICKETS, _("Cancellation")),
    "refund": LetterKind(LetterHeading.TICKETS, _("Money back")),
    "payment_failed": LetterKind(LetterHeading.TICKETS, _("Payment failed")),
    "lost": LetterKind(LetterHeading.TICKETS, _("Paid too late")),
    "find": LetterKind(LetterHeading.TICKETS, _("Link to bookings")),
    "closure": LetterKind(LetterHeading.TICKETS, _("Closed: to those who have booked"), may_rename=False),
    "closure_over": LetterKind(LetterHeading.TICKETS, _("Open after all")),
    "waiting": LetterKind(LetterHeading.WAITING, _("On the waiting list")),
    "waiting_over": LetterKind(LetterHeading.WAITING, _("Off the waiting list")),
    "offer": LetterKind(LetterHeading.WAITING, _("Offer from the waiting list")),
    "visit_asked": LetterKind(LetterHeading.SCHOOLS, _("School visit asked for")),
    "visit_declined": LetterKind(LetterHeading.SCHOOLS, _("School visit declined")),
    "visit-confirmation": LetterKind(LetterHeading.SCHOOLS, _("The plan, when it is booked")),
    "visit-visit_week": LetterKind(LetterHeading.SCHOOLS, _("Reminder to a school, a week before")),
    "visit_number": LetterKind(LetterHeading.SCHOOLS, _("Last days to change the number"), may_rename=False),
    "visit-reminder": LetterKind(LetterHeading.SCHOOLS, _("Reminder to a school, the day before")),
    "visit-change": LetterKind(LetterHeading.SCHOOLS, _("School visit changed")),
    "visit_cancelled-cancellation": LetterKind(LetterHeading.SCHOOLS, _("School visit cancelled")),
    "visit_before": LetterKind(LetterHeading.SCHOOLS, _("Files and links to a school, before the visit")),
    "visit_feedback": LetterKind(LetterHeading.SCHOOLS, _("How was the visit?")),
    "visit_waiting": LetterKind(LetterHeading.SCHOOLS, _("Schools' waiting list")),
    "visit_waiting_over": LetterKind(LetterHeading.SCHOOLS, _("Off the schools' waiting list")),
    "visit_offer": LetterKind(LetterHeading.SCHOOLS, _("Offer from the schools' waiting list")),
    "my_visits": LetterKind(LetterHeading.SCHOOLS, _("Link to a teacher's visits")),
    "visit_copy": LetterKind(LetterHeading.SCHOOLS, _("A plan passed on to a colleague")),
    "wish": LetterKind(LetterHeading.RELEASES, _("Wish kept"), may_rename=False),
    "wish_answer": LetterKind(LetterHeading.RELEASES, _("Wish not met")),
    "outreach-confirmation": LetterKind(LetterHeading.OUTREACH, _("When it is booked"), may_rename=False),
    "outreach-visit_week": LetterKind(LetterHeading.OUTREACH, _("Reminder, a week before"), may_rename=False),
    "outreach-reminder": LetterKind(LetterHeading.OUTREACH, _("Reminder"), may_rename=False),
    "outreach-change": LetterKind(LetterHeading.OUTREACH, pgettext("letter", "Change"), may_rename=False),
    "course_booked-confirmation": LetterKind(LetterHeading.COURSES, _("When it is booked"), may_rename=False),
    "course_booked-reminder": LetterKind(LetterHeading.COURSES, _("Reminder")),
    "course_booked-change": LetterKind(LetterHeading.COURSES, pgettext("letter", "Change"), may_rename=False),
    "course_cancelled-cancellation": LetterKind(LetterHeading.COURSES, _("Cancellation")),
    "course_place": LetterKind(LetterHeading.COURSES, _("To each participant"), may_rename=False),
    "course_off": LetterKind(LetterHeading.COURSES, _("To each participant: not held"), may_rename=False),
    "certificate": LetterKind(LetterHeading.COURSES, _("The certificate"), may_rename=False),
    "invoice": LetterKind(LetterHeading.INVOICES, _("Invoice or credit note by mail"), may_rename=False),
    "invoice_reminder": LetterKind(LetterHeading.INVOICES, _("Reminder of an invoice"), may_rename=False),
    "payer_link": LetterKind(LetterHeading.INVOICES, _("Link to a payer's invoices")),
    "annual_pass": LetterKind(LetterHeading.PASSES, _("The annual pass")),
    "annual_pass_bought": LetterKind(LetterHeading.PASSES, _("When one that is given is paid, to the buyer")),
    "gift_card": LetterKind(LetterHeading.GIFT_CARDS, _("The gift card")),
    "gift_card_bought": LetterKind(LetterHeading.GIFT_CARDS, _("When it is paid, to the buyer")),
    "gift_card_ends": LetterKind(LetterHeading.GIFT_CARDS, _("A month before its last day")),
    "withdrawal": LetterKind(LetterHeading.GIFT_CARDS, _("Receipt of a withdrawal"), may_rename=False),
    "withdraw_link": LetterKind(LetterHeading.GIFT_CARDS, _("Link to withdraw"), may_rename=False),
}


def key_of(kind: str, template: str) -> str:
    """What a letter is called here: its template, and the occasion where one template serves several."""
    occasion = kind.removeprefix("mail.")
    return template if occasion == template else f"{template}-{occasion}"
