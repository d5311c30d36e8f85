"""One booking at the desk: let in by number, undo, and every help that people ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import ValidationError

from booking.agreements.deadlines import Fee
from booking.bookings import at_the_desk, queries
from booking.bookings.change import cancel, what_if_cancelled
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.bookings.rules import refund_deadline
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.models import Kind
from booking.closures.answer import answered, closed_for
from booking.closures.models import ClosureChoice
from booking.courses import read as courses
from booking.courses.cancel import cancel as cancel_enrolment
from booking.courses.people import keep_findable_by_names
from booking.courses.read import EnrolmentFacts
from booking.courses.rules import standing_of
from booking.documents.pdf import ticket_pdf
from booking.documents.visit_paper import entry_paper
from booking.door import admit, read
from booking.door.admit import Heads, may_move
from booking.door.correct import COUNTED_AGAIN, correct, counted_by
from booking.door.present_time import present_slot
from booking.door.read import Earlier
from booking.door.rules import ENTRANCE, Category, PartyAtDoor, TicketAtDoor, categories, is_due, judge
from booking.door.told import told_by
from booking.door.undo import booking_of, undo
from booking.kernel import clock
from booking.kernel.codes import is_secret, new_secret
from booking.kernel.database import end_reading, unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments.refunds import paid_out
from booking.payments.statement import Came, MoneyWay, statement_of
from booking.records.audit import note
from booking.staff.models import Role
from booking.visits.change import cancel_visit, fee_now
from booking.visits.read import VisitFacts, is_visit, of_booking
from booking.web.desk import AT_THE_DOOR, desk, how_sent, reason_sent
from booking.web.desk.counting import Count, CountedBefore, field_of
from booking.web.files import download
from booking.web.forms.checked import checked_email, tidy
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer, TooOdd, sentence
from booking.web.typed import a_clock, whole_number

LONGEST_RECEIPT = 40


@desk.get("/booking/<int:booking_id>")
@staff(*AT_THE_DOOR)
def party(booking_id: int) -> str:
    """The party, who of it is in, and what can be done for it."""
    return page(booking_id)


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
    typed = tidy(request.form.get("expected_at"))
    clock_time = a_clock(typed)
    if typed and clock_time is None:
        return page(booking_id, RefusalAnswer(_("Write the time as hours and minutes, for example 10:40."), 422)), 422
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
        email = checked_email(tidy(request.form.get("email")))
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
        return page(booking_id, RefusalAnswer(_("Write why all of it is paid back."), 422)), 422

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
    receipt = tidy(request.form.get("receipt"))
    if not receipt or len(receipt) > LONGEST_RECEIPT:
        return page(
            booking_id, RefusalAnswer(_("Write the number on the till's receipt, at most 40 characters."), 422)
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


def page(booking_id: int, problem: RefusalAnswer | None = None, correcting: str = "") -> str:
    """The booking's page; with a problem, what was typed is kept. `correcting` is the admission put right just now."""
    seen, facts = _party(booking_id), _facts(booking_id)
    now = clock.now()
    admissions = read.admissions_of(booking_id)
    done = next(
        (
            admission
            for admission in admissions
            if admission.mark == request.args.get("done") and not admission.undone_at
        ),
        None,
    )
    counts = _counts(seen, now, just_counted=done is not None)
    shut = closed_for(booking_id) if facts.state is State.CONFIRMED else None
    paid = statement_of(booking_id)
    of_school = facts.channel is Channel.SCHOOL
    visit = of_booking(booking_id, facts.currency) if of_school else None
    enrolment = courses.of_booking(booking_id) if of_school and visit is None else None
    return render_template(
        "desk/party.html",
        present=who(),
        seen=seen,
        facts=facts,
        counts=counts,
        all_in=not any(count.category.left for count in counts),
        some_in=any(count.category.admitted for count in counts),
        nobody_due=not any(count.due for count in counts),
        admissions=admissions,
        corrections=_corrections(seen, admissions, correcting),
        correcting=correcting or request.args.get("correct", ""),
        counted_again=COUNTED_AGAIN,
        done=done,
        undone=next(
            (
                admission
                for admission in admissions
                if admission.mark == request.args.get("undone") and admission.undone_at
            ),
            None,
        ),
        undone_before=request.args.get("again") == "1",
        told=request.args.get("told") == "1",
        problem=problem,
        from_teacher=told_by([booking_id]).get(booking_id),
        lunch_at=read.lunch_of(booking_id),
        noted=(noted := read.noted(booking_id)),
        till_receipts=[one for one in dict.fromkeys((noted.till_receipt, *paid.till_receipts)) if one],
        money=what_if_cancelled(facts, paid.holding, centre=centre(), now=now, whole_refund=shut is not None),
        to_pay_out=[moved for moved in paid.moved if moved.way is MoneyWay.TILL and moved.came is Came.ON_ITS_WAY],
        closed=shut,
        visit=visit,
        enrolment=enrolment,
        fee=_fee(facts, visit, enrolment) if facts.state is State.CONFIRMED else None,
        refund_until=refund_deadline(facts.starts_at, centre()),
        typed=request.form,
        mark=new_secret(),
        is_desk=who().role in (Role.DESK, Role.ADMIN),
        is_admin=who().role is Role.ADMIN,
        states=State,
    )


def _fee(facts: BookingFacts, visit: VisitFacts | None, enrolment: EnrolmentFacts | None) -> Fee | None:
    """What cancelling costs who agreed on terms; None for anybody else."""
    if visit is not None:
        return fee_now(visit, facts.total, centre(), clock.now())
    if enrolment is not None:
        return standing_of(facts.id, enrolment.terms, facts.total, facts.starts_at, centre(), clock.now()).fee
    return None


def _heads(seen: PartyAtDoor, what: str) -> Heads:
    """What the form says of each category, in the fields of this sort. Raises TooOdd."""
    heads = {}
    for category in categories(seen.tickets) if what == "c" else _counted(seen):
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


def _counts(seen: PartyAtDoor, now: datetime, just_counted: bool) -> list[Count]:
    """The rows of the form that lets more in: those who are still to come, unless the others were counted just now."""
    one_of_each_slot = {ticket.slot_id: ticket for ticket in seen.tickets}
    come_now = {
        slot_id: is_due(ticket, now, centre(), seen) or _can_move(seen, ticket, now)
        for slot_id, ticket in one_of_each_slot.items()
    }
    counts = []
    for category in _counted(seen):
        stands = category.left if come_now[category.slot_id] and not just_counted else 0
        counts.append(
            Count(category, request.form.get(field_of("h", category), str(stands))[:6], come_now[category.slot_id])
        )
    return counts


def _can_move(seen: PartyAtDoor, ticket: TicketAtDoor, now: datetime) -> bool:
    """Whether a ticket of another time today would be moved to the present one."""
    tickets = [door for door in seen.tickets if door.slot_id == ticket.slot_id]
    judgement = judge(seen, tickets, ENTRANCE, now, centre())
    return may_move(seen, judgement, centre()) and present_slot(seen, tickets, now, centre()) is not None


def _corrections(seen: PartyAtDoor, admissions: Sequence[Earlier], correcting: str) -> dict[str, list[CountedBefore]]:
    """For each admission that still counts, what it counted, to be put right."""
    counts = counted_by([admission.mark for admission in admissions if not admission.undone_at])
    return {
        mark: [
            CountedBefore(
                category,
                here,
                (request.form.get(field_of("c", category), str(here)) if mark == correcting else str(here))[:6],
            )
            for category in categories(seen.tickets)
            if (here := of_mark.get((category.slot_id, category.ticket_type_id), 0)) or category in _counted(seen)
        ]
        for mark, of_mark in counts.items()
    }


def _counted(seen: PartyAtDoor) -> list[Category]:
    """What people are counted into; a table for lunch has no door, and a visit comes in once, not at each session."""
    return categories(seen.counted_in_by([ticket for ticket in seen.tickets if ticket.kind is not Kind.LUNCH]))


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
