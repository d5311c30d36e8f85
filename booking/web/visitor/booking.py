"""My booking: tickets, PDF, calendar, needs; the door to change, cancel and receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings import queries
from booking.bookings.change import what_if_cancelled
from booking.bookings.details import write_needs
from booking.bookings.models import State
from booking.bookings.queries import BookedLine, BookedTicket, BookingFacts
from booking.bookings.rules import Settlement, change_deadline, refund_deadline
from booking.capacity.models import Channel
from booking.closures.answer import ClosedFor, closed_for
from booking.contests.read import BookedContest, booked_contests
from booking.documents.papers import booking_calendar
from booking.documents.pdf import ticket_pdf
from booking.documents.qr import qr_svg
from booking.documents.visit_calendar import away_calendar, visit_calendar
from booking.documents.visit_paper import entry_paper
from booking.gift_cards.issue import ordered
from booking.history.last_act import LastAct, last_change
from booking.kernel import clock
from booking.kernel.database import Texts, end_reading, unit_of_work
from booking.outbox.promises import promise
from booking.outreach.read import of_booking as outreach_of
from booking.payments import pay
from booking.payments.fulfil import JustBought
from booking.payments.provider import Rejected, Unreachable
from booking.payments.queries import was_money_returned
from booking.payments.statement import Came, MoneyWay, Statement, statement_of
from booking.visits.read import of_booking
from booking.wallet.party import has_pass
from booking.web.addresses import public_address
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.files import download
from booking.web.forms.checked import one_line
from booking.web.guards.access import public
from booking.web.languages import centre, wording
from booking.web.visitor.add import additions
from booking.web.visitor.basket import forget
from booking.web.visitor.checkout import booking_secret, held_booking, page_of_visit
from booking.web.visitor.gift_cards.buy import bought_page
from booking.web.visitor.passes.buy import pass_page
from booking.web.visitor.wallet.passes import apple_is_offered, google_is_offered
from booking.web.visitor.withdrawals.own import withdrawn_page
from booking.withdrawals.queries import of_purchase

CALENDAR = "text/calendar; charset=utf-8"
MOST_NEEDS = 400
TOLD_FOR = timedelta(days=1)  # so long the page of a booking says what was done to it last
QUARTER = 900  # seconds: within one, tickets are sent again once


@dataclass(frozen=True, slots=True)
class UnconfirmedPage:
    """A booking that is not to be used: not paid yet, run out, or cancelled."""

    facts: BookingFacts
    returned: bool
    paid: Statement
    waits_for_vipps: bool = False
    came: ClassVar = Came
    ways: ClassVar = MoneyWay


@dataclass(frozen=True, slots=True)
class ConfirmedPage:
    """A confirmed booking: its tickets, its money, and what its buyer can still do."""

    facts: BookingFacts
    now: datetime
    tickets: list[BookedTicket]
    money: Settlement  # were it cancelled now
    paid: Statement
    closed: ClosedFor | None
    contests: list[BookedContest]
    can_add: bool
    done: LastAct | None  # what was done to it last, if that is not long ago
    sent: bool
    saved: bool
    came: ClassVar = Came
    ways: ClassVar = MoneyWay

    @property
    def lines_by(self) -> dict[tuple[int, int], BookedLine]:
        """What is booked, by slot and ticket type."""
        return {(line.slot_id, line.ticket_type_id): line for line in self.facts.lines}

    @property
    def party_qr(self) -> str:
        """The code that admits all of them."""
        return qr_svg(self.facts.code, _("QR code for the whole party"))

    @staticmethod
    def qr(ticket: BookedTicket) -> str:
        """The code of one ticket."""
        return qr_svg(ticket.code, _("QR code for one ticket"))

    @property
    def change_until(self) -> datetime:
        """Until when the buyer can change or cancel it."""
        return change_deadline(self.facts.starts_at, centre())

    @property
    def refund_until(self) -> datetime:
        """Until when everything comes back."""
        return refund_deadline(self.facts.starts_at, centre())

    @property
    def doors(self) -> tuple[datetime, datetime]:
        """From when until when they can come in."""
        early, late = timedelta(minutes=centre().door_early_minutes), timedelta(minutes=centre().door_late_minutes)
        return self.facts.starts_at - early, self.facts.starts_at + late

    @property
    def proofs(self) -> list[Texts]:
        """What their tickets ask to be shown, each once."""
        proofs = [line.proof for line in self.facts.lines if line.proof]
        return [proof for place, proof in enumerate(proofs) if proof not in proofs[:place]]

    @property
    def changeable(self) -> bool:
        """Whether the buyer can change or cancel it now."""
        return self.now <= self.change_until and not self.used

    @property
    def for_apple(self) -> bool:
        """Whether it may be put into Apple's wallet."""
        return apple_is_offered() and has_pass(self.facts)

    @property
    def for_google(self) -> bool:
        """Whether it may be saved in Google's."""
        return google_is_offered() and has_pass(self.facts)

    @property
    def begun(self) -> bool:
        """Whether its first time is here."""
        return self.facts.starts_at < self.now

    @property
    def goes_on(self) -> bool:
        """Whether a pass has days that are to come, or today."""
        return self.facts.last_at is not None and not self.over

    @property
    def over(self) -> bool:
        """Whether its last day is past."""
        last = centre().local(max(line.ends_at for line in self.facts.lines)).date()
        return last < centre().local(self.now).date()

    @property
    def used(self) -> bool:
        """Whether anybody came in on it."""
        return any(ticket.admitted for ticket in self.tickets)


@visitor.get("/b/<secret>")
@public
def booking(secret: str) -> ResponseReturnValue:
    """The booking as it stands; after a payment, asks how that went."""
    facts = held_booking(secret)
    if (there := page_of_visit(facts)) is not None:
        return redirect(there, 303)
    bought = None
    if facts.state in (State.PENDING, State.EXPIRED):
        facts, bought = _ask_provider(facts)
        if (there := page_of_visit(facts)) is not None:
            return redirect(there, 303)
    if facts.changes_id is not None and facts.state is State.CONFIRMED:
        return redirect(url_for("visitor.booking", secret=booking_secret(facts), _anchor="done"), 303)
    if facts.state is State.HELD:
        return redirect(url_for("visitor.checkout", secret=secret, unpaid=1), 303)
    if not facts.is_of_places and (own := _own_page(facts)) is not None:
        return forget(make_response(own), secret)
    if facts.state is State.CONFIRMED:
        return forget(make_response(_confirmed(facts, bought)), secret)
    page = UnconfirmedPage(
        queries.named(facts),
        returned=was_money_returned(facts.id),
        paid=statement_of(facts.id),
        waits_for_vipps=facts.state is State.PENDING and pay.waits_for_vipps(facts.id),
    )
    response = make_response(render_template("visitor/not_confirmed.html", page=page))
    if facts.state is State.PENDING:
        response.headers["Refresh"] = "5"  # the bank may answer meanwhile, also where scripting is off
    return response


def _own_page(facts: BookingFacts) -> str | None:
    """That of a gift card or a pass: bought, or withdrawn from; none before it is paid."""
    if facts.state is State.CONFIRMED and facts.is_pass:
        return pass_page(facts, statement_of(facts.id))
    if facts.state is State.CONFIRMED and (order := ordered(facts.id)) is not None:
        return bought_page(facts, order, statement_of(facts.id))
    if facts.state is State.CANCELLED and (withdrawal := of_purchase(facts.id)) is not None:
        return withdrawn_page(facts, withdrawal, statement_of(facts.id))
    return None


def _confirmed(facts: BookingFacts, bought: JustBought | None) -> str:
    """Its page; what this request has written itself is not read again."""
    now, paid = clock.now(), bought.paid if bought is not None else statement_of(facts.id)
    page = ConfirmedPage(
        queries.named(facts),
        now,
        tickets=[*bought.tickets] if bought is not None else queries.tickets_of(facts.id),
        money=what_if_cancelled(facts, paid.holding, centre=centre(), now=now),
        paid=paid,
        closed=closed_for(facts.id) if any(line.is_cancelled for line in facts.lines) else None,
        contests=booked_contests(facts),
        can_add=bool(additions(facts, Channel.PUBLIC, now)),
        done=last_change(facts.id, now - TOLD_FOR) if facts.version > 1 else None,
        sent=request.args.get("sent") in (str(_quarter(now)), str(_quarter(now) - 1)),
        saved=request.args.get("saved") == "1",
    )
    return render_template("visitor/booking.html", page=page)


@visitor.get("/b/<secret>/tickets.pdf")
@limiter.limit("60 per minute")
@public
def tickets_file(secret: str) -> Response:
    """The tickets as PDF."""
    facts = _confirmed_booking(secret)
    paper = entry_paper(facts, centre(), wording())
    end_reading()
    return download(ticket_pdf(paper), "application/pdf", f"{_('tickets')}-{facts.reference}.pdf")


@visitor.get("/b/<secret>/calendar.ics")
@public
def calendar_of_booking(secret: str) -> Response:
    """The times as a calendar file."""
    facts = held_booking(secret)
    if facts.confirmed_at is None or not facts.is_of_places:
        abort(404)
    visit = of_booking(facts.id, facts.currency) if facts.channel is Channel.SCHOOL else None
    away = outreach_of(facts.id) if visit is not None else None
    if away is not None:
        address = public_address("teacher.outreach_visit", secret=secret)
        made = away_calendar(facts, away, centre(), wording(), address)
        return download(made, CALENDAR, f"{facts.reference}.ics")
    if visit is not None:
        address = public_address("teacher.visit", secret=secret)
        made = visit_calendar(facts, visit, centre(), wording(), address)
        return download(made, CALENDAR, f"{facts.reference}.ics")
    address = public_address("visitor.booking", secret=secret)
    made = booking_calendar(facts, queries.calendar_times(facts), centre(), wording(), address)
    return download(made, CALENDAR, f"{facts.reference}.ics")


@visitor.post("/b/<secret>/needs")
@public
def save_needs(secret: str) -> ResponseReturnValue:
    """What we should know to receive somebody well; deleted the day after the visit."""
    facts = _confirmed_booking(secret)
    needs = one_line(request.form.get("needs"))
    if len(needs) > MOST_NEEDS:
        abort(413)
    with unit_of_work():
        write_needs(facts.id, needs)
    return redirect(url_for("visitor.booking", secret=secret, saved=1, _anchor="done"), 303)


@visitor.post("/b/<secret>/resend")
@limiter.limit("5 per hour")
@public
def resend(secret: str) -> ResponseReturnValue:
    """Send the tickets once more, at most once a quarter of an hour."""
    facts = _confirmed_booking(secret)
    quarter = _quarter(clock.now())
    with unit_of_work():
        promise("mail.confirmation", f"again:{facts.id}:{quarter}", {"booking_id": facts.id, "again": quarter})
    return redirect(url_for("visitor.booking", secret=secret, sent=quarter, _anchor="done"), 303)


def _quarter(now: datetime) -> int:
    return int(now.timestamp()) // QUARTER


def _confirmed_booking(secret: str) -> BookingFacts:
    facts = held_booking(secret)
    if facts.state is not State.CONFIRMED or facts.changes_id is not None or not facts.is_of_places:
        abort(404)
    return facts


def _ask_provider(facts: BookingFacts) -> tuple[BookingFacts, JustBought | None]:
    """How the payment went, asked of the provider itself, and what it has bought; unchanged when it does not answer."""
    try:
        settled = pay.ask_provider(facts.id, facts)
    except (Unreachable, Rejected):
        return facts, None
    if settled is None:
        return facts, None
    if settled.bought is not None:
        return settled.bought.facts, settled.bought
    return queries.by_id(facts.id) or facts, None
