"""Letters of courses: to whoever booked, and to each participant their own."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.bookings import queries
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.centre.wording import LOCALES, Wording
from booking.courses import read
from booking.courses.models import ParticipantTold, Paying
from booking.courses.read import EnrolmentFacts, PlaceFacts
from booking.courses.rules import names_until, standing_of
from booking.documents.calendar_file import Appointment, calendar_file
from booking.documents.certificates import certificate_paper, hours_words
from booking.documents.looks import look_of, sight_of
from booking.documents.paper import Paper
from booking.documents.papers import booking_calendar, ticket_paper
from booking.documents.pdf import certificate_pdf, ticket_pdf
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.mail.letter import Attachment, Letter, calendar_attachment
from booking.mail.letters.money_told import MoneyTold
from booking.mail.promised import PromisedToParticipant
from booking.mail.writing import Desk, compose


def enrolment_letter(
    desk: Desk, facts: BookingFacts, enrolment: EnrolmentFacts, occasion: str, told: MoneyTold
) -> Letter:
    """To whoever booked: who comes, when, how it is paid; `occasion` is confirmation, change or reminder."""
    standing = standing_of(facts.id, enrolment.terms, facts.total, facts.starts_at, desk.centre, clock.now())
    times, sight = queries.calendar_times(facts), sight_of(desk.centre, facts.lines)
    end_reading()
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        address = desk.link(facts.lang, f"course/{facts.secret}")
        title = write.words(facts.lines[0].activity_title)
        subjects = {
            "change": _("Your places have been changed: %(course)s", course=title),
            "reminder": _("Welcome to %(centre)s tomorrow", centre=desk.centre.name),
        }
        return compose(
            desk,
            facts.email,
            subjects.get(occasion, _("Your places: %(course)s", course=title)),
            "course_booked",
            write,
            attachments=(
                calendar_attachment(facts.reference, booking_calendar(facts, times, desk.centre, write, address)),
            ),
            sight=sight,
            facts=facts,
            line=facts.lines[0],
            enrolment=enrolment,
            address=address,
            names_until=names_until(facts.starts_at, desk.centre),
            there=standing,
            told=told,
        )


def cancelled_letter(desk: Desk, facts: BookingFacts, enrolment: EnrolmentFacts, refund: int) -> Letter:
    """To whoever booked: that the places are given up, what it costs and what comes back of what was paid."""
    paid_back = refund if enrolment.pays is Paying.CARD else 0
    times = queries.calendar_times(facts)
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        address = desk.link(facts.lang, f"course/{facts.secret}")
        calendar = booking_calendar(facts, times, desk.centre, write, address)
        return compose(
            desk, facts.email, _("Your places have been cancelled"), "course_cancelled", write,
            (calendar_attachment(facts.reference, calendar),),
            facts=facts, line=facts.lines[0], enrolment=enrolment, refund=paid_back,
        )  # fmt: skip


def place_letter(desk: Desk, about: PromisedToParticipant) -> Letter | None:
    """To a participant: the place is theirs, with their own ticket and calendar file."""
    place = _place(about, ParticipantTold.PLACE)
    facts = queries.by_id(place.booking_id) if place is not None else None
    if place is None or facts is None or facts.state is not State.CONFIRMED or place.ticket_code is None:
        return None
    own = [ticket for ticket in queries.tickets_of(facts.id) if ticket.code == place.ticket_code]
    sight = sight_of(desk.centre, facts.lines)
    end_reading()
    with force_locale(LOCALES[place.lang]):
        write = Wording.of(place.lang, desk.centre)
        title = write.words(place.title)
        kind = write.words(facts.lines[0].ticket_title)
        look = look_of(desk.centre, sight, write)
        pdf = ticket_pdf(_of_one(ticket_paper(facts, own, desk.centre, look, write), place, title, kind))
        attachments = (
            Attachment(_("tickets-%(reference)s.pdf", reference=place.reference), "application/pdf", pdf),
            calendar_attachment(place.reference, _calendar(desk, place, write, cancelled=False)),
        )
        subject = _("Your place: %(course)s", course=title)
        return compose(desk, place.email, subject, "course_place", write, attachments, sight, place=place)


def off_letter(desk: Desk, about: PromisedToParticipant) -> Letter | None:
    """To a participant: the course is not held, or the place has been given up."""
    place = _place(about, ParticipantTold.OFF)
    if place is None:
        return None
    facts = queries.by_id(place.booking_id)
    stands = facts is not None and facts.state is State.CONFIRMED
    # A place that was given up alone has a ticket that counts no more.
    is_closed = stands and place.ticket_code in {ticket.code for ticket in queries.tickets_of(place.booking_id)}
    with force_locale(LOCALES[place.lang]):
        write = Wording.of(place.lang, desk.centre)
        subject = _("Cancelled: %(course)s", course=write.words(place.title))
        calendar = _calendar(desk, place, write, cancelled=True)
        attachments = (calendar_attachment(place.reference, calendar),)
        return compose(desk, place.email, subject, "course_off", write, attachments, place=place, is_closed=is_closed)


def certificate_letter(desk: Desk, about: PromisedToParticipant) -> Letter | None:
    """To a participant: the certificate; none when it has been replaced or its name forgotten."""
    place = read.place(about.participant_id)
    if place is None or not place.code:
        return None
    sight = sight_of(desk.centre, [place])
    end_reading()
    with force_locale(LOCALES[place.lang]):
        write = Wording.of(place.lang, desk.centre)
        address = desk.link(place.lang, f"certificate/{place.code}")
        look = look_of(desk.centre, sight, write)
        pdf = certificate_pdf(certificate_paper(place, desk.centre, look, write, address))
        attachments = (
            Attachment(_("certificate-%(reference)s.pdf", reference=place.reference), "application/pdf", pdf),
        )
        subject = _("Your certificate: %(course)s", course=write.words(place.title))
        return compose(
            desk, place.email, subject, "certificate", write, attachments, place=place, address=address,
            hours=hours_words(place.minutes),
        )  # fmt: skip


def _of_one(paper: Paper, place: PlaceFacts, title: str, kind: str) -> Paper:
    """The party's paper as one person's own: their code alone lets nobody else in."""
    line = replace(paper.lines[0], title=title, kind=f"1 × {kind}")
    words = {**paper.words, "party": _("Your own code")}
    own = str(place.ticket_code)
    return replace(paper, code=own, buyer=place.name, tickets=(), lines=(line,), words=words)


def _place(about: PromisedToParticipant, told: ParticipantTold) -> PlaceFacts | None:
    """The participant's place, if this letter is still what they should hear."""
    place = read.place(about.participant_id)
    return place if place is not None and place.told is told else None


def _calendar(desk: Desk, place: PlaceFacts, write: Wording, *, cancelled: bool) -> bytes:
    return calendar_file(
        [
            Appointment(
                uid=f"{place.reference}-{place.activity_id}-{place.id}@bestill",
                title=f"{write.words(place.title)}, {desk.centre.name}",
                starts_at=place.starts_at,
                ends_at=place.ends_at,
            )
        ],
        centre=desk.centre,
        version=place.version,
        made_at=clock.now(),
        address=desk.settings.public_url,
        text=_("Reference %(reference)s", reference=place.reference),
        cancelled=cancelled,
    )
