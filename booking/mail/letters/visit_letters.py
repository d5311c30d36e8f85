"""Letters to teachers by the calendar and from the line: a week before, the number, who waits, how it was.

Where we come to the school, they say so: nothing of the way to us, of tickets or of lunch.
"""

from __future__ import annotations

from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.bookings import queries
from booking.bookings.models import State, WaitingState
from booking.bookings.queries import BookingFacts
from booking.centre.wording import LOCALES, Wording
from booking.closures import answer
from booking.feedback import feedback
from booking.kernel import clock
from booking.mail.letter import Letter
from booking.mail.letters import outreach
from booking.mail.letters.class_work import after_told, preparing_letter
from booking.mail.letters.visits import plan_letter
from booking.mail.promised import PromisedInLine, PromisedOn
from booking.mail.writing import Desk, compose
from booking.outreach import read as outreach_read
from booking.outreach.class_work import around_visit
from booking.outreach.read import Away
from booking.visit_waiting import waiting_queries
from booking.visits import read
from booking.visits.change import standing_of
from booking.visits.links import feedback_key
from booking.visits.read import VisitFacts
from booking.visits.write import called


def week_letter(desk: Desk, about: PromisedOn) -> Letter | None:
    """The plan a week before, with what to prepare."""
    pair = _standing(desk, about)
    if pair is None or pair[1].arrives_at <= clock.now():
        return None
    facts, visit = pair
    away = outreach_read.of_booking(facts.id)
    if away is not None:
        return outreach.away_letter(desk, facts, visit, away, "week")
    return plan_letter(desk, facts, visit, "week")


def number_letter(desk: Desk, about: PromisedOn) -> Letter | None:
    """That the number can still be changed, and until when; none once it cannot."""
    pair = _standing(desk, about)
    if pair is None:
        return None
    facts, visit = pair
    standing = standing_of(visit, facts.total, desk.centre, clock.now())
    if not standing.can_change_number:
        return None
    last, away = standing.dates.number_until, outreach_read.of_booking(facts.id)
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        subject = _("You can still change the number until %(day)s", day=write.until(write.day(last)))
        address = desk.link(facts.lang, f"{'visit' if away is None else 'outreach'}/{facts.secret}")
        return compose(
            desk, facts.email, subject, "visit_number", write,
            facts=facts, visit=visit, away=away, address=address, last=last,
        )  # fmt: skip


def before_letter(desk: Desk, about: PromisedOn) -> Letter | None:
    """What the class can work with before; none once it has come."""
    pair = _standing(desk, about)
    if pair is None or pair[1].arrives_at <= clock.now():
        return None
    return preparing_letter(desk, *pair, outreach_read.of_booking(pair[0].id))


def feedback_letter(desk: Desk, about: PromisedOn) -> Letter | None:
    """What to go on with and how it was, a day after; none for a visit without a programme."""
    pair = _standing(desk, about)
    if pair is None:
        return None
    facts, visit = pair
    programmes = feedback.programmes_of(visit)
    if not programmes:
        return None
    parts, away = around_visit(visit), outreach_read.of_booking(facts.id)
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        told = after_told(parts, desk, write)
        address = desk.link(facts.lang, f"school/feedback/{feedback_key(facts.id, desk.settings.secret_key)}")
        return compose(
            desk,
            facts.email,
            _after_subject(desk, bool(told), away),
            "visit_feedback",
            write,
            facts=facts,
            away=away,
            who=called(visit.school.name, [timetable.group for timetable in visit.timetables]),
            titles=[write.words(visit.titles[activity_id]) for activity_id in programmes],
            programmes=told,
            address=address,
            until=feedback.last_day(desk.centre.local(visit.arrives_at).date()),
        )


def _after_subject(desk: Desk, is_for_the_class: bool, away: Away | None) -> str:
    """What the letter of the day after is called: with something to go on with, or only the question."""
    if away is not None:
        ours: str = _("After our visit: for the class") if is_for_the_class else _("How was our visit?")
        return ours
    subject: str = _("How was your visit to %(centre)s?", centre=desk.centre.name)
    if is_for_the_class:
        subject = _("After your visit to %(centre)s: for the class", centre=desk.centre.name)
    return subject


def waiting_letter(desk: Desk, about: PromisedInLine) -> Letter | None:
    """That a class stands in line, and the link to leave it; none when it no longer does."""
    place = waiting_queries.by_id(about.waiting_id)
    if place is None or place.state is not WaitingState.WAITING:
        return None
    with force_locale(LOCALES[place.lang]):
        write = Wording.of(place.lang, desk.centre)
        return compose(
            desk,
            place.email,
            _("You are on the waiting list"),
            "visit_waiting",
            write,
            place=place,
            first=place.first(desk.centre),
            last=place.last(desk.centre),
            address=desk.link(place.lang, f"school/waiting/{place.secret}"),
        )


def waiting_over_letter(desk: Desk, about: PromisedInLine) -> Letter | None:
    """That a class no longer stands in line, since what was asked for cannot be had."""
    place = waiting_queries.by_id(about.waiting_id)
    if place is None or not place.email:
        return None
    with force_locale(LOCALES[place.lang]):
        return compose(
            desk,
            place.email,
            _("You are no longer on the waiting list"),
            "visit_waiting_over",
            Wording.of(place.lang, desk.centre),
            place=place,
            first=place.first(desk.centre),
            last=place.last(desk.centre),
            address=desk.link(place.lang, "school"),
        )


def _standing(desk: Desk, told: PromisedOn) -> tuple[BookingFacts, VisitFacts] | None:
    """The visit, if it is still to be (or was) on the date that the letter is about."""
    facts = queries.by_id(told.booking_id)
    if facts is None or not facts.email or facts.state is not State.CONFIRMED:
        return None
    visit = read.of_booking(facts.id, facts.currency)
    if visit is None or desk.centre.local(visit.arrives_at).date() != date.fromisoformat(told.on):
        return None
    return None if answer.closed_for(facts.id) is not None else (facts, visit)
