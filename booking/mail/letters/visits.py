"""Letters to teachers: the plan, the answer to a request, the link to one's own visits."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.agreements.models import AskedFor
from booking.bookings import queries
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.centre.wording import LOCALES, Wording
from booking.documents.looks import look_of, sight_of
from booking.documents.pdf import ticket_pdf
from booking.documents.visit_calendar import away_calendar, visit_calendar
from booking.documents.visit_paper import visit_paper
from booking.invoicing.payer.words import bill_to_come
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.mail.letter import Attachment, Letter, calendar_attachment
from booking.mail.letters.class_work import before_told, brings_files, without_materials
from booking.mail.promised import PromisedCopy, PromisedOfBooking, PromisedToAddress
from booking.mail.writing import Desk, compose
from booking.outreach import read as outreach_read
from booking.outreach.class_work import around_visit
from booking.visit_waiting import waiting_queries as in_line
from booking.visits import read
from booking.visits.change import standing_of
from booking.visits.links import key_for, yes_key
from booking.visits.read import VisitFacts


def plan_letter(desk: Desk, facts: BookingFacts, visit: VisitFacts, occasion: str) -> Letter:
    """The plan with its group ticket and calendar; `occasion` is confirmation, change, week or reminder."""
    standing = standing_of(visit, facts.total, desk.centre, clock.now())
    sight = sight_of(desk.centre, facts.lines)
    parts, has_files = around_visit(visit), brings_files(occasion, visit, desk)
    end_reading()
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        address = desk.link(facts.lang, f"visit/{facts.secret}")
        subjects = {
            "change": _("Your visit has been changed"),
            "reminder": _("Welcome to %(centre)s tomorrow", centre=desk.centre.name),
            "week": _("Your visit to %(centre)s is in a week", centre=desk.centre.name),
        }
        look = look_of(desk.centre, sight, write)
        pdf = ticket_pdf(visit_paper(facts, visit, desk.centre, look, write))
        programmes = before_told(parts, desk, write)
        return compose(
            desk,
            facts.email,
            subjects.get(occasion, _("Your visit to %(centre)s", centre=desk.centre.name)),
            "visit",
            write,
            attachments=(
                Attachment(_("tickets-%(reference)s.pdf", reference=facts.reference), "application/pdf", pdf),
                calendar_attachment(facts.reference, visit_calendar(facts, visit, desk.centre, write, address)),
            ),
            sight=sight,
            facts=facts,
            visit=visit,
            occasion=occasion,
            there=standing,
            address=address,
            programmes=programmes if has_files else without_materials(programmes),
            bill=bill_to_come(visit.by_payer(), visit.school.name),
        )


def cancelled_letter(desk: Desk, facts: BookingFacts, visit: VisitFacts) -> Letter:
    """That the visit is cancelled, or ours to a school, and what it costs."""
    away = outreach_read.of_booking(facts.id)
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        address = desk.link(facts.lang, f"visit/{facts.secret}")
        calendar = (
            visit_calendar(facts, visit, desk.centre, write, address)
            if away is None
            else away_calendar(facts, away, desk.centre, write, address)
        )
        subject = _("Your visit has been cancelled")
        return compose(
            desk, facts.email, subject, "visit_cancelled", write,
            (calendar_attachment(facts.reference, calendar),),
            facts=facts, visit=visit, address=address,
        )  # fmt: skip


def asked_letter(desk: Desk, about: PromisedOfBooking) -> Letter | None:
    """That the request has come in."""
    pair = _booking_and_visit(about)
    if pair is None or pair[0].state is not State.PENDING:
        return None
    facts, visit = pair
    if visit.asked_for is not AskedFor.UNPROVEN:
        return _short(desk, facts, visit, lambda: _("We have your request"), "visit_asked")
    key = yes_key(facts.id, facts.email, desk.settings.secret_key)
    address = desk.link(facts.lang, f"school/yes/{key}")
    return _short(desk, facts, visit, lambda: _("Is this visit yours?"), "visit_asked", yes_address=address)


def declined_letter(desk: Desk, about: PromisedOfBooking) -> Letter | None:
    """That the visit cannot be, and why."""
    pair = _booking_and_visit(about)
    if pair is None:
        return None
    return _short(desk, *pair, lambda: _("We cannot receive you then"), "visit_declined")


def offer_letter(desk: Desk, about: PromisedOfBooking) -> Letter | None:
    """That places are kept for a teacher who waited; none when they are no longer."""
    facts = queries.by_id(about.booking_id)
    if facts is None or not facts.email or facts.state is not State.HELD or facts.held_until is None:
        return None
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        line = facts.lines[0]
        day = desk.centre.local(line.starts_at).date().isoformat()
        address = desk.link(facts.lang, f"school/visit?held={facts.secret}&programme={line.activity_id}&date={day}")
        place = in_line.by_held(facts.id)
        return compose(
            desk,
            facts.email,
            _("There are places for you now"),
            "visit_offer",
            write,
            sight=sight_of(desk.centre, facts.lines),
            facts=facts,
            line=line,
            until=facts.held_until,
            address=address,
            leave=desk.link(facts.lang, f"school/waiting/{place.secret}") if place else "",
        )


def my_visits_letter(desk: Desk, to: PromisedToAddress) -> Letter | None:
    """The link to one's own visits; none where there are none."""
    if not read.of_email(to.email):
        return None
    with force_locale(LOCALES[to.lang]):
        write = Wording.of(to.lang, desk.centre)
        address = desk.link(to.lang, f"my/{key_for(to.email, desk.settings.secret_key, clock.now())}")
        return compose(desk, to.email, _("Your visits"), "my_visits", write, address=address)


def copy_letter(desk: Desk, plan: PromisedCopy) -> Letter | None:
    """The wishes of a colleague's visit, as the way into a plan of one's own."""
    with force_locale(LOCALES[plan.lang]):
        write = Wording.of(plan.lang, desk.centre)
        address = desk.link(plan.lang, f"school/visit?{plan.wishes}")
        subject = _("A plan for a visit to %(centre)s", centre=desk.centre.name)
        return compose(desk, plan.email, subject, "visit_copy", write, address=address)


def _booking_and_visit(about: PromisedOfBooking) -> tuple[BookingFacts, VisitFacts] | None:
    facts = queries.by_id(about.booking_id)
    visit = read.of_booking(facts.id, facts.currency) if facts is not None and facts.email else None
    return None if facts is None or visit is None else (facts, visit)


def _short(
    desk: Desk, facts: BookingFacts, visit: VisitFacts, subject: Callable[[], str], template: str, yes_address: str = ""
) -> Letter:
    standing = standing_of(visit, facts.total, desk.centre, clock.now())
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        address = desk.link(facts.lang, f"visit/{facts.secret}")
        return compose(
            desk, facts.email, subject(), template, write,
            facts=facts, visit=visit, address=address, there=standing, yes_address=yes_address,
        )  # fmt: skip
