"""The letters that a centre may add its own words to, as its staff know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext
from flask_babel.speaklater import LazyString


class About(StrEnum):
    """The headings of the list."""

    TICKETS = "tickets"
    WAITING = "waiting"
    SCHOOLS = "schools"
    RELEASES = "releases"
    OUTREACH = "outreach"
    COURSES = "courses"


HEADINGS: Mapping[About, LazyString] = {
    About.TICKETS: _("Tickets"),
    About.WAITING: _("Waiting list"),
    About.SCHOOLS: _("School visits"),
    About.RELEASES: _("Release days"),
    About.OUTREACH: _("We come to the school"),
    About.COURSES: _("Courses"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One letter. `may_rename` where our subject says nothing but what the letter is: no date, title or reference."""

    about: About
    name: LazyString
    may_rename: bool = True


# By key, see key_of. Left out are letters to the centre itself, the staff's links, and the newsletter's question:
# that goes to an address which has not said yes, and may carry nothing but the question.
LETTERS: Mapping[str, Kind] = {
    "confirmation": Kind(About.TICKETS, _("When it is booked")),
    "free_yes": Kind(About.TICKETS, _("Free places: please confirm")),
    "reminder": Kind(About.TICKETS, _("Reminder")),
    "change": Kind(About.TICKETS, pgettext("letter", "Change")),
    "cancellation": Kind(About.TICKETS, _("Cancellation")),
    "refund": Kind(About.TICKETS, _("Money back")),
    "payment_failed": Kind(About.TICKETS, _("Payment failed")),
    "lost": Kind(About.TICKETS, _("Paid too late")),
    "find": Kind(About.TICKETS, _("Link to bookings")),
    "closure": Kind(About.TICKETS, _("Closed: to those who have booked"), may_rename=False),
    "closure_over": Kind(About.TICKETS, _("Open after all")),
    "waiting": Kind(About.WAITING, _("On the waiting list")),
    "waiting_over": Kind(About.WAITING, _("Off the waiting list")),
    "offer": Kind(About.WAITING, _("Offer from the waiting list")),
    "visit_asked": Kind(About.SCHOOLS, _("School visit asked for")),
    "visit_declined": Kind(About.SCHOOLS, _("School visit declined")),
    "visit-confirmation": Kind(About.SCHOOLS, _("The plan, when it is booked")),
    "visit-visit_week": Kind(About.SCHOOLS, _("Reminder to a school, a week before")),
    "visit_number": Kind(About.SCHOOLS, _("Last days to change the number"), may_rename=False),
    "visit-reminder": Kind(About.SCHOOLS, _("Reminder to a school, the day before")),
    "visit-change": Kind(About.SCHOOLS, _("School visit changed")),
    "visit_cancelled-cancellation": Kind(About.SCHOOLS, _("School visit cancelled")),
    "visit_feedback": Kind(About.SCHOOLS, _("How was the visit?")),
    "visit_waiting": Kind(About.SCHOOLS, _("Schools' waiting list")),
    "visit_waiting_over": Kind(About.SCHOOLS, _("Off the schools' waiting list")),
    "visit_offer": Kind(About.SCHOOLS, _("Offer from the schools' waiting list")),
    "my_visits": Kind(About.SCHOOLS, _("Link to a teacher's visits")),
    "visit_copy": Kind(About.SCHOOLS, _("A plan passed on to a colleague")),
    "wish": Kind(About.RELEASES, _("Wish kept"), may_rename=False),
    "wish_answer": Kind(About.RELEASES, _("Wish not met")),
    "outreach-confirmation": Kind(About.OUTREACH, _("When it is booked"), may_rename=False),
    "outreach-reminder": Kind(About.OUTREACH, _("Reminder"), may_rename=False),
    "outreach-change": Kind(About.OUTREACH, pgettext("letter", "Change"), may_rename=False),
    "course_booked-confirmation": Kind(About.COURSES, _("When it is booked"), may_rename=False),
    "course_booked-reminder": Kind(About.COURSES, _("Reminder")),
    "course_booked-change": Kind(About.COURSES, pgettext("letter", "Change"), may_rename=False),
    "course_cancelled-cancellation": Kind(About.COURSES, _("Cancellation")),
    "course_place": Kind(About.COURSES, _("To each participant"), may_rename=False),
    "course_off": Kind(About.COURSES, _("To each participant: not held"), may_rename=False),
    "certificate": Kind(About.COURSES, _("The certificate"), may_rename=False),
}


def key_of(kind: str, template: str) -> str:
    """What a letter is called here: its template, and the occasion where one template serves several."""
    occasion = kind.removeprefix("mail.")
    return template if occasion == template else f"{template}-{occasion}"
