"""Letters about a booking: tickets, a change, a cancellation, money, a closure. Classes and courses have their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.bookings import queries
from booking.bookings.limits import free
from booking.bookings.models import State
from booking.bookings.purse import purses
from booking.bookings.queries import BookedLine, BookingFacts
from booking.bookings.rules import change_deadline, refund_deadline
from booking.capacity.models import Channel
from booking.centre.wording import LOCALES, Wording
from booking.closures import answer
from booking.closures import queries as closures
from booking.contests.read import booked_contests
from booking.courses import read as course_read
from booking.documents.looks import look_of, sight_of
from booking.documents.papers import booking_calendar, ticket_paper
from booking.documents.pdf import ticket_pdf
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.mail.letter import Attachment, Letter, calendar_attachment
from booking.mail.letters import courses, outreach, visits
from booking.mail.letters.money_told import MoneyTold
from booking.mail.promised import (
    PromisedMoneyBack,
    PromisedOfBooking,
    PromisedOpenAgain,
    PromisedReminder,
    PromisedWithMoney,
)
from booking.mail.writing import Desk, compose
from booking.outreach import read as outreach_read
from booking.payments.give_back import reason_of
from booking.visits import read
from booking.wallet.party import has_pass


def confirmation_letter(desk: Desk, about: PromisedWithMoney) -> Letter | None:
    """The tickets."""
    told = MoneyTold.of(about)
    return _of_booking(
        desk, about, told, lambda: _("Your tickets to %(centre)s", centre=desk.centre.name), "confirmation"
    )


def change_letter(desk: Desk, about: PromisedWithMoney) -> Letter | None:
    """The booking as it is now."""
    return _of_booking(desk, about, MoneyTold.of(about), lambda: _("Your booking has been changed"), "change")


def reminder_letter(desk: Desk, about: PromisedReminder) -> Letter | None:
    """The day before; none where it is closed or has moved since it was promised."""
    facts = queries.by_id(about.booking_id)
    if facts is None or facts.starts_at < clock.now() or facts.starts_at.isoformat() != about.starts_at:
        return None
    if answer.closed_for(facts.id) is not None:
        return None  # they were told that it is closed
    return _of_booking(
        desk, about, MoneyTold(), lambda: _("Welcome to %(centre)s tomorrow", centre=desk.centre.name), "reminder"
    )


def _of_booking(
    desk: Desk, about: PromisedOfBooking, told: MoneyTold, subject: Callable[[], str], template: str
) -> Letter | None:
    """A letter with the tickets in it; none for a booking that is no longer confirmed."""
    facts = _written_to(about, State.CONFIRMED)
    if facts is None:
        return None
    visit = read.of_booking(facts.id, facts.currency) if facts.channel is Channel.SCHOOL else None
    if visit is not None:
        away = outreach_read.of_booking(facts.id)
        if away is not None:
            return outreach.away_letter(desk, facts, visit, away, template)
        return visits.plan_letter(desk, facts, visit, template)
    enrolment = course_read.of_booking(facts.id) if facts.channel is Channel.SCHOOL else None
    if enrolment is not None:
        return courses.enrolment_letter(desk, facts, enrolment, template, told)
    tickets, times = queries.tickets_of(facts.id), queries.calendar_times(facts)
    contests, sight = booked_contests(facts), sight_of(desk.centre, facts.lines)
    end_reading()
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        address = desk.link(facts.lang, f"b/{facts.secret}")
        look = look_of(desk.centre, sight, write)
        pdf = ticket_pdf(ticket_paper(facts, tickets, desk.centre, look, write))
        calendar = booking_calendar(facts, times, desk.centre, write, address)
        return compose(
            desk,
            facts.email,
            subject(),
            template,
            write,
            attachments=(
                Attachment(_("tickets-%(reference)s.pdf", reference=facts.reference), "application/pdf", pdf),
                calendar_attachment(facts.reference, calendar),
            ),
            sight=sight,
            facts=facts,
            contests=contests,
            address=address,
            in_wallet=desk.settings.has_wallet and has_pass(facts),
            told=told,
            change_until=change_deadline(facts.starts_at, desk.centre),
            refund_until=refund_deadline(facts.starts_at, desk.centre),
        )


def cancellation_letter(desk: Desk, about: PromisedWithMoney) -> Letter | None:
    """That the booking is cancelled, and what comes back."""
    facts = _written_to(about)
    if facts is None:
        return None
    if facts.channel is Channel.SCHOOL and (visit := read.of_booking(facts.id, facts.currency)) is not None:
        return visits.cancelled_letter(desk, facts, visit)
    enrolment = course_read.of_booking(facts.id) if facts.channel is Channel.SCHOOL else None
    if enrolment is not None:
        return courses.cancelled_letter(desk, facts, enrolment, MoneyTold.of(about).back)
    times, contests = queries.calendar_times(facts), booked_contests(facts)
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        address = desk.link(facts.lang, f"b/{facts.secret}")
        calendar = booking_calendar(facts, times, desk.centre, write, address)
        attachments = (calendar_attachment(facts.reference, calendar),)
        subject = _("Your booking has been cancelled")
        return compose(
            desk,
            facts.email,
            subject,
            "cancellation",
            write,
            attachments,
            facts=facts,
            contests=contests,
            address=address,
            told=MoneyTold.of(about),
        )


def refund_letter(desk: Desk, about: PromisedMoneyBack) -> Letter | None:
    """That money is on its way back."""
    facts = _written_to(about)
    if facts is None:
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
            told=MoneyTold.of(about),
            reason=reason_of(facts.id, about.mark),
        )


def payment_failed_letter(desk: Desk, about: PromisedOfBooking) -> Letter | None:
    """That nothing was paid, and how to try again."""
    return _plain(desk, about, lambda: _("Your payment did not go through"), "payment_failed", "checkout")


def lost_letter(desk: Desk, about: PromisedOfBooking) -> Letter | None:
    """That the places were gone when the money came."""
    return _plain(desk, about, lambda: _("Your money is on its way back"), "lost", "b")


def offer_letter(desk: Desk, about: PromisedOfBooking) -> Letter | None:
    """That places are kept for whoever stood in line."""
    if _written_to(about, State.HELD) is None:
        return None
    return _plain(desk, about, lambda: _("There are places for you now"), "offer", "checkout")


def free_yes_letter(desk: Desk, about: PromisedOfBooking) -> Letter | None:
    """The question whether a free booking is really wanted; none once it is answered or its places are gone."""
    facts = _written_to(about, State.HELD)
    if facts is None:
        return None
    with force_locale(LOCALES[facts.lang]):
        key = free.key_for(facts.id, facts.email, desk.settings.secret_key)
        write, address = Wording.of(facts.lang, desk.centre), desk.link(facts.lang, f"yes/{key}")
        subject = _("Please confirm your booking")
        return compose(desk, facts.email, subject, "free_yes", write, facts=facts, address=address)


def closure_letter(desk: Desk, about: PromisedOfBooking) -> Letter | None:
    """That it is closed; nothing for those who have chosen already or whose time is open again."""
    facts = _written_to(about, State.CONFIRMED)
    if facts is None:
        return None
    closed = answer.closed_for(facts.id)
    if closed is None:
        return None
    return _closed(desk, facts, closed, [])


def _closed(desk: Desk, facts: BookingFacts, closed: answer.ClosedFor, opened: Sequence[BookedLine]) -> Letter | None:
    is_visit = facts.channel is Channel.SCHOOL and read.is_visit(facts.id)
    paid = purses.purse.holding(facts.id).paid > 0
    with force_locale(LOCALES[facts.lang]):
        subject = _("Closed: choose a new time or your money back")
        if is_visit:
            subject = _("Closed: move your visit or cancel it")
        elif not paid:
            subject = _("Closed: choose a new time or cancel")
        if opened:
            subject = _("Some of what was closed is open after all")
        write = Wording.of(facts.lang, desk.centre)
        return compose(
            desk,
            facts.email,
            subject,
            "closure",
            write,
            facts=facts,
            lines=[line for line in facts.lines if line.slot_id in closed.slot_ids],
            opened=opened,
            closed=closed,
            is_visit=is_visit,
            paid=paid,
            address=desk.link(facts.lang, f"visit/{facts.secret}" if is_visit else f"b/{facts.secret}/closed"),
        )


def closure_over_letter(desk: Desk, about: PromisedOpenAgain) -> Letter | None:
    """That the time is open after all; where some of it is closed by something else, what stands and what does not."""
    facts = _written_to(about, State.CONFIRMED)
    if facts is None:
        return None
    closed = answer.closed_for(facts.id)
    if closed is None:
        return _plain(desk, about, lambda: _("Open after all: your booking stands"), "closure_over", "b")
    was_closed = closures.closed_slots(about.closure_id)
    opened = [line for line in facts.lines if line.slot_id in was_closed - closed.slot_ids]
    return _closed(desk, facts, closed, opened) if opened else None


def _written_to(about: PromisedOfBooking, state: State | None = None) -> BookingFacts | None:
    """The booking, if it has an address, and is in this state where one is asked for."""
    facts = queries.by_id(about.booking_id)
    return queries.named(facts) if facts is not None and facts.email and state in (None, facts.state) else None


def _plain(desk: Desk, about: PromisedOfBooking, subject: Callable[[], str], template: str, page: str) -> Letter | None:
    facts = _written_to(about)
    if facts is None:
        return None
    with force_locale(LOCALES[facts.lang]):
        address = desk.link(facts.lang, f"{page}/{facts.secret}")
        write = Wording.of(facts.lang, desk.centre)
        sight = sight_of(desk.centre, facts.lines)
        return compose(desk, facts.email, subject(), template, write, sight=sight, facts=facts, address=address)
