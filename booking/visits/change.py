"""Change a visit: other numbers, another time, approved, declined, cancelled by rule. Each in one unit of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from booking.agreements import closings
from booking.agreements.closings import closings_before
from booking.agreements.deadlines import Fee, PastDeadline
from booking.agreements.models import Agreement, AskedFor, School
from booking.agreements.payers import facts_of, move_allowances
from booking.agreements.prices import Due
from booking.agreements.rules import load_rules, price_list
from booking.agreements.terms import Terms, TermsToday, as_kept, standing
from booking.bookings.change import cancel
from booking.bookings.confirm import confirm_locked
from booking.bookings.details import make_findable
from booking.bookings.models import Booking, State, Ticket
from booking.bookings.refusals import AlreadyUsed, AnotherSum, TooLate, TooMany, WrongState
from booking.bookings.store import begin_at, lines_of, lock, next_version, release, write_lines, write_tickets
from booking.capacity.closed_hours import closed_of
from booking.capacity.places import claims_of
from booking.centre.facts import CentreFacts, the_centre
from booking.kernel.database import db
from booking.kernel.money import Money
from booking.kernel.refusals import Refusal
from booking.outbox.promises import promise
from booking.planner.plans import Plan, Timetable
from booking.records.audit import note
from booking.visits.book import claim
from booking.visits.lines import basket_of, kind_of, slots_of
from booking.visits.models import Approval, Visit, VisitDue, VisitGroup, VisitPart, VisitReplan
from booking.visits.read import VisitFacts, is_visit, of_booking, plan_of
from booking.visits.rebill import new_bill, paying, write_new_bill
from booking.visits.shares import give_back_shares, retake_shares
from booking.visits.write import called, write_groups

MOST_PUPILS = 60
GIVEN_BACK_FOR = timedelta(days=2)


class ChangedSince(Refusal):
    """The visit is no longer what it was when the plan for it was made."""


class MovedByStaff(Refusal):
    """Staff have put it elsewhere by hand, so the plan no longer says where it is: they have to help."""


class SaidYesBefore(Refusal):
    """Its own mailbox has confirmed the visit: to give it up is a cancellation, with what that costs."""


def change_numbers(
    booking_id: int,
    numbers: Mapping[int, tuple[int, int]],
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
    version: int | None = None,
) -> None:
    """Let groups (by their place in the visit) be so many pupils and adults; call inside a unit of work.

    Places, lunch, prices and agreements follow at once. Raises PastDeadline for teachers, Full, AllowanceUsed,
    AlreadyUsed, WrongState, TooMany, MovedByStaff, and ChangedSince for numbers typed for another `version` of the
    visit, where another class may stand in that place; those that are so already change nothing.
    """
    booking, facts = _locked(booking_id, centre)
    if actor == "buyer":
        check_number(standing_of(facts, booking.total, centre, now))
    timetables = []
    for place, timetable in enumerate(facts.timetables):
        pupils, adults = numbers.get(place, (timetable.group.pupils, timetable.group.adults))
        if not 1 <= pupils <= MOST_PUPILS or not 0 <= adults <= MOST_PUPILS:
            raise TooMany(MOST_PUPILS)
        timetables.append(replace(timetable, group=replace(timetable.group, pupils=pupils, adults=adults)))
    if version not in (None, booking.version):
        if tuple(timetables) == tuple(facts.timetables):
            return  # pressed twice
        raise ChangedSince
    _rewrite(booking, facts, plan_of(facts, tuple(timetables)), centre, now, actor)


def move_visit(
    booking_id: int,
    plan: Plan,
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
    version: int | None = None,
) -> None:
    """Put a visit at another time: the new places are taken before the old are given back, payer and agreement kept.

    Call inside a unit of work. Raises ChangedSince for a plan that was made for another `version` of the visit or for
    other classes, TooLate when it is no longer free to cancel, what `change_numbers` raises, and for teachers
    NotYetReleased, OthersFirst, ShareUsed or KeptForOthers where a release day has the say.
    """
    booking, facts = _locked(booking_id, centre)
    if version not in (None, booking.version):
        raise ChangedSince
    if actor == "buyer" and not standing_of(facts, booking.total, centre, now).can_move:
        raise TooLate(facts.arrives_at)
    _rewrite(booking, facts, plan, centre, now, actor)
    if people_of(plan.timetables) != people_of(facts.timetables):  # after what a release day has to say
        raise ChangedSince


def follow(
    booking_id: int,
    plan: Plan,
    version: int,
    check: Callable[[VisitFacts], None],
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
) -> VisitFacts:
    """Let a visit follow a plan that was made for this version of it, and return what it was before.

    Call inside a unit of work. `check` may refuse. Raises ChangedSince, and what `change_numbers` raises.
    """
    booking, facts = _locked(booking_id, centre)
    if booking.version != version:
        raise ChangedSince
    check(facts)
    _rewrite(booking, facts, plan, centre, now, actor)
    return facts


def standing_of(facts: VisitFacts, total: int, centre: CentreFacts, now: datetime) -> TermsToday:
    """What the terms of a visit mean at this moment, in two statements.

    Giving it up costs nothing while staff have not said yes, and where we have closed some of it ourselves.
    """
    on, today = centre.local(facts.arrives_at).date(), centre.local(now).date()
    closed = closings_before(on, facts.terms.rule.longest)
    is_waived = facts.approval is Approval.ASKED or bool(closed_of(facts.booking_id))
    return standing(facts.terms, Money(total, centre.currency), on, today, closed, is_waived=is_waived)


def fee_now(facts: VisitFacts, total: int, centre: CentreFacts, now: datetime) -> Fee:
    """What cancelling costs at this moment."""
    return standing_of(facts, total, centre, now).fee


def check_number(standing: TermsToday) -> None:
    """Raises PastDeadline when the number who come is final."""
    if not standing.can_change_number:
        raise PastDeadline(standing.dates.number_until)


def terms_on(facts: VisitFacts, starts_at: datetime, centre: CentreFacts) -> Terms:
    """The terms of a visit when it is at another time: on another day the same rule says other dates."""
    return closings.terms_on(facts.terms, centre.local(facts.arrives_at).date(), centre.local(starts_at).date())


def cancel_visit(
    booking_id: int,
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
    waive: bool = False,
    shown: int | None = None,
) -> int:
    """Cancel by rule and note the fee (minor units), which it returns; call inside a unit of work.

    What agreements would have paid is theirs again: the fee is the school's, unless staff waive it. Raises AlreadyUsed,
    WrongState, TooLate for teachers once they should be here, unless we have closed, and AnotherSum when it costs
    something else than was `shown`.
    """
    booking, facts = _locked(booking_id, centre, as_planned=False)
    if now >= facts.arrives_at and actor == "buyer" and not closed_of(booking_id):
        raise TooLate(facts.arrives_at)
    fee = 0 if waive else fee_now(facts, booking.total, centre, now).amount.minor
    if shown not in (None, fee):
        raise AnotherSum(fee)
    _visit(facts).fee = fee
    note(actor, "visit.cancel", f"booking:{booking_id}", {"total": booking.total}, {"fee": fee})
    next_version(booking)
    promise("mail.cancellation", f"cancellation:{booking_id}", {"booking_id": booking_id, "refund": 0})
    _end(booking, facts, centre, now)
    return fee


def give_up_visit(booking_id: int, now: datetime, actor: str) -> None:
    """Cancel a visit at no cost, or another group's booking with all its money back; as `cancel_visit` otherwise."""
    centre = the_centre()
    if is_visit(booking_id):
        cancel_visit(booking_id, centre=centre, now=now, actor=actor, waive=True)
    else:
        cancel(booking_id, centre=centre, now=now, actor=actor, whole_refund=True)


def approve(booking_id: int, *, centre: CentreFacts, now: datetime, actor: str) -> None:
    """Say yes to a visit that was asked for; call inside a unit of work. Raises WrongState."""
    booking, facts = _lock_request(booking_id, centre)
    _visit(facts).approval = Approval.GIVEN
    note(actor, "visit.approve", f"booking:{booking_id}")
    confirm_locked([booking], now)


def prove(booking_id: int, *, now: datetime, actor: str = "buyer") -> None:
    """Confirm a visit that waits only for a press in its own mailbox; call inside a unit of work. Twice is once.

    Raises WrongState for one that staff have to say yes to, and for one that has ended.
    """
    bookings = lock(booking_id)
    visit = db.session.scalar(select(Visit).where(Visit.booking_id == booking_id).with_for_update(key_share=True))
    if not bookings or visit is None or visit.asked_for is not AskedFor.UNPROVEN:
        raise WrongState(State.PENDING.value)
    if bookings[0].state is State.CONFIRMED:
        return
    if visit.approval is not Approval.ASKED or bookings[0].state is not State.PENDING:
        raise WrongState(State.CANCELLED.value)
    visit.approval = Approval.NOT_NEEDED
    note(actor, "visit.prove", f"booking:{booking_id}")
    confirm_locked(bookings, now)


def disown(booking_id: int, *, centre: CentreFacts, now: datetime) -> None:
    """End a visit whose mailbox says that somebody else asked for it, at no cost; call inside a unit of work.

    Twice is once. Raises SaidYesBefore for one that is confirmed, in another tab perhaps.
    """
    bookings = lock(booking_id)
    if not bookings or bookings[0].state not in (State.PENDING, State.CONFIRMED):
        return
    if bookings[0].state is State.CONFIRMED:
        raise SaidYesBefore
    cancel_visit(booking_id, centre=centre, now=now, waive=True)


def decline(booking_id: int, reason: str, *, centre: CentreFacts, now: datetime, actor: str) -> None:
    """Say no, and why; call inside a unit of work. Raises WrongState."""
    booking, facts = _lock_request(booking_id, centre)
    visit = _visit(facts)
    visit.approval, visit.reason = Approval.DECLINED, reason
    note(actor, "visit.decline", f"booking:{booking_id}")
    promise("mail.visit_declined", f"visit_declined:{booking_id}", {"booking_id": booking_id})
    _end(booking, facts, centre, now)


def give_back_of_ended(now: datetime) -> int:
    """Let agreements have back what coming visits took that ended otherwise: cancelled at the desk, or never approved.

    Call inside a unit of work, as often as you like; returns how many there were.
    """
    # Looked up visit by visit: a join might read every booking there ever was.
    state = select(Booking.state).where(Booking.id == Visit.booking_id).correlate(Visit).scalar_subquery()
    ended = db.session.execute(
        select(Visit, School)
        .join(School, School.id == Visit.school_id)
        .where(
            Visit.arrives_at > now - GIVEN_BACK_FOR,
            state.in_((State.CANCELLED, State.EXPIRED)),
            select(VisitDue.id).where(VisitDue.visit_id == Visit.id).exists(),
        )
        .limit(50)
    ).all()
    for visit, school in ended:
        rows = db.session.scalars(select(VisitDue).where(VisitDue.visit_id == visit.id)).all()
        dues = [Due(row.paid_by, row.group_name, Money(row.amount, ""), row.because, None, row.pupils) for row in rows]
        ids = sorted({row.paid_by for row in rows if row.paid_by is not None})
        agreements = list(db.session.scalars(select(Agreement).where(Agreement.id.in_(ids)))) if ids else []
        move_allowances(dues, (), facts_of(school), agreements, visit.year)
        db.session.execute(delete(VisitDue).where(VisitDue.visit_id == visit.id))
    return len(ended)


def _end(booking: Booking, facts: VisitFacts, centre: CentreFacts, now: datetime) -> None:
    dues = [due.due for due in facts.dues]
    give_back_shares(booking.id)
    move_allowances(dues, (), facts.school, paying(facts), facts.year)
    db.session.execute(delete(VisitDue).where(VisitDue.visit_id == facts.id))
    release([booking], State.CANCELLED, now)


def _rewrite(booking: Booking, facts: VisitFacts, plan: Plan, centre: CentreFacts, now: datetime, actor: str) -> None:
    """Let a visit be what a plan says: lines, tickets, groups, dues, allowances, and at last the places."""
    groups, price = plan.groups, facts.price or price_list(centre.currency)
    billed = new_bill(facts, groups, plan.arrives_at, kind_of(plan), centre, price)
    slots = slots_of(plan)
    basket = basket_of(slots, load_rules(), price)
    before = {"people": booking.people, "total": booking.total, "starts_at": booking.starts_at.isoformat()}
    giving = claims_of([booking.id])
    write_lines(booking.id, basket, replacing=True)
    booking.total, booking.people = basket.total, basket.people
    begin_at(booking, basket.starts_at)
    next_version(booking)
    booking.group_name = called(facts.school.name, groups)
    make_findable(booking)
    if booking.state is State.PENDING:
        booking.held_until = plan.arrives_at
    else:
        write_tickets(booking.id, lines_of(booking.id))
        promise("mail.change", f"change:{booking.id}:{booking.version}", {"booking_id": booking.id})
    visit = _visit(facts)
    if centre.local(plan.arrives_at).date() != centre.local(facts.arrives_at).date():
        db.session.execute(delete(VisitReplan).where(VisitReplan.visit_id == facts.id))
    visit.arrives_at, visit.leaves_at, visit.year = plan.arrives_at, plan.leaves_at, billed.year
    visit.terms = as_kept(terms_on(facts, plan.arrives_at, centre))
    old = select(VisitGroup.id).where(VisitGroup.visit_id == facts.id)
    db.session.execute(delete(VisitPart).where(VisitPart.group_id.in_(old)))
    db.session.execute(delete(VisitGroup).where(VisitGroup.visit_id == facts.id))
    db.session.flush()
    write_groups(visit.id, plan.timetables)
    after = {"people": booking.people, "total": booking.total, "starts_at": booking.starts_at.isoformat()}
    note(actor, "visit.change", f"booking:{booking.id}", before, after)
    if actor == "buyer":  # the centre itself may move a visit into dates that are not open yet
        retake_shares(booking.id, facts.school.id or 0, plan, {held.slot_id for held in giving}, now)
    write_new_bill(facts, billed)
    claim(booking.id, plan, slots.alone, giving, now)


def _locked(booking_id: int, centre: CentreFacts, *, as_planned: bool = True) -> tuple[Booking, VisitFacts]:
    bookings = lock(booking_id)
    facts = of_booking(booking_id, centre.currency)
    if not bookings or facts is None or bookings[0].state not in (State.CONFIRMED, State.PENDING):
        raise WrongState(State.CANCELLED.value)
    if db.session.scalar(select(func.sum(Ticket.admitted)).where(Ticket.booking_id == booking_id)):
        raise AlreadyUsed
    if as_planned and {held.slot_id for held in claims_of([booking_id])} != {
        want.slot_id for want in plan_of(facts).wants
    }:
        raise MovedByStaff
    return bookings[0], facts


def _lock_request(booking_id: int, centre: CentreFacts) -> tuple[Booking, VisitFacts]:
    bookings = lock(booking_id)
    facts = of_booking(booking_id, centre.currency)
    if not bookings or facts is None or facts.approval is not Approval.ASKED or bookings[0].state is not State.PENDING:
        raise WrongState(State.CANCELLED.value)
    return bookings[0], facts


def people_of(timetables: Sequence[Timetable]) -> dict[str, tuple[int, int, int]]:
    """Who comes: grade, pupils and adults of each class."""
    return {
        timetable.group.name: (timetable.group.grade, timetable.group.pupils, timetable.group.adults)
        for timetable in timetables
    }


def _visit(facts: VisitFacts) -> Visit:
    return db.session.scalars(select(Visit).where(Visit.id == facts.id)).one()
