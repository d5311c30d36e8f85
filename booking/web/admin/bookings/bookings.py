"""The list of bookings with its filters in the address, and one booking with all that ever happened to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings import queries
from booking.bookings.models import State
from booking.capacity.models import Channel
from booking.catalogue.queries import Titled, titled_activities
from booking.door.read import Noted, noted
from booking.door.told import ToldByTeacher, told_by
from booking.exports import sources
from booking.history import booking_history, log
from booking.history.booking_history import EventKind, Happening, History, PaymentSeen
from booking.history.sentences import LogSentence, log_sentence
from booking.invoicing.queries import invoices_of
from booking.invoicing.references import BillingReferences, references_of
from booking.kernel import clock
from booking.kernel.codes import is_secret, new_secret
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.mail.resend import may_go_again
from booking.outbox.models import PromiseState
from booking.payments.give_back import give_back, refundable
from booking.payments.models import RefundState
from booking.receipts.queries import ReceiptSeen, receipts_of
from booking.reports import bookings as lists
from booking.reports import names
from booking.reports.bookings import BOUGHT, BookingFilter, BookingPage
from booking.reports.gift_cards.cards import card_of_order
from booking.reports.period import LONGEST
from booking.reports.standing import ASKED, MoneyStanding, standing_of
from booking.staff.models import Role
from booking.visits.read import VisitFacts, of_booking
from booking.web.admin.bookings.exports import EXPORTERS, export_list
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.forms.dates import midnight
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.staff_menu import MONEY
from booking.web.typed import a_day, identity, one_of, sum_typed

READERS = (Role.FINANCE, Role.DESK)
AHEAD = timedelta(days=30)  # what the list shows to who asks for nothing
FILTERS = ("from", "until", "state", "channel", "activity", "money", "q")
LONGEST_WORDS = 100
LONGEST_REASON = 200
ALL_STATES = "all"


@dataclass(frozen=True, slots=True)
class BookingFilterForm:
    """What the address asks for: as typed, as understood, and which fields could not be."""

    typed: dict[str, str]
    wanted: BookingFilter
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BookingsPage:
    """A page of the list of bookings with its filters."""

    listed: BookingPage
    asked: BookingFilterForm
    kept: Mapping[str, str]
    may_export: bool
    is_filtered: bool

    booking_states: ClassVar[type[State]] = State
    money_standings: ClassVar[type[MoneyStanding]] = MoneyStanding

    @property
    def activities(self) -> Sequence[Titled]:
        """The activities to choose among."""
        return titled_activities()

    @property
    def states(self) -> Mapping[State, str]:
        """What the states are called."""
        return names.states()

    @property
    def channels(self) -> Mapping[Channel, str]:
        """What the channels are called."""
        return names.channels()

    @property
    def standings(self) -> Mapping[MoneyStanding, str]:
        """How money may stand, in words."""
        return names.standings()

    @property
    def money(self) -> Sequence[tuple[MoneyStanding, str]]:
        """How money may stand, of what can be asked for."""
        return [(standing, names.standings()[standing]) for standing in ASKED]


@admin.get("/bookings")
@staff(*READERS)
def bookings() -> tuple[str, int]:
    """A page of the list."""
    form = _asked()
    page = lists.BookingPage([], None) if form.wrong else lists.read(form.wanted)
    shown = render_template(
        "admin/bookings.html",
        page=BookingsPage(
            listed=page,
            asked=form,
            kept={name: text for name, text in form.typed.items() if text},
            may_export=who().role in (Role.ADMIN, *EXPORTERS),
            is_filtered=any(request.args.get(name) for name in FILTERS),
        ),
    )
    return shown, 422 if form.wrong else 200


@admin.post("/bookings/export")
@staff(*EXPORTERS)
def export_bookings() -> ResponseReturnValue:
    """The whole list as a file, with the filters of the address."""
    form = _asked()
    if form.wrong:
        return redirect(url_for("admin.bookings"), 303)
    return export_list("bookings", sources.bookings_filters(form.wanted))


@admin.get("/bookings/<int:booking_id>")
@staff(*READERS)
def booking(booking_id: int) -> str:
    """One booking with its whole history."""
    return page_of(booking_id)


@admin.post("/bookings/<int:booking_id>/refund")
@staff(Role.FINANCE)
def refund(booking_id: int) -> ResponseReturnValue:
    """Pay back in part or whole, with a reason; the buyer gets a letter."""
    _exists(booking_id)
    reason = one_line(request.form.get("reason"))[:LONGEST_REASON]
    whole = request.form.get("how") == "whole"
    mark = request.form.get("mark", "")
    amount = refundable(booking_id) if whole else sum_typed(request.form.get("amount"))
    if not reason:
        return _again(
            booking_id, RefusalAnswer(_("Say why the money is paid back. The buyer reads it in the email."), 422)
        )
    if not amount:
        return _again(booking_id, RefusalAnswer(_("Enter an amount, for example 150 or 150.50."), 422))
    try:
        with unit_of_work():
            give_back(booking_id, amount, reason, mark if is_secret(mark) else new_secret(), who().actor)
    except Refusal as refusal:
        return _again(booking_id, sentence(refusal))
    return redirect(url_for("admin.booking", booking_id=booking_id, done="refund", _anchor="money"), 303)


def _again(booking_id: int, problem: RefusalAnswer) -> ResponseReturnValue:
    return page_of(booking_id, problem), problem.status


def _exists(booking_id: int) -> queries.BookingFacts:
    facts = queries.by_id(booking_id) if booking_id < 10**18 else None
    if facts is None or facts.changes_id is not None:
        abort(404)
    return facts


@dataclass(frozen=True, slots=True)
class BookingOfficePage:
    """One booking with all that ever happened to it; with a problem, what was typed is kept.

    `people` says who did what, `left` how much can be paid back, `mark` names the next repayment, so that it is made
    once.
    """

    facts: queries.BookingFacts
    noted: Noted
    told: ToldByTeacher | None
    visit: VisitFacts | None
    past: History
    people: Mapping[str, str]
    left: int
    role: Role
    problem: RefusalAnswer | None
    typed: Mapping[str, str]
    mark: str
    done: str

    money_standings: ClassVar[type[MoneyStanding]] = MoneyStanding
    event_kinds: ClassVar[type[EventKind]] = EventKind
    refunds: ClassVar[type[RefundState]] = RefundState

    @property
    def payments(self) -> list[PaymentSeen]:
        """Those that have come in."""
        return [payment for payment in self.past.payments if payment.state == "paid"]

    @property
    def paid(self) -> int:
        """What has come in online, in minor units."""
        return sum(payment.amount for payment in self.payments)

    @property
    def back(self) -> int:
        """What of it has gone back, in minor units."""
        return sum(payment.refunded for payment in self.payments)

    @property
    def undecided(self) -> bool:
        """Whether a bank has a payment in dispute and has not decided."""
        return any(payment.disputed_at and not payment.lost_at for payment in self.payments)

    @property
    def standing(self) -> MoneyStanding:
        """How its money stands."""
        return standing_of(self.facts.total, self.paid, self.back, self.noted.till_receipt)

    @property
    def invoices(self) -> list[tuple[int, int]]:
        """Those that it stands on, ids with numbers; for readers who may open them."""
        return invoices_of(self.facts.id) if self.role in MONEY else []

    @property
    def receipts(self) -> list[ReceiptSeen]:
        """Of what was paid and went back."""
        return receipts_of(self.facts.id)

    @property
    def references(self) -> BillingReferences | None:
        """What its payer wants on the invoice; for readers who may change it."""
        return references_of(self.facts.id) if self.role in MONEY else None

    @property
    def card_id(self) -> int | None:
        """The gift card that it bought."""
        return card_of_order(self.facts.id) if self.facts.is_gift_card else None

    @property
    def may_refund(self) -> bool:
        """Whether the reader may pay money back."""
        return self.role in MONEY

    @property
    def may_help(self) -> bool:
        """Whether the reader may let people in, change, cancel, and send letters again."""
        return self.role in (Role.ADMIN, Role.DESK)

    @property
    def words(self) -> BookingWords:
        """What states and kinds are called."""
        return BookingWords()

    def said(self, happening: Happening) -> LogSentence:
        """An entry of the log in words."""
        return log_sentence(happening.what, happening.before, happening.facts, wording())

    def may_go_again(self, kind: str, state: PromiseState) -> bool:
        """Whether a letter can be sent once more."""
        return may_go_again(kind, state)


class BookingWords:
    """What states and kinds are called on the page of a booking."""

    def __init__(self) -> None:
        self.states, self.channels, self.standings = names.states(), names.channels(), names.standings()
        self.payments, self.refunds = names.payment_states(), names.refund_states()
        self.letters, self.letter_states = names.letters(), names.letter_states()


def page_of(booking_id: int, problem: RefusalAnswer | None = None) -> str:
    """The booking's page; with a problem, what was typed is kept."""
    facts, mark = _exists(booking_id), request.form.get("mark", "")
    page = BookingOfficePage(
        facts=queries.named(facts),
        noted=noted(booking_id),
        told=told_by([booking_id]).get(booking_id),
        visit=of_booking(booking_id, facts.currency) if facts.channel is Channel.SCHOOL else None,
        past=booking_history.of_booking(booking_id),
        people=log.names() | names.actors(),
        left=refundable(booking_id),
        role=who().role,
        problem=problem,
        typed=request.form,
        mark=mark if problem and is_secret(mark) else new_secret(),
        done=request.args.get("done", ""),
    )
    return render_template("admin/booking.html", page=page)


def _asked() -> BookingFilterForm:
    typed = {name: one_line(request.args.get(name))[:LONGEST_WORDS] for name in FILTERS}
    today = centre().local(clock.now()).date()
    if not (typed["from"] or typed["until"] or typed["q"]):
        typed |= {"from": today.isoformat(), "until": (today + AHEAD).isoformat()}
    begin, end, wrong = _span(typed, today)
    state = one_of(State, typed["state"])
    wanted = BookingFilter(
        begin=begin,
        end=end,
        states=tuple(State) if typed["state"] == ALL_STATES else (state,) if state else BOUGHT,
        channel=one_of(Channel, typed["channel"]),
        activity_id=identity(typed["activity"]),
        standing=one_of(MoneyStanding, typed["money"]),
        words=typed["q"],
        after=identity(request.args.get("after")),
    )
    return BookingFilterForm(typed, wanted, wrong)


def _span(typed: Mapping[str, str], today: date) -> tuple[datetime | None, datetime | None, dict[str, str]]:
    """From when until when, None for no end, and what is wrong with the days; one day alone says the other."""
    first, last = a_day(typed["from"]), a_day(typed["until"])
    unreadable = [name for name, day in (("from", first), ("until", last)) if typed[name] and day is None]
    if unreadable:
        return None, None, {name: _("Enter the day as 2026-11-25.") for name in unreadable}
    if first is None and last is None:
        return None, None, {}
    first = first or (last or today) - timedelta(days=LONGEST - 1)
    last = last or first + timedelta(days=LONGEST - 1)
    if not 0 <= (last - first).days < LONGEST:
        too_long = _("Choose at most %(days)s days, the first before the last.", days=LONGEST)
        return None, None, {"until": too_long}
    return midnight(first), midnight(last, 1), {}
