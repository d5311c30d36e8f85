"""One function for each message: load, write in the recipient's language, attach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from booking.bookings import queries, waiting
from booking.bookings.models import State, Subscriber
from booking.bookings.rules import change_deadline, refund_deadline
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.wording import LOCALES, Wording
from booking.closures import answer
from booking.courses import read as course_read
from booking.documents.papers import booking_calendar, ticket_paper
from booking.documents.pdf import ticket_pdf
from booking.kernel import clock
from booking.kernel.database import db, end_reading
from booking.mail.kinds import LETTERS, key_of
from booking.mail.letter import Attachment, Letter
from booking.mail.logo import logo_of
from booking.mail.own_words import Added, added_to
from booking.outreach import read as outreach_read
from booking.payments.give_back import reason_of
from booking.payments.models import Refund
from booking.schools import read
from booking.settings import Settings
from booking.staff import accounts, sessions
from booking.staff.vault import Vault


@dataclass(frozen=True, slots=True)
class Desk:
    """Where letters are written: the settings, the centre, and the promise they keep."""

    settings: Settings
    centre: CentreFacts
    promise_id: int
    kind: str = ""

    @property
    def message_id(self) -> str:
        """The same for every try of the same promise, so that a letter sent twice is seen as one."""
        host = self.settings.mail_sender.rpartition("@")[2]
        return f"<outbox-{self.promise_id}@{host}>"

    def link(self, lang: str, path: str) -> str:
        """A full address."""
        return f"{self.settings.public_url}/{lang}/{path}"


Writer = Callable[[Desk, Mapping[str, Any]], Letter | None]


def write(kind: str, promise_id: int, about: Mapping[str, Any], settings: Settings) -> Letter | None:
    """The letter that a promise asks for; None when there is nothing to say any more. Leaves no transaction open."""
    desk = Desk(settings, the_centre(), promise_id, kind)
    try:
        return WRITERS[kind](desk, about)
    finally:
        end_reading()


def _confirmation(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    return _of_booking(desk, about, lambda: _("Your tickets to %(centre)s", centre=desk.centre.name), "confirmation")


def _change(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    return _of_booking(desk, about, lambda: _("Your booking has been changed"), "change")


def _reminder(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    facts = queries.by_id(int(about["booking_id"]))
    if facts is None or facts.starts_at < clock.now() or facts.starts_at.isoformat() != about.get("starts_at"):
        return None
    if answer.closed_for(facts.id) is not None:
        return None  # they were told that it is closed
    return _of_booking(desk, about, lambda: _("Welcome to %(centre)s tomorrow", centre=desk.centre.name), "reminder")


def _of_booking(desk: Desk, about: Mapping[str, Any], subject: Callable[[], str], template: str) -> Letter | None:
    """A letter with the tickets in it; none for a booking that is no longer confirmed."""
    facts = queries.by_id(int(about["booking_id"]))
    if facts is None or not facts.email or facts.state is not State.CONFIRMED:
        return None
    visit = read.of_booking(facts.id, facts.currency) if facts.channel is Channel.SCHOOL else None
    if visit is not None:
        away = outreach_read.of_booking(facts.id)
        if away is not None:
            return outreach.away_letter(desk, facts, visit, away, template)
        return visits.plan_letter(desk, facts, visit, template)
    enrolment = course_read.of_booking(facts.id) if facts.channel is Channel.SCHOOL else None
    if enrolment is not None:
        return courses.enrolment_letter(desk, facts, enrolment, template)
    tickets = queries.tickets_of(facts.id)
    end_reading()
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        address = desk.link(facts.lang, f"b/{facts.secret}")
        pdf = ticket_pdf(ticket_paper(facts, tickets, desk.centre, write))
        calendar = booking_calendar(facts, desk.centre, write, address)
        return compose(
            desk,
            facts.email,
            subject(),
            template,
            write,
            attachments=(
                Attachment(_("tickets-%(reference)s.pdf", reference=facts.reference), "application/pdf", pdf),
                Attachment(f"{facts.reference}.ics", "text/calendar", calendar),
            ),
            facts=facts,
            address=address,
            change_until=change_deadline(facts.starts_at, desk.centre),
            refund_until=refund_deadline(facts.starts_at, desk.centre),
        )


def _cancellation(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    facts = queries.by_id(int(about["booking_id"]))
    if facts is None or not facts.email:
        return None
    if facts.channel is Channel.SCHOOL and (visit := read.of_booking(facts.id, facts.currency)) is not None:
        return visits.cancelled_letter(desk, facts, visit)
    enrolment = course_read.of_booking(facts.id) if facts.channel is Channel.SCHOOL else None
    if enrolment is not None:
        return courses.cancelled_letter(desk, facts, enrolment, int(about.get("refund", 0)))
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        address = desk.link(facts.lang, f"b/{facts.secret}")
        calendar = booking_calendar(facts, desk.centre, write, address)
        attachments = (Attachment(f"{facts.reference}.ics", "text/calendar", calendar),)
        subject = _("Your booking has been cancelled")
        refund = int(about.get("refund", 0))
        return compose(
            desk,
            facts.email,
            subject,
            "cancellation",
            write,
            attachments,
            facts=facts,
            address=address,
            refund=refund,
            in_till=bool(about.get("in_till")),
        )


def _refund(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    facts = queries.by_id(int(about["booking_id"]))
    if facts is None or not facts.email:
        return None
    with force_locale(LOCALES[facts.lang]):
        return compose(
            desk,
            facts.email,
            _("Money back from %(centre)s", centre=desk.centre.name),
            "refund",
            Wording.of(facts.lang, desk.centre),
            facts=facts,
            address=desk.link(facts.lang, f"b/{facts.secret}"),
            refund=int(about["refund"]),
            reason=reason_of(facts.id, str(about["mark"])),
        )


def _payment_failed(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    return _plain(desk, about, lambda: _("Your payment did not go through"), "payment_failed", "checkout")


def _lost(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    return _plain(desk, about, lambda: _("Your money is on its way back"), "lost", "b")


def _offer(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    facts = queries.by_id(int(about["booking_id"]))
    if facts is None or facts.state is not State.HELD:
        return None
    return _plain(desk, about, lambda: _("There are places for you now"), "offer", "checkout")


def _closure(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    """That it is closed; nothing for those who have chosen already or whose time is open again."""
    facts = queries.by_id(int(about["booking_id"]))
    if facts is None or not facts.email or facts.state is not State.CONFIRMED:
        return None
    closed = answer.closed_for(facts.id)
    if closed is None:
        return None
    is_visit = facts.channel is Channel.SCHOOL and read.is_visit(facts.id)
    with force_locale(LOCALES[facts.lang]):
        subject = _("Closed: choose a new time or your money back")
        if is_visit:
            subject = _("Closed: move your visit or cancel it")
        write = Wording.of(facts.lang, desk.centre)
        return compose(
            desk,
            facts.email,
            subject,
            "closure",
            write,
            facts=facts,
            lines=[line for line in facts.lines if line.slot_id in closed.slot_ids],
            closed=closed,
            is_visit=is_visit,
            address=desk.link(facts.lang, f"visit/{facts.secret}" if is_visit else f"b/{facts.secret}/closed"),
        )


def _closure_over(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    """That the time is open after all; nothing for those whose time is closed by something else."""
    facts = queries.by_id(int(about["booking_id"]))
    if facts is None or facts.state is not State.CONFIRMED or answer.closed_for(facts.id) is not None:
        return None
    return _plain(desk, about, lambda: _("Open after all: your booking stands"), "closure_over", "b")


def _plain(desk: Desk, about: Mapping[str, Any], subject: Callable[[], str], template: str, page: str) -> Letter | None:
    facts = queries.by_id(int(about["booking_id"]))
    if facts is None or not facts.email:
        return None
    with force_locale(LOCALES[facts.lang]):
        address = desk.link(facts.lang, f"{page}/{facts.secret}")
        write = Wording.of(facts.lang, desk.centre)
        return compose(desk, facts.email, subject(), template, write, facts=facts, address=address)


def _newsletter(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    subscriber = db.session.get(Subscriber, int(about["subscriber_id"]))
    if subscriber is None or subscriber.ended_at is not None:
        return None
    lang = subscriber.lang
    with force_locale(LOCALES[lang]):
        write = Wording.of(lang, desk.centre)
        topics = [write.words(desk.centre.newsletter_topics.get(topic, {"en": topic})) for topic in subscriber.topics]
        address = desk.link(lang, f"newsletter/{subscriber.secret}")
        subject = _("Do you want news from %(centre)s?", centre=desk.centre.name)
        return compose(desk, subscriber.email, subject, "newsletter", write, address=address, topics=topics)


def _waiting(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    place = waiting.by_id(int(about["waiting_id"]))
    if place is None or not place.email:
        return None
    with force_locale(LOCALES[place.lang]):
        write = Wording.of(place.lang, desk.centre)
        address = desk.link(place.lang, f"waiting/{place.secret}")
        return compose(
            desk,
            place.email,
            _("You are on the waiting list"),
            "waiting",
            write,
            place=place,
            address=address,
        )


def _find(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    found = queries.living_of_email(str(about["email"]), clock.now() - timedelta(days=1))
    if not found:
        return None
    bookings = [facts for booking_id, _secret in found if (facts := queries.by_id(booking_id)) is not None]
    lang = str(about["lang"])
    with force_locale(LOCALES[lang]):
        links = [(facts, desk.link(lang, f"b/{facts.secret}")) for facts in bookings]
        write = Wording.of(lang, desk.centre)
        return compose(desk, str(about["email"]), _("Your bookings"), "find", write, links=links)


def _invitation(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    """The link is made again from its nonce; none for a link that was used, replaced or has run out."""
    secret = Vault(desk.settings.secret_key).secret_for(str(about["nonce"]))
    if not sessions.link_lives(secret, clock.now()):
        return None
    person = accounts.person(int(about["account_id"]))
    lang = person.lang or desk.centre.languages[0]
    with force_locale(LOCALES[lang]):
        write = Wording.of(lang, desk.centre)
        subject = _("Your way in to the staff pages of %(centre)s", centre=desk.centre.name)
        address = f"{desk.settings.public_url}/staff/enter/{secret}"
        days = accounts.INVITATION_LIVES.days
        return compose(desk, person.email, subject, "invitation", write, address=address, name=person.name, days=days)


def _refund_failed(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
    refund = db.session.get(Refund, int(about["refund_id"]))
    facts = queries.by_id(refund.booking_id) if refund else None
    if refund is None or facts is None:
        return None
    lang = desk.centre.languages[0]
    with force_locale(LOCALES[lang]):
        subject = _("A refund failed: %(reference)s", reference=facts.reference)
        write = Wording.of(lang, desk.centre)
        address = f"{desk.settings.public_url}/staff/"
        return compose(
            desk,
            desk.centre.email,
            subject,
            "refund_failed",
            write,
            facts=facts,
            refund=refund.amount,
            address=address,
        )


def compose(
    desk: Desk,
    recipient: str,
    subject: str,
    template: str,
    write: Wording,
    attachments: tuple[Attachment, ...] = (),
    **values: object,
) -> Letter:
    key = key_of(desk.kind, template)
    own = added_to(key, write.lang) if key in LETTERS else Added()
    return set_out(desk, recipient, subject, template, write, own, attachments, **values)


def set_out(
    desk: Desk,
    recipient: str,
    subject: str,
    template: str,
    write: Wording,
    own: Added,
    attachments: tuple[Attachment, ...] = (),
    **values: object,
) -> Letter:
    """The letter with these words of the centre's own in it."""
    subject, pictures = own.subject or subject, logo_of(desk.centre)
    values = {"centre": desk.centre, "write": write, "subject": subject, "pictures": pictures, "own": own, **values}
    return Letter(
        message_id=desk.message_id,
        recipient=recipient,
        subject=subject,
        text=render_template(f"mail/{template}.txt", **values),
        html=render_template(f"mail/{template}.html", **values),
        attachments=attachments,
        pictures=pictures,
    )


from booking.mail import courses, outreach, visit_letters, visits, wishes  # noqa: E402  (write with what is above)

WRITERS: Mapping[str, Writer] = {
    "mail.visit_asked": visits.asked_letter,
    "mail.visit_declined": visits.declined_letter,
    "mail.visit_offer": visits.offer_letter,
    "mail.visit_waiting": visit_letters.waiting_letter,
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
    "mail.confirmation": _confirmation,
    "mail.change": _change,
    "mail.reminder": _reminder,
    "mail.cancellation": _cancellation,
    "mail.refund": _refund,
    "mail.payment_failed": _payment_failed,
    "mail.lost": _lost,
    "mail.offer": _offer,
    "mail.closure": _closure,
    "mail.closure_over": _closure_over,
    "mail.newsletter": _newsletter,
    "mail.waiting": _waiting,
    "mail.find": _find,
    "mail.refund_failed": _refund_failed,
    "mail.invitation": _invitation,
}
