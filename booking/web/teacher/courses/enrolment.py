"""Places on a course, opened by their secret: who comes, certificates, cancel. And the page that checks a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from booking.agreements.terms import TermsToday
from booking.bookings.models import State
from booking.bookings.queries import BookedLine, BookingFacts
from booking.centre.wording import LOCALES, Wording
from booking.closures.answer import ClosedFor, closed_for
from booking.courses import cancel as cancelling
from booking.courses import certificates, people, read
from booking.courses import give_up as giving_up
from booking.courses.certificates import CheckedCertificate
from booking.courses.enrol import NewParticipant
from booking.courses.read import EnrolmentFacts, PersonFacts
from booking.courses.rules import names_until, standing_of
from booking.documents.certificates import certificate_paper, hours_words
from booking.documents.looks import look_of, sight_of
from booking.documents.pdf import certificate_pdf
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import end_reading, unit_of_work
from booking.kernel.refusals import Refusal
from booking.settings import settings_of
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.files import download
from booking.web.forms.checked import one_line
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer
from booking.web.teacher.courses.places import checked_person, read_people
from booking.web.teacher.sentences import said
from booking.web.visitor.checkout import held_booking

MOST_NAME = 120


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """What somebody sees who checks a certificate of a course."""

    found: CheckedCertificate | None
    name: str | None
    is_theirs: bool
    hours: str


@dataclass(frozen=True, slots=True)
class EnrolmentPage:
    """Places on a course that are booked: who comes, and what can still be done."""

    facts: BookingFacts
    line: BookedLine
    enrolment: EnrolmentFacts
    rows: list[tuple[str, str]]
    living: bool
    over: bool
    closed: ClosedFor | None
    names_until: date
    can_rename: bool
    there: TermsToday
    problem: RefusalAnswer | None
    errors: Mapping[str, str]
    done: str


@dataclass(frozen=True, slots=True)
class CourseCancelPage:
    """What giving up all places on a course costs."""

    facts: BookingFacts
    line: BookedLine
    enrolment: EnrolmentFacts
    there: TermsToday
    closed: ClosedFor | None
    problem: RefusalAnswer | None


@dataclass(frozen=True, slots=True)
class GiveUpPage:
    """What giving up one place on a course costs."""

    facts: BookingFacts
    line: BookedLine
    enrolment: EnrolmentFacts
    who: PersonFacts
    price: int
    there: TermsToday
    closed: ClosedFor | None
    problem: RefusalAnswer | None


@teacher.get("/course/<secret>")
@public
def enrolment(secret: str) -> ResponseReturnValue:
    """The places as they stand."""
    return _page(*_found(secret))


@teacher.post("/course/<secret>/names")
@limiter.limit("30 per hour")
@public
def rename(secret: str) -> ResponseReturnValue:
    """Somebody else comes, or a name was spelt wrong."""
    facts, seen = _found(secret)
    rows, errors = read_people(), dict[str, str]()
    named = [checked_person(n, *row, errors) for n, row in enumerate(rows)]
    if errors or len(rows) != len(seen.people):
        return _page(facts, seen, errors=errors, status=422)
    try:
        with unit_of_work():
            wanted: dict[int, NewParticipant] = {
                participant.id: person
                for participant, person in zip(seen.people, named, strict=True)
                if person is not None
            }
            people.rename(facts.id, wanted, centre=centre(), now=clock.now())
    except Refusal as refusal:
        answer = said(refusal)
        return _page(*_found(secret), answer, status=answer.status)
    return redirect(url_for("teacher.enrolment", secret=secret, done="names"), 303)


@teacher.get("/course/<secret>/cancel")
@public
def cancel_enrolment(secret: str) -> ResponseReturnValue:
    """What cancelling costs now."""
    return _cancel_page(*_found(secret))


@teacher.post("/course/<secret>/cancel")
@public
def make_enrolment_cancellation(secret: str) -> ResponseReturnValue:
    """Cancel; twice is once."""
    facts, seen = _found(secret)
    try:
        with unit_of_work():
            cancelling.cancel(facts.id, centre=centre(), now=clock.now())
    except Refusal as refusal:
        return _cancel_page(facts, seen, said(refusal))
    return redirect(url_for("teacher.enrolment", secret=secret), 303)


@teacher.get("/course/<secret>/give-up/<int:participant_id>")
@public
def give_up_place(secret: str, participant_id: int) -> ResponseReturnValue:
    """What giving up one person's place costs now."""
    return _give_up_page(*_found(secret), participant_id)


@teacher.post("/course/<secret>/give-up/<int:participant_id>")
@limiter.limit("30 per hour")
@public
def make_place_free(secret: str, participant_id: int) -> ResponseReturnValue:
    """Give it up; twice is once."""
    facts, seen = _found(secret)
    if participant_id not in {person.id for person in seen.people}:
        return redirect(url_for("teacher.enrolment", secret=secret), 303)
    try:
        with unit_of_work():
            giving_up.give_up(facts.id, participant_id, centre=centre(), now=clock.now())
    except Refusal as refusal:
        return _give_up_page(facts, seen, participant_id, said(refusal))
    return redirect(url_for("teacher.enrolment", secret=secret, done="place"), 303)


@teacher.get("/course/<secret>/certificate/<int:participant_id>.pdf")
@limiter.limit("60 per minute")
@public
def certificate_file(secret: str, participant_id: int) -> Response:
    """A certificate as PDF, in the booking's language."""
    facts, seen = _found(secret)
    if participant_id not in {person.id for person in seen.people if person.code}:
        abort(404)
    place = read.place(participant_id)
    if place is None:
        abort(404)
    address = certificate_address(place.lang, place.code)
    write = Wording.of(place.lang, centre())
    look = look_of(centre(), sight_of(centre(), [place]), write)
    end_reading()
    with force_locale(LOCALES[place.lang]):
        paper = certificate_paper(place, centre(), look, write, address)
        name = _("certificate-%(reference)s.pdf", reference=f"{facts.reference}-{participant_id}")
    return download(certificate_pdf(paper), "application/pdf", name)


@teacher.get("/certificate/<secret>")
@limiter.limit("60 per hour")
@public
def certificate(secret: str) -> ResponseReturnValue:
    """That a certificate is real: course, date, hours. Never whose it is."""
    return _certificate_page(secret)


@teacher.post("/certificate/<secret>")
@limiter.limit("30 per hour")
@public
def check_certificate(secret: str) -> ResponseReturnValue:
    """Whether it is made out to the name that was typed."""
    return _certificate_page(secret, one_line(request.form.get("name"))[:MOST_NAME])


def certificate_address(lang: str, code: str) -> str:
    """The full address that checks a certificate, as it stands on it."""
    from flask import current_app

    public_url = settings_of(current_app._get_current_object()).public_url  # type: ignore[attr-defined]
    return f"{public_url}{url_for('teacher.certificate', lang=lang, secret=code)}"


def _certificate_page(code: str, name: str | None = None) -> ResponseReturnValue:
    checked_certificate = certificates.look_up(code) if is_secret(code) else None
    page = render_template(
        "teacher/certificate.html",
        page=CertificatePage(
            found=checked_certificate,
            name=name,
            is_theirs=bool(name) and checked_certificate is not None and certificates.is_made_out_to(code, name or ""),
            hours=hours_words(checked_certificate.minutes) if checked_certificate else "",
        ),
    )
    return page, 200 if checked_certificate else 404


def _found(secret: str) -> tuple[BookingFacts, EnrolmentFacts]:
    facts = held_booking(secret)
    seen = read.of_booking(facts.id)
    if seen is None or facts.state not in (State.CONFIRMED, State.CANCELLED):
        abort(404)
    return facts, seen


def _page(
    facts: BookingFacts,
    seen: EnrolmentFacts,
    problem: RefusalAnswer | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    now = clock.now()
    until, living = names_until(facts.starts_at, centre()), facts.state is State.CONFIRMED
    rows = read_people() if request.method == "POST" else [(person.name, person.email) for person in seen.people]
    page = render_template(
        "teacher/enrolment.html",
        page=EnrolmentPage(
            facts=facts,
            line=facts.lines[0],
            enrolment=seen,
            rows=rows,
            living=living,
            over=facts.starts_at <= now,
            closed=closed_for(facts.id) if living else None,
            names_until=until,
            can_rename=living and centre().local(now).date() <= until,
            there=_standing(facts, seen, facts.total),
            problem=problem,
            errors=errors or {},
            done=request.args.get("done", ""),
        ),
    )
    return page, status


def _cancel_page(
    facts: BookingFacts, seen: EnrolmentFacts, problem: RefusalAnswer | None = None
) -> ResponseReturnValue:
    if facts.state is not State.CONFIRMED:
        return redirect(url_for("teacher.enrolment", secret=facts.secret), 303)
    page = render_template(
        "teacher/course_cancel.html",
        page=CourseCancelPage(
            facts=facts,
            line=facts.lines[0],
            enrolment=seen,
            there=_standing(facts, seen, facts.total),
            closed=closed_for(facts.id),
            problem=problem,
        ),
    )
    return page, problem.status if problem else 200


def _standing(facts: BookingFacts, seen: EnrolmentFacts, price: int) -> TermsToday:
    return standing_of(facts.id, seen.terms, price, facts.starts_at, centre(), clock.now())


def _give_up_page(
    facts: BookingFacts, seen: EnrolmentFacts, participant_id: int, problem: RefusalAnswer | None = None
) -> ResponseReturnValue:
    who = next((person for person in seen.people if person.id == participant_id), None)
    if facts.state is not State.CONFIRMED or who is None or len(seen.people) == 1:
        return redirect(url_for("teacher.enrolment", secret=facts.secret), 303)
    price = facts.lines[0].unit_price
    page = render_template(
        "teacher/course_give_up.html",
        page=GiveUpPage(
            facts=facts,
            line=facts.lines[0],
            enrolment=seen,
            who=who,
            price=price,
            there=_standing(facts, seen, price),
            closed=closed_for(facts.id),
            problem=problem,
        ),
    )
    return page, problem.status if problem else 200
