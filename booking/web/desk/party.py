"""One booking at the desk: let in by number, undo, and every help that people ask for."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import ValidationError

from booking.bookings import at_the_desk, queries
from booking.bookings.change import cancel
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.capacity.timetable import at
from booking.closures.answer import answered, closed_for
from booking.closures.models import ClosureChoice
from booking.courses import read as courses
from booking.courses.cancel import cancel as cancel_enrolment
from booking.courses.people import keep_findable_by_names
from booking.documents.pdf import ticket_pdf
from booking.documents.visit_paper import entry_paper
from booking.door import admit, read
from booking.door.admit import Heads
from booking.door.correct import correct
from booking.door.rules import PartyAtDoor, categories
from booking.door.undo import booking_of, undo
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import end_reading, unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments.refunds import paid_out
from booking.payments.statement import statement_of
from booking.records.audit import note
from booking.staff.models import Role
from booking.visits.change import cancel_visit
from booking.visits.read import is_visit
from booking.web.blueprints import desk
from booking.web.desk.counting import field_of
from booking.web.desk.party_page import counted_categories, party_page
from booking.web.desk.sent import AT_THE_DOOR, how_sent, reason_sent
from booking.web.files import download
from booking.web.forms.checked import checked_email, one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer, TooOdd, sentence
from booking.web.typed import a_clock, whole_number

LONGEST_RECEIPT = 40


@desk.get("/booking/<int:booking_id>")
@staff(*AT_THE_DOOR)
def party(booking_id: int) -> ResponseReturnValue:
    """The party, who of it is in, and what can be done for it."""
    facts = _facts(booking_id)
    if not facts.is_of_places:
        return redirect(url_for("admin.booking", booking_id=booking_id), 303)  # nobody comes with it
    return page(booking_id, facts=facts)


@desk.post("/booking/<int:booking_id>/admit")
@staff(*AT_THE_DOOR)
def let_in(booking_id: int) -> ResponseReturnValue:
    """Let in so many more of each kind."""
    seen = _party(booking_id)
    try:
        heads, shown = _heads(seen, "h"), _shown(seen)
        with unit_of_work():
            done = admit.admit(booking_id, heads, how_sent(), centre(), seen=shown)
    except Refusal as refusal:
        answer = sentence(refusal)
        return page(booking_id, answer), answer.status
    return redirect(url_for("desk.party", booking_id=booking_id, done=done.mark, _anchor="now"), 303)


@desk.post("/booking/<int:booking_id>/correct/<mark>")
@staff(*AT_THE_DOOR)
def correct_count(booking_id: int, mark: str) -> ResponseReturnValue:
    """What was counted at one moment was another number."""
    seen = _party(booking_id)
    if mark not in {admission.mark for admission in read.admissions_of(booking_id)}:
        abort(404)
    try:
        heads, shown = _heads(seen, "c"), _shown(seen)
        with unit_of_work():
            new_mark = correct(mark, heads, shown, how_sent(), whole_number(request.form.get("c-more"), 0, 9999))
    except Refusal as refusal:
        answer = sentence(refusal)
        return page(booking_id, answer, correcting=mark), answer.status
    there = url_for("desk.party", booking_id=booking_id, done=new_mark or None, undone=None if new_mark else mark)
    return redirect(f"{there}#now", 303)


@desk.post("/check-in/<mark>/undo")
@staff(*AT_THE_DOOR)
def undo_check_in(mark: str) -> ResponseReturnValue:
    """Take an admission back."""
    if not is_secret(mark):
        abort(404)
    with unit_of_work():
        booking_id = booking_of(mark)
        done_now = undo(mark, reason_sent(), who().account_id, clock.now()) is not None
    if booking_id is None:
        abort(404)
    again = None if done_now else 1  # pressed twice, or by two
    return redirect(url_for("desk.party", booking_id=booking_id, undone=mark, again=again), 303)


@desk.post("/booking/<int:booking_id>/expected")
@staff(*AT_THE_DOOR)
def expect(booking_id: int) -> ResponseReturnValue:
    """They called: they come later."""
    facts = _facts(booking_id)
    typed = one_line(request.form.get("expected_at"))
    clock_time = a_clock(typed)
    if typed and clock_time is None:
        return page(booking_id, RefusalAnswer(_("Enter the time as hours and minutes, for example 10:40."), 422)), 422
    day = centre().local(facts.starts_at).date()
    when = at(day, clock_time, centre().zone) if clock_time is not None else None
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
        email = checked_email(one_line(request.form.get("email")))
    except ValidationError as error:
        return page(booking_id, RefusalAnswer(str(error), 422)), 422

    def put_right() -> None:
        at_the_desk.correct_address(booking_id, email, who().actor, clock.now())
        keep_findable_by_names(booking_id)

    return _done(booking_id, put_right)


@desk.post("/booking/<int:booking_id>/cancel")
@staff(Role.DESK)
def cancel_booking(booking_id: int) -> ResponseReturnValue:
    """Cancel: money back by the centre's rule, a class or a course by what was agreed on, what we closed at no cost.

    All of it back, or no fee, although the rule says otherwise: only by an administrator, who says why.
    """
    whole = request.form.get("refund") == "whole"
    if whole and who().role is not Role.ADMIN:
        abort(403)
    if whole and not reason_sent():
        return page(booking_id, RefusalAnswer(_("Say why all of it is paid back."), 422)), 422

    def do() -> None:
        now, here = clock.now(), centre()
        shut = closed_for(booking_id)
        if shut is not None:
            answered(booking_id, ClosureChoice.ALL_BACK, now)
        if is_visit(booking_id):
            cancel_visit(booking_id, centre=here, now=now, actor=who().actor, waive=whole)
        elif courses.is_enrolment(booking_id):
            cancel_enrolment(booking_id, centre=here, now=now, actor=who().actor, waive=whole)
        else:
            cancel(booking_id, centre=here, now=now, actor=who().actor, whole_refund=whole or shut is not None)
        if reason_sent():
            note(who().actor, "booking.cancel_reason", f"booking:{booking_id}", None, {"reason": reason_sent()})

    return _done(booking_id, do)


@desk.post("/booking/<int:booking_id>/paid-out/<int:refund_id>")
@staff(Role.DESK)
def pay_out(booking_id: int, refund_id: int) -> ResponseReturnValue:
    """Money back has been paid out in the centre's own till: note it, and the number of the till's receipt."""
    if booking_id >= 10**18 or refund_id not in {moved.refund_id for moved in statement_of(booking_id).moved}:
        abort(404)
    receipt = one_line(request.form.get("receipt"))
    if not receipt or len(receipt) > LONGEST_RECEIPT:
        return page(
            booking_id, RefusalAnswer(_("Enter the number on the till's receipt, at most 40 characters."), 422)
        ), 422
    return _done(booking_id, lambda: paid_out(refund_id, receipt, who().actor, clock.now()))


@desk.get("/booking/<int:booking_id>/tickets.pdf")
@staff(Role.DESK)
def print_tickets(booking_id: int) -> ResponseReturnValue:
    """The tickets on paper."""
    facts = _facts(booking_id)
    if facts.state is not State.CONFIRMED:
        abort(404)
    paper = entry_paper(facts, centre(), wording())
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


def page(
    booking_id: int, problem: RefusalAnswer | None = None, correcting: str = "", *, facts: BookingFacts | None = None
) -> str:
    """The booking's page; with a problem, what was typed is kept. `correcting` is the admission put right just now."""
    shown = party_page(_party(booking_id), facts or _facts(booking_id), problem, correcting)
    return render_template("desk/party.html", page=shown, present=who())


def _heads(seen: PartyAtDoor, what: str) -> Heads:
    """What the form says of each category, in the fields of this sort. Raises TooOdd."""
    heads = {}
    for category in categories(seen.tickets) if what == "c" else counted_categories(seen):
        typed = request.form.get(field_of(what, category), "").strip()
        number = whole_number(typed or "0", 0, 9999)
        if number is None:
            raise TooOdd
        heads[category.slot_id, category.ticket_type_id] = number
    return heads


def _shown(seen: PartyAtDoor) -> Heads:
    """What the form's page had shown of each category, as far as it says so."""
    sent = {
        (category.slot_id, category.ticket_type_id): whole_number(request.form.get(field_of("s", category)), 0, 9999)
        for category in categories(seen.tickets)
    }
    return {key: number for key, number in sent.items() if number is not None}


def _party(booking_id: int) -> PartyAtDoor:
    if booking_id >= 10**18:
        abort(404)
    door = read.party(booking_id)
    if door is None:
        abort(404)
    return door


def _facts(booking_id: int) -> BookingFacts:
    facts = queries.by_id(booking_id) if booking_id < 10**18 else None
    if facts is None or facts.changes_id is not None:
        abort(404)
    return facts
