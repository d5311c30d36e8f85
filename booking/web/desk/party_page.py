"""What the page of one booking at the desk shows: who of it is in, what was counted, what can be done for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from flask import request

from booking.agreements.deadlines import Fee
from booking.bookings.change import what_if_cancelled
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts, named
from booking.bookings.rules import Settlement, refund_deadline
from booking.capacity.models import Channel
from booking.catalogue.models import Kind
from booking.closures.answer import ClosedFor, closed_for
from booking.courses import read as courses
from booking.courses.read import EnrolmentFacts
from booking.courses.rules import standing_of
from booking.door import read
from booking.door.admit import may_move
from booking.door.correct import COUNTED_AGAIN, counted_by
from booking.door.present_time import present_slot
from booking.door.read import Earlier, Noted
from booking.door.rules import ENTRANCE, Category, PartyAtDoor, TicketAtDoor, categories, is_due, judge
from booking.door.told import ToldByTeacher, told_by
from booking.history.last_act import LastAct, last_change
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.payments.statement import Came, MoneyWay, Moved, Statement, statement_of
from booking.staff.models import Role
from booking.visits.change import fee_now
from booking.visits.read import VisitFacts, of_booking
from booking.web.desk.counting import Count, CountedBefore, field_of
from booking.web.guards.access import who
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer

CHANGED = "changed"  # what the address says after a change
JUST_NOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PartyPage:
    """A booking at the desk: let in by number, undo, and every help that people ask for."""

    seen: PartyAtDoor
    facts: BookingFacts
    now: datetime
    counts: list[Count]
    admissions: list[Earlier]
    corrections: dict[str, list[CountedBefore]]  # by the admission's mark
    correcting: str  # the mark of the admission that is put right
    done: Earlier | None  # the admission of this moment
    problem: RefusalAnswer | None
    from_teacher: ToldByTeacher | None
    lunch_at: datetime | None
    noted: Noted
    paid: Statement
    closed: ClosedFor | None
    visit: VisitFacts | None
    enrolment: EnrolmentFacts | None
    changed: LastAct | None  # what the change of this moment was
    mark: str  # the name of the next admission, so that sent twice it counts once
    states: ClassVar = State
    counted_again: ClassVar = COUNTED_AGAIN

    @property
    def all_in(self) -> bool:
        """Whether nobody is still to come."""
        return not any(count.category.left for count in self.counts)

    @property
    def some_in(self) -> bool:
        """Whether anybody has come."""
        return any(count.category.admitted for count in self.counts)

    @property
    def nobody_due(self) -> bool:
        """Whether it is nobody's time."""
        return not any(count.due for count in self.counts)

    @property
    def undone(self) -> Earlier | None:
        """The admission that was taken back just now."""
        return _marked(self.admissions, request.args.get("undone"), undone=True)

    @property
    def undone_before(self) -> bool:
        """Whether it had been taken back already."""
        return request.args.get("again") == "1"

    @property
    def told(self) -> bool:
        """Whether something was done just now."""
        return request.args.get("told") in ("1", CHANGED)

    @property
    def typed(self) -> Mapping[str, str]:
        """The form that was sent."""
        return request.form

    @property
    def till_receipts(self) -> list[str]:
        """The receipts of the till, each once."""
        return [number for number in dict.fromkeys((self.noted.till_receipt, *self.paid.till_receipts)) if number]

    @property
    def money(self) -> Settlement:
        """What cancelling would give back."""
        whole = self.closed is not None
        return what_if_cancelled(self.facts, self.paid.holding, centre=centre(), now=self.now, whole_refund=whole)

    @property
    def to_pay_out(self) -> list[Moved]:
        """Money back that the till has yet to pay out."""
        return [back for back in self.paid.moved if back.way is MoneyWay.TILL and back.came is Came.ON_ITS_WAY]

    @property
    def fee(self) -> Fee | None:
        """What cancelling costs who agreed on terms; None for anybody else."""
        if self.facts.state is not State.CONFIRMED:
            return None
        if self.visit is not None:
            return fee_now(self.visit, self.facts.total, centre(), self.now)
        if self.enrolment is not None:
            terms, starts_at = self.enrolment.terms, self.facts.starts_at
            return standing_of(self.facts.id, terms, self.facts.total, starts_at, centre(), self.now).fee
        return None

    @property
    def refund_until(self) -> datetime:
        """Until when everything comes back."""
        return refund_deadline(self.facts.starts_at, centre())

    @property
    def is_desk(self) -> bool:
        """Whether whoever reads may do more than let in."""
        return who().role in (Role.DESK, Role.ADMIN)

    @property
    def is_admin(self) -> bool:
        """Whether whoever reads may pay back what the rule keeps."""
        return who().role is Role.ADMIN


def party_page(seen: PartyAtDoor, facts: BookingFacts, problem: RefusalAnswer | None, correcting: str) -> PartyPage:
    """The page of a booking now. `correcting` is the mark of the admission put right just now."""
    now, booking_id = clock.now(), facts.id
    admissions = read.admissions_of(booking_id)
    done = _marked(admissions, request.args.get("done"), undone=False)
    of_school = facts.channel is Channel.SCHOOL
    visit = of_booking(booking_id, facts.currency) if of_school else None
    return PartyPage(
        seen=seen,
        facts=named(facts),
        now=now,
        counts=_counts(seen, now, just_counted=done is not None),
        admissions=admissions,
        corrections=_corrections(seen, admissions, correcting),
        correcting=correcting or request.args.get("correct", ""),
        done=done,
        problem=problem,
        from_teacher=told_by([booking_id]).get(booking_id),
        lunch_at=read.lunch_of(booking_id),
        noted=read.noted(booking_id),
        paid=statement_of(booking_id),
        closed=closed_for(booking_id) if facts.state is State.CONFIRMED else None,
        visit=visit,
        enrolment=courses.of_booking(booking_id) if of_school and visit is None else None,
        changed=last_change(booking_id, now - JUST_NOW) if request.args.get("told") == CHANGED else None,
        mark=new_secret(),
    )


def _marked(admissions: Sequence[Earlier], mark: str | None, *, undone: bool) -> Earlier | None:
    """The admission of this name, if it was undone or, the other way, if it still counts."""
    return next((each for each in admissions if each.mark == mark and bool(each.undone_at) is undone), None)


def _counts(seen: PartyAtDoor, now: datetime, just_counted: bool) -> list[Count]:
    """The rows of the form that lets more in: those who are still to come, unless the others were counted just now."""
    one_of_each_slot = {ticket.slot_id: ticket for ticket in seen.tickets}
    come_now = {
        slot_id: is_due(ticket, now, centre(), seen) or _can_move(seen, ticket, now)
        for slot_id, ticket in one_of_each_slot.items()
    }
    counts = []
    for category in counted_categories(seen):
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
            if (here := of_mark.get((category.slot_id, category.ticket_type_id), 0))
            or category in counted_categories(seen)
        ]
        for mark, of_mark in counts.items()
    }


def counted_categories(seen: PartyAtDoor) -> list[Category]:
    """What people are counted into; a table for lunch has no door, and a visit comes in once, not at each session."""
    return categories(seen.counted_in_by([ticket for ticket in seen.tickets if ticket.kind is not Kind.LUNCH]))
