"""Sell to who comes without a ticket: a time now, a QR code that the visitor pays from, or the centre's own till.

The code leads to the checkout on the visitor's own phone, or, where it is set, straight into Vipps (vipps.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures.structures import ImmutableMultiDict
from wtforms import ValidationError

from booking.bookings import queries
from booking.bookings.by_code.beforehand import Beforehand, beforehand
from booking.bookings.by_code.discounted import as_it_stands
from booking.bookings.details import Contact
from booking.bookings.hold import drop
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.capacity.availability import Free, FreeShow, add_ons_between, entry_between
from booking.capacity.models import Channel
from booking.catalogue.queries import TicketOffer, offers_of
from booking.discounts.queries import DiscountShown
from booking.documents.qr import qr_link_svg
from booking.door.walk_in import hold_for_walk_in, sold_in_till
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments import pay
from booking.payments.pay import UnderWay
from booking.payments.vipps.at_desk import code_on_screen, follow, is_to_be_had, was_left
from booking.reports.gift_cards.cards import card_of_order
from booking.settings import settings_of
from booking.staff.models import Role
from booking.web.blueprints import desk
from booking.web.desk.sent import today
from booking.web.forms.checked import checked_email, one_line
from booking.web.guards.access import staff, who
from booking.web.languages import LANGUAGES, centre, language
from booking.web.refusals import RefusalAnswer, TooOdd, sentence
from booking.web.typed import identity
from booking.web.visitor.checkout import booking_secret
from booking.web.visitor.choosing import TicketChoice, choices_of, read_picks, with_days

RECEIPT_LENGTH = 40


@dataclass(frozen=True, slots=True)
class SellPage:
    """A sale to people at the desk: a time, tickets, something with it."""

    times: list[Free]
    chosen: Free | None
    choices: list[TicketChoice]
    shows: list[tuple[FreeShow, list[TicketChoice]]]
    adds_up: bool  # tickets together cost what they cost by themselves
    problem: RefusalAnswer | None
    buyers_language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class SalePage:
    """A sale that waits for its money."""

    facts: BookingFacts
    address: str
    qr: str
    waits: bool
    vipps: VippsHere
    takes_code: bool
    problem: RefusalAnswer | None
    code_problem: RefusalAnswer | None
    typed: ImmutableMultiDict[str, str]
    states: ClassVar = State
    booking_id: int
    is_change: bool
    receipt: str
    card_id: int | None
    mark: str
    now: datetime

    @property
    def discounts(self) -> Sequence[DiscountShown]:
        """What is taken off it; a change has that of its booking."""
        return () if self.is_change else self.facts.off


@dataclass(frozen=True, slots=True)
class VippsHere:
    """Vipps from a code on this screen: may it be had, is it shown, did nothing come of the last one?"""

    offered: bool = False
    shown: bool = False
    left: bool = False


@desk.get("/sell")
@staff(Role.DESK)
def sell() -> str:
    """The times that still can be sold today; one chosen, its ticket types."""
    return _choose()


@desk.post("/sell")
@staff(Role.DESK)
def hold_walk_in() -> ResponseReturnValue:
    """Keep the places, then show what to pay and where."""
    picks, unreadable = read_picks(request.form)
    try:
        if unreadable:
            raise TooOdd
        held = as_it_stands(lambda: hold_for_walk_in(picks, centre(), buyers_language(), clock.now()))
    except Refusal as refusal:
        answer = sentence(refusal)
        return _choose(answer), answer.status
    return redirect(url_for("desk.sale", booking_id=held.booking_id), 303)


@desk.get("/sell/<int:booking_id>")
@staff(Role.DESK)
def sale(booking_id: int) -> ResponseReturnValue:
    """The QR code to pay from; it turns into a welcome when it is paid."""
    return sale_page(follow(at_the_desk(booking_id)))


@desk.post("/sell/<int:booking_id>/till")
@staff(Role.DESK)
def till_sale(booking_id: int) -> ResponseReturnValue:
    """It was paid in the centre's own till: note the receipt's number."""
    facts = at_the_desk(booking_id)
    receipt = one_line(request.form.get("receipt"))
    if not receipt or len(receipt) > RECEIPT_LENGTH:
        return sale_page(
            facts, RefusalAnswer(_("Enter the number on the till's receipt, at most 40 characters."), 422)
        ), 422
    try:
        contact = _contact() if facts.changes_id is None else None
    except ValidationError as error:
        return sale_page(facts, RefusalAnswer(str(error), 422)), 422
    try:
        if facts.state is State.PENDING:
            pay.withdraw(facts.id)
        with unit_of_work():
            sold_in_till(facts.id, receipt, contact, who().account_id, clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return sale_page(facts, answer), answer.status
    return redirect(url_for("desk.sale", booking_id=booking_id), 303)


@desk.post("/sell/<int:booking_id>/drop")
@staff(Role.DESK)
def drop_sale(booking_id: int) -> ResponseReturnValue:
    """They went away again: let the places go."""
    facts = at_the_desk(booking_id)
    try:
        if facts.state is State.PENDING:
            pay.withdraw(facts.id)
        with unit_of_work():
            drop(facts.id, clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return sale_page(facts, answer), answer.status
    there = url_for("desk.sell") if facts.changes_id is None else url_for("desk.party", booking_id=facts.changes_id)
    return redirect(there, 303)


def _contact() -> Contact:
    """Who a walk-in says that they are. Raises ValidationError."""
    email = one_line(request.form.get("email"))
    return Contact(one_line(request.form.get("name"))[:120], checked_email(email) if email else "")


def _choose(problem: RefusalAnswer | None = None) -> str:
    facts, now = centre(), clock.now()
    times = _sellable(now)
    wished = identity(request.values.get("slot"))
    chosen = next((slot for slot in times if slot.slot_id == wished), None) or _running(times, now)
    begin, end = today()
    shows = [
        free_show
        for free_show in add_ons_between(begin, end, Channel.DESK, now)
        if free_show.open and free_show.free and free_show.starts_at > now
    ]
    slots: list[Free | FreeShow] = [chosen, *shows] if chosen else []
    lowering = beforehand(Channel.DESK, facts, now) if chosen else Beforehand()
    offers = offers_of({slot.activity_id for slot in slots}) if slots else {}
    return render_template(
        "desk/sell.html",
        page=SellPage(
            times=times,
            chosen=chosen,
            choices=choices_of(chosen, offers, facts, request.form, {}, 0, lowering) if chosen else [],
            shows=[(show, _of_show(show, offers, lowering)) for show in shows if chosen],
            adds_up=lowering.adds_up,
            problem=problem,
            buyers_language=buyers_language(),
            now=now,
        ),
        present=who(),
    )


def _of_show(show: FreeShow, offers: Mapping[int, Sequence[TicketOffer]], lowering: Beforehand) -> list[TicketChoice]:
    """What a show, a workshop or an event of today is sold with."""
    choices = choices_of(show, offers, centre(), request.form, {}, 0, lowering)
    return with_days(show, choices, Channel.DESK, centre())


def _sellable(now: datetime) -> list[Free]:
    """Today's entry times that have not ended."""
    begin, end = today()
    return [slot for slot in entry_between(begin, end, Channel.DESK, now) if slot.ends_at > now]


def _running(times: list[Free], now: datetime) -> Free | None:
    """The time that people who stand here now come in at: the first with room."""
    soon = now + timedelta(hours=2)
    return next((slot for slot in times if slot.open and slot.free and slot.starts_at < soon), None)


def at_the_desk(booking_id: int) -> BookingFacts:
    """A sale of the desk's, or a change of a booking that costs more and waits for its money."""
    facts = queries.by_id(booking_id) if booking_id < 10**18 else None
    if facts is None or (facts.channel is not Channel.DESK and facts.changes_id is None):
        abort(404)
    return facts


def sale_page(
    facts: BookingFacts, problem: RefusalAnswer | None = None, code_problem: RefusalAnswer | None = None
) -> str:
    """A sale as it stands, with what is wrong with something sent from it, or with a code at its field."""
    facts = queries.named(facts)
    waits = facts.state in (State.HELD, State.PENDING)
    code = code_on_screen(facts.id) if facts.state is State.PENDING else None
    address = (code and code.url) or _checkout_of(facts)
    takes_code = _takes_code(facts)
    return render_template(
        "desk/sale.html",
        page=SalePage(
            facts=facts,
            address=address,
            qr=qr_link_svg(address, _("QR code to pay")) if waits else "",
            waits=waits,
            vipps=_vipps(facts, code) if waits else VippsHere(),
            takes_code=takes_code,
            problem=problem if takes_code else problem or code_problem,
            code_problem=code_problem,
            typed=request.form,
            booking_id=facts.changes_id or facts.id,
            is_change=facts.changes_id is not None,
            receipt=_receipt(facts),
            card_id=card_of_order(facts.id) if facts.is_gift_card else None,
            mark=new_secret(),
            now=clock.now(),
        ),
        present=who(),
    )


def _checkout_of(facts: BookingFacts) -> str:
    """Where a visitor pays on their own phone, any way that is offered there."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return f"{settings_of(app).public_url}{url_for('visitor.checkout', lang=facts.lang, secret=facts.secret)}"


def _vipps(facts: BookingFacts, code: UnderWay | None) -> VippsHere:
    shown = code is not None and bool(code.url)
    left = facts.state is State.HELD and was_left(facts.id)
    return VippsHere(offered=is_to_be_had(facts) and not shown, shown=shown, left=left)


def _takes_code(facts: BookingFacts) -> bool:
    """Whether a discount code may be typed for it: while it is held, and not for a change or a gift card."""
    is_basket = facts.state is State.HELD and facts.changes_id is None and facts.is_of_places
    return is_basket and centre().has_campaigns


def _receipt(facts: BookingFacts) -> str:
    """Where the receipt of what was paid is, in the buyer's language; "" where nothing was."""
    if facts.state is not State.CONFIRMED or not facts.total:
        return ""
    return url_for("visitor.last_receipt", lang=facts.lang, secret=booking_secret(facts))


def buyers_language() -> str:
    """What the buyer reads, as the desk has chosen it."""
    typed = request.values.get("lang", "")
    known = [lang for lang in centre().languages if lang in LANGUAGES]
    return typed if typed in known else language() if language() in known else known[0]
