"""How things stand: the coming week, the outbox, money to look at; trying again what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.bookings.queries import BookingFacts, DayFigures, by_reference, figures_between
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.centre.facts import NOT_YET
from booking.invoicing.bank.queries import how_many_wait
from booking.invoicing.reminders.stuck import how_many_are_stuck
from booking.invoicing.sending.wanting import how_many_want_a_person
from booking.kernel import clock
from booking.kernel.codes import read_reference
from booking.kernel.database import unit_of_work
from booking.mail.sending import MailFile, list_files
from booking.occupancy.ready import Ready, readiness
from booking.outbox import promises
from booking.outbox.models import Promise, PromiseState
from booking.outbox.queries import counted_by_state, dead_letters
from booking.payments import refunds
from booking.payments.models import OF_VIPPS, Payment, Refund
from booking.payments.queries import failed_refunds, payments_to_look_at
from booking.payments.reserved.queries import Untaken, failing
from booking.records import audited_rows
from booking.records.audit import note
from booking.reports import names
from booking.reports.gift_cards.cards import how_many_want_somebody
from booking.settings import settings_of
from booking.staff.models import Role
from booking.visit_waiting import waiting as school_waiting
from booking.visit_waiting import waiting_queries
from booking.visit_waiting.waiting_queries import WaitingPlace
from booking.waiting import waiting
from booking.waiting.waiting import Hindered
from booking.wallet.ending import ends_soon
from booking.web.blueprints import staff
from booking.web.guards.access import EVERYBODY, who
from booking.web.guards.access import staff as staff_only
from booking.web.languages import centre
from booking.web.staff.mail import READ_MAILS, mail_folder
from booking.web.staff_menu import MONEY
from booking.withdrawals.queries import how_many_are_due

ATTENTION = timedelta(days=90)
DUE_SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class StartPage:
    """What staff see first: the coming days, and what needs somebody."""

    week: list[dict[str, object]]
    outbox: dict[PromiseState, int]
    states: ClassVar = PromiseState
    of_vipps: ClassVar = OF_VIPPS
    dead: Sequence[Promise]
    promises: dict[str, str]
    failed: list[tuple[Refund, str]]
    not_taken: list[Untaken]
    ready: Ready | None
    hindered: list[tuple[str, Hindered | WaitingPlace]]  # with where each is taken off
    may_take_off: bool
    attention: list[tuple[Payment, str]]
    mails: list[MailFile] | None
    money: Sequence[tuple[str, str]] | None  # what waits of invoices and the bank, each with its page
    found: BookingFacts | None
    asked: str
    is_admin: bool
    may_refund: bool

    @staticmethod
    def because(why: str) -> str:
        """Why somebody in line cannot be served, by the name of the refusal."""
        match why:
            case "NotOnSale" | "Unknown" | "NeedsAdmission":
                return str(_("What they asked for is no longer sold."))
            case "TooMany" | "TooManyPlaces":
                return str(_("They are more than one may book now."))
            case _:
                return str(_("It cannot be booked as they asked for it."))

    @property
    def passes_end(self) -> datetime | None:
        """From when on no pass for a wallet can be signed, where that is near."""
        return ends_soon(settings_of(current_app).apple_wallet, clock.now())


@staff.get("/")
@staff_only(*EVERYBODY)
def start() -> ResponseReturnValue:
    """How things stand; before there is a centre, making it."""
    if centre() is NOT_YET and who().role is Role.ADMIN:
        return redirect(url_for("admin.settings"), 303)
    now = clock.now()
    today = centre().local(now).date()
    return render_template(
        "staff/start.html",
        page=StartPage(
            week=_week(today),
            outbox=counted_by_state((PromiseState.WAITING, PromiseState.DEAD, PromiseState.HELD_BACK)),
            dead=dead_letters(),
            promises=names.promises(),
            failed=failed_refunds(),
            not_taken=failing(),
            ready=_set_up(now),
            hindered=[
                *(("staff.take_off_line", hindered) for hindered in waiting.hindered()),
                *(("staff.take_off_schools_line", place) for place in waiting_queries.hindered()),
            ],
            may_take_off=who().role in (Role.DESK, Role.ADMIN),
            attention=payments_to_look_at(now - ATTENTION),
            mails=list_files(mail_folder(), 20) if who().role in READ_MAILS else None,
            money=_money(now, today) if who().role in MONEY else None,
            found=_find(request.args.get("reference")),
            asked=request.args.get("reference", "")[:40],
            is_admin=who().role is Role.ADMIN,
            may_refund=who().role in (Role.ADMIN, Role.FINANCE),
        ),
    )


@staff.post("/outbox/<int:promise_id>/again")
@staff_only()
def try_again(promise_id: int) -> ResponseReturnValue:
    """Give a dead letter another chance."""
    with unit_of_work():
        if promises.revive(promise_id, clock.now()):
            note(who().actor, "outbox.again", f"promise:{promise_id}")
    from_mails = request.form.get("back") == "mails"
    return redirect(url_for("admin.mails", state="dead") if from_mails else url_for("staff.start"), 303)


@staff.post("/waiting/<int:waiting_id>/off")
@staff_only(Role.DESK)
def take_off_line(waiting_id: int) -> ResponseReturnValue:
    """Take a place that cannot be served off the line; they are told by mail. Pressed twice is once."""
    return _taken_off(waiting.take_off, waiting_id)


@staff.post("/school-waiting/<int:waiting_id>/off")
@staff_only(Role.DESK)
def take_off_schools_line(waiting_id: int) -> ResponseReturnValue:
    """The same for a class that waits."""
    return _taken_off(school_waiting.take_off, waiting_id)


def _taken_off(take_off: Callable[[int, str], bool], waiting_id: int) -> ResponseReturnValue:
    if waiting_id >= 10**18:
        abort(404)
    with unit_of_work():
        take_off(waiting_id, who().actor)
    return redirect(url_for("staff.start", _anchor="hindered"), 303)


@staff.post("/refund/<int:refund_id>/again")
@staff_only(Role.FINANCE)
def refund_again(refund_id: int) -> ResponseReturnValue:
    """Try a failed refund again."""
    with unit_of_work():
        if audited_rows.find(Refund, refund_id) is None:
            abort(404)
        refunds.retry(refund_id, who().actor)
    return redirect(url_for("staff.start"), 303)


def _week(first: date) -> list[dict[str, object]]:
    begin = at(first, time(0), centre().zone)
    return [_day_figures(begin + timedelta(days=n)) for n in range(7)]


def _day_figures(begin: datetime) -> dict[str, object]:
    by_channel = figures_between(begin, begin + timedelta(days=1))
    public, desk, school = (
        by_channel.get(channel, DayFigures()) for channel in (Channel.PUBLIC, Channel.DESK, Channel.SCHOOL)
    )
    return {
        "day": begin,
        "bookings": sum(day_figures.bookings for day_figures in by_channel.values()),
        "visitors": public.people + desk.people,
        "pupils": school.people,
    }


def _set_up(now: datetime) -> Ready | None:
    """How far setting up is, for who does it, until something can be bought or was."""
    if who().role is not Role.ADMIN:
        return None
    ready = readiness(centre().local(now).date(), now)
    return None if ready.can_sell or ready.sold else ready


def _money(now: datetime, today: date) -> list[tuple[str, str]]:
    """What of invoices and the bank waits for somebody, with the page where it is dealt with."""
    way, stuck, unmatched = how_many_want_a_person(now, today), how_many_are_stuck(), how_many_wait()
    lines = (
        (
            way,
            ngettext(
                "%(num)s document on its way to the payer needs attention.",
                "%(num)s documents on their way to the payer need attention.",
                way,
            ),
            "admin.deliveries",
        ),
        (
            stuck,
            ngettext("%(num)s reminder could not be sent.", "%(num)s reminders could not be sent.", stuck),
            "admin.invoice_reminders",
        ),
        (
            unmatched,
            ngettext("%(num)s payment waits to be matched.", "%(num)s payments wait to be matched.", unmatched),
            "admin.bank",
        ),
    )
    return [
        (words, url_for(endpoint)) for count, words, endpoint in (*lines, _withdrawn(today), _gift_cards()) if count
    ]


def _gift_cards() -> tuple[int, str, str]:
    """How many cards' letters no server took, or whose payment the bank asks back."""
    cards = how_many_want_somebody()
    words = ngettext("%(num)s gift card needs attention.", "%(num)s gift cards need attention.", cards)
    return cards, words, "admin.gift_cards"


def _withdrawn(today: date) -> tuple[int, str, str]:
    """Withdrawals whose money the law wants back soon, or wanted back already, and their page."""
    due = how_many_are_due(today + DUE_SOON)
    words = ngettext(
        "%(num)s withdrawal must by law be paid back within three days.",
        "%(num)s withdrawals must by law be paid back within three days.",
        due,
    )
    return due, words, "admin.withdrawals"


def _find(typed: str | None) -> BookingFacts | None:
    reference = read_reference(typed or "")
    return by_reference(reference) if reference else None
