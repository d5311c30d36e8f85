"""One booking at the desk: let in by number, undo, and every help that people ask for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import ValidationError

from booking.bookings import at_the_desk, queries
from booking.bookings.change import cancel, what_if_cancelled
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.bookings.rules import refund_deadline
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.models import Kind
from booking.closures.answer import answered, closed_for
from booking.closures.models import Choice
from booking.documents.papers import ticket_paper
from booking.documents.pdf import ticket_pdf
from booking.door import admit, read
from booking.door.admit import Heads
from booking.door.rules import Category, PartyAtDoor, categories, is_due
from booking.door.undo import undo
from booking.kernel import clock
from booking.kernel.codes import is_secret, new_secret
from booking.kernel.database import end_reading, unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments.refunds import paid_out
from booking.payments.statement import Came, Way, statement_of
from booking.schools.change import cancel_visit, fee_now
from booking.schools.read import is_visit, of_booking
from booking.staff.audit import note
from booking.staff.models import Role
from booking.web.access import staff, who
from booking.web.desk import AT_THE_DOOR, desk, how_sent, reason_sent
from booking.web.files import download
from booking.web.forms import checked_email, tidy, whole_number
from booking.web.languages import centre, wording
from booking.web.refusals import Answer, TooOdd, sentence

LONGEST_RECEIPT = 40
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a category are there now: the form's field, what stands in it."""

    category: Category
    value: str
    due: bool

    @property
    def field(self) -> str:
        """The field's name."""
        return field_of(self.category)


def field_of(category: Category) -> str:
    """The field that asks how many of a category came."""
    return f"h-{category.slot_id}-{category.ticket_type_id}"


@desk.get("/booking/<int:booking_id>")
@staff(*AT_THE_DOOR)
def party(booking_id: int) -> str:
    """The party, who of it is in, and what can be done for it."""
    return page(booking_id)


@desk.post("/booking/<int:booking_id>/admit")
@staff(*AT_THE_DOOR)
def let_in(booking_id: int) -> ResponseReturnValue:
    """Let in so many of each kind; with `instead` in place of an admission that counted too many."""
    instead = request.form.get("instead", "")
    how = how_sent()
    try:
        heads = _heads(_party(booking_id))
        with unit_of_work():
            if is_secret(instead):
                undo(instead, "counted again", who().account_id, how.at)
            done = admit.admit(booking_id, heads, how, centre())
    except Refusal as refusal:
        answer = sentence(refusal)
        return page(booking_id, answer), answer.status
    return redirect(url_for("desk.party", booking_id=booking_id, done=done.mark, _anchor="now"), 303)


@desk.post("/check-in/<mark>/undo")
@staff(*AT_THE_DOOR)
def undo_check_in(mark: str) -> ResponseReturnValue:
    """Take an admission back."""
    if not is_secret(mark):
        abort(404)
    with unit_of_work():
        booking_id = undo(mark, reason_sent(), who().account_id, clock.now())
    if booking_id is None:
        abort(404)
    return redirect(url_for("desk.party", booking_id=booking_id, undone=1), 303)


@desk.post("/booking/<int:booking_id>/expected")
@staff(*AT_THE_DOOR)
def expect(booking_id: int) -> ResponseReturnValue:
    """They called: they come later."""
    facts = _facts(booking_id)
    typed = tidy(request.form.get("expected_at"))
    found = _CLOCK.fullmatch(typed)
    if typed and not found:
        return page(booking_id, Answer(_("Write the time as hours and minutes, for example 10:40."), 422)), 422
    day = centre().local(facts.starts_at).date()
    when = at(day, time(int(found[1]), int(found[2])), centre().zone) if found else None
    return _done(booking_id, lambda: at_the_desk.expect_at(booking_id, when, who().actor))


@desk.post("/booking/<int:booking_id>/send")
@staff(Role.DESK)
def send_again(booking_id: int) -> ResponseReturnValue:
    """The tickets by mail once more."""
    return _done(booking_id, lambda: at_the_desk.send_again(booking_id, who().actor, clock.now()))


@desk.post("/booking/<int:booking_id>/address")
@staff(Role.DESK)
def correct_address(booking_id: int) -> ResponseReturnValue:
    """Put a misspelt mail address right; the tickets go there at once."""
    try:
        email = checked_email(tidy(request.form.get("email")))
    except ValidationError as error:
        return page(booking_id, Answer(str(error), 422)), 422
    return _done(booking_id, lambda: at_the_desk.correct_address(booking_id, email, who().actor, clock.now()))


@desk.post("/booking/<int:booking_id>/cancel")
@staff(Role.DESK)
def cancel_booking(booking_id: int) -> ResponseReturnValue:
    """Cancel: money back by the centre's rule, a class by the schools' rule, what we closed at no cost.

    All of it back, or no fee, although the rule says otherwise: only by an administrator, who says why.
    """
    whole = request.form.get("refund") == "whole"
    if whole and who().role is not Role.ADMIN:
        abort(403)
    if whole and not reason_sent():
        return page(booking_id, Answer(_("Write why all of it is paid back."), 422)), 422

    def do() -> None:
        now, here = clock.now(), centre()
        shut = closed_for(booking_id)
        if shut is not None:
            answered(booking_id, Choice.ALL_BACK, now)
        if is_visit(booking_id):
            cancel_visit(booking_id, centre=here, now=now, actor=who().actor, waive=whole)
        else:
            cancel(booking_id, centre=here, now=now, actor=who().actor, whole_refund=whole or shut is not None)
        if reason_sent():
            note(who().actor, "booking.cancel_reason", f"booking:{booking_id}", None, {"reason": reason_sent()})

    return _done(booking_id, do)


@desk.post("/booking/<int:booking_id>/paid-out/<int:refund_id>")
@staff(Role.DESK)
def pay_out(booking_id: int, refund_id: int) -> ResponseReturnValue:
    """Money back has been paid out in the centre's own till: note it, and the number of the till's receipt."""
    if booking_id >= 10**18 or refund_id not in {one.refund_id for one in statement_of(booking_id).moved}:
        abort(404)
    receipt = tidy(request.form.get("receipt"))
    if not receipt or len(receipt) > LONGEST_RECEIPT:
        return page(booking_id, Answer(_("Write the number on the till's receipt, at most 40 characters."), 422)), 422
    return _done(booking_id, lambda: paid_out(refund_id, receipt, who().actor, clock.now()))


@desk.get("/booking/<int:booking_id>/tickets.pdf")
@staff(Role.DESK)
def print_tickets(booking_id: int) -> ResponseReturnValue:
    """The tickets on paper."""
    facts = _facts(booking_id)
    if facts.state is not State.CONFIRMED:
        abort(404)
    paper = ticket_paper(facts, queries.tickets_of(facts.id), centre(), wording())
    end_reading()
    return download(ticket_pdf(paper), "application/pdf", f"{facts.reference}.pdf")


def _done(booking_id: int, do: Callable[[], object]) -> ResponseReturnValue:
    """Do it in a unit of work, then show the booking again: changed, or with why not."""
    _facts(booking_id)
    try:
        with unit_of_work():
            do()
    except Refusal as refusal:
        answer = sentence(refusal)
        return page(booking_id, answer), answer.status
    return redirect(url_for("desk.party", booking_id=booking_id, told=1), 303)


def page(booking_id: int, problem: Answer | None = None) -> str:
    """The booking's page; with a problem, what was typed is kept."""
    seen, facts = _party(booking_id), _facts(booking_id)
    now = clock.now()
    came = {ticket.slot_id: is_due(ticket, now, centre(), seen) for ticket in seen.tickets}
    counts = [
        Count(one, request.form.get(field_of(one), str(one.left if came[one.slot_id] else 0))[:6], came[one.slot_id])
        for one in _counted(seen)
    ]
    admissions = read.admissions_of(booking_id)
    shut = closed_for(booking_id) if facts.state is State.CONFIRMED else None
    visit = of_booking(booking_id, facts.currency) if facts.channel is Channel.SCHOOL else None
    return render_template(
        "desk/party.html",
        present=who(),
        seen=seen,
        facts=facts,
        counts=counts,
        all_in=not any(count.category.left for count in counts),
        nobody_due=not any(count.due for count in counts),
        admissions=admissions,
        done=next((one for one in admissions if one.mark == request.args.get("done")), None),
        undone=request.args.get("undone") == "1",
        told=request.args.get("told") == "1",
        problem=problem,
        lunch_at=read.lunch_of(booking_id),
        noted=read.noted(booking_id),
        money=what_if_cancelled(facts, centre=centre(), now=now, whole_refund=shut is not None),
        to_pay_out=[
            one for one in statement_of(booking_id).moved if one.way is Way.TILL and one.came is Came.ON_ITS_WAY
        ],
        closed=shut,
        visit=visit,
        fee=fee_now(visit, facts.total, centre(), now) if visit and facts.state is State.CONFIRMED else None,
        refund_until=refund_deadline(facts.starts_at, centre()),
        typed=request.form,
        mark=new_secret(),
        is_desk=who().role in (Role.DESK, Role.ADMIN),
        is_admin=who().role is Role.ADMIN,
        states=State,
    )


def _heads(seen: PartyAtDoor) -> Heads:
    """What the form says of each category. Raises TooOdd."""
    heads = {}
    for one in _counted(seen):
        typed = request.form.get(field_of(one), "").strip()
        number = whole_number(typed or "0", 0, 9999)
        if number is None:
            raise TooOdd
        heads[one.slot_id, one.ticket_type_id] = number
    return heads


def _counted(seen: PartyAtDoor) -> list[Category]:
    """What people are counted into; a table for lunch has no door, and a visit comes in once, not at each session."""
    return categories(seen.counted_in_by([ticket for ticket in seen.tickets if ticket.kind is not Kind.LUNCH]))


def _party(booking_id: int) -> PartyAtDoor:
    if booking_id >= 10**18:
        abort(404)
    found = read.party(booking_id)
    if found is None:
        abort(404)
    return found


def _facts(booking_id: int) -> BookingFacts:
    facts = queries.by_id(booking_id) if booking_id < 10**18 else None
    if facts is None or facts.changes_id is not None:
        abort(404)
    return facts
