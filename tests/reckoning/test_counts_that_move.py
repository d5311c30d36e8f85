"""A count that moves, before the invoice and after it; what a person decides; visits for which there is no count."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from booking.agreements.heads import ClassHeads, HeadsRule
from booking.agreements.models import Allowance
from booking.agreements.prices import Pays
from booking.capacity.closed_hours import ClosedReason, Closure, ClosureSlot
from booking.capacity.models import Slot, SlotStatus
from booking.door.correct import correct, counted
from booking.door.undo import undo
from booking.invoicing.credit import (
    CreditExtent,
    CreditOrder,
    CreditWanted,
    credit,
    credit_and_invoice_anew,
)
from booking.invoicing.issue import ReceivableWaits, issue
from booking.invoicing.receivables import WhyWaiting
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.outreach.models import OutreachVisit
from booking.payments.models import Payment, PaymentState
from booking.planner.plans import Part, PartKind, Timetable
from booking.planner.wish import Group
from booking.reckoning.counts import ClassCount, DoorCount, SlotCount, by_class
from booking.reckoning.proposals import reckon_again
from booking.reckoning.reckon import (
    HeadsInvoiced,
    NotReckoned,
    ReckoningReasonWrong,
    reckon_by_hand,
    reckonable,
)
from booking.running.check import breaches
from booking.visits.change import ChangedSince, change_numbers
from booking.visits.models import ReckonedBy, Reckoning
from tests.door.doors import how
from tests.invoicing.owed import afterwards
from tests.reckoning.counted import (
    ACTOR,
    BOOKED,
    PUPIL,
    a_counting_centre,
    by_hand,
    classes,
    count,
    decision,
    facts_of,
    owed,
    ready_now,
    receivables,
    why,
    work,
)


def test_a_count_put_right_before_the_invoice_makes_the_bill_anew(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    (mark,) = count(centre, booking, ClassHeads(20, 2))
    work()
    with unit_of_work():
        seen = counted(mark)
        wanted = {key: 21 if number == 20 else number for key, number in seen.items()}
        correct(mark, wanted, seen, how(at=afterwards()))
    assert why(centre) == [WhyWaiting.NO_COUNT]
    work()
    assert (why(centre), owed(booking)) == ([None], 21 * PUPIL)
    assert breaches() == []


def test_a_count_taken_back_is_asked_for_again_and_in_the_end_it_is_as_booked(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    (mark,) = count(centre, booking, ClassHeads(20, 2))
    left = facts_of(centre, booking).leaves_at
    work(left + timedelta(days=1))
    with unit_of_work():
        undo(mark, "the wrong class", None, left + timedelta(days=2))
    work(left + timedelta(days=2))
    assert (why(centre), owed(booking)) == ([WhyWaiting.NO_COUNT], 20 * PUPIL)
    work(left + timedelta(days=6))
    assert (why(centre), owed(booking)) == ([None], BOOKED)


def test_a_count_put_right_after_the_invoice_moves_nothing_until_that_is_credited(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    (mark,) = count(centre, booking, ClassHeads(20, 2))
    work()
    (receivable,) = receivables(centre)
    invoice = issue(receivable.key, centre.facts, afterwards(), ACTOR)
    with unit_of_work():
        undo(mark, "the wrong class", None, afterwards())
    count(centre, booking, ClassHeads(18, 2))
    work()
    assert (owed(booking), ready_now(), breaches()) == (20 * PUPIL, [], [])
    with pytest.raises(HeadsInvoiced):
        reckonable(booking, centre.facts, afterwards())
    credit(
        CreditOrder(invoice.invoice_id, CreditWanted(CreditExtent.ALL), "Counted anew", 0), centre.facts, afterwards(),
        ACTOR,
    )  # fmt: skip
    work()
    assert (owed(booking), why(centre)) == (18 * PUPIL, [None])


def test_one_of_two_payers_is_credited_and_invoiced_anew_while_the_others_invoice_stands(app: Flask) -> None:
    centre = a_counting_centre(pays=Pays.SHARE, percent=60)
    booking = classes(centre)
    count(centre, booking, ClassHeads(20, 2))
    work()
    towns, _schools = (issue(one_owed.key, centre.facts, afterwards(), ACTOR) for one_owed in receivables(centre))
    order = CreditOrder(towns.invoice_id, CreditWanted(CreditExtent.ALL), "Wrong reference", 0)
    _note, (again,) = credit_and_invoice_anew(order, centre.facts, afterwards(), ACTOR, reckon_again)
    assert (again.payable, owed(booking), breaches()) == (towns.payable, 20 * PUPIL, [])


def test_a_person_decides_with_a_reason_and_it_stands_whatever_the_door_counts(app: Flask) -> None:
    centre = a_counting_centre(HeadsRule.FLOOR, 100)
    booking = classes(centre, "6A", "6B")
    by_hand(centre, booking, ClassHeads(16, 1), ClassHeads(0, 0))
    count(centre, booking, ClassHeads(23, 2), ClassHeads(20, 2))
    work()
    facts = decision(centre, booking)
    assert facts is not None
    assert (facts.decided, facts.by, facts.reason, facts.stale) == (
        ReckonedBy.HAND, ACTOR, "The bus broke down", False,
    )  # fmt: skip
    assert (owed(booking), why(centre), ready_now()) == (16 * PUPIL, [None], [])
    assert breaches() == []


def test_nobody_came_and_a_person_says_that_nothing_is_owed(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    by_hand(centre, booking, ClassHeads(0, 0))
    assert (owed(booking), receivables(centre)) == (0, [])
    assert db.session.scalar(select(func.coalesce(func.sum(Allowance.visits), 0))) == 0
    by_hand(centre, booking, ClassHeads(24, 2), reason="They came after all")
    assert owed(booking) == BOOKED
    (receivable,) = receivables(centre)
    assert receivable.payer.name == "Bergen kommune"
    assert breaches() == []


def test_a_person_must_say_why_and_look_at_what_stands(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    with pytest.raises(ReckoningReasonWrong):
        by_hand(centre, booking, ClassHeads(1, 1), reason="  ")
    with pytest.raises(ReckoningReasonWrong):
        by_hand(centre, booking, ClassHeads(1, 1), reason="x" * 201)
    with pytest.raises(ChangedSince):
        by_hand(centre, booking, ClassHeads(1, 1), ClassHeads(1, 1))
    old = reckonable(booking, centre.facts, afterwards()).version
    by_hand(centre, booking, ClassHeads(24, 2))
    with pytest.raises(ChangedSince), unit_of_work():
        reckon_by_hand(booking, [ClassHeads(9, 2)], "Why", old, centre=centre.facts, now=afterwards(), actor=ACTOR)
    assert owed(booking) == BOOKED


def test_a_visit_to_come_is_not_decided_on(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    with pytest.raises(NotReckoned):
        reckonable(booking, centre.facts, clock.now())
    assert ready_now(clock.now()) == []


def test_a_visit_that_is_changed_after_it_was_decided_is_decided_anew(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    by_hand(centre, booking, ClassHeads(10, 2))
    with unit_of_work():
        change_numbers(booking, {0: (22, 2)}, centre=centre.facts, now=clock.now(), actor=ACTOR)
    assert (decision(centre, booking), owed(booking), why(centre)) == (None, 22 * PUPIL, [WhyWaiting.NO_COUNT])


def test_a_count_put_right_while_its_invoice_is_issued_is_on_it_or_comes_after_it(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    (mark,) = count(centre, booking, ClassHeads(20, 2))
    work()
    (receivable,) = receivables(centre)
    seen = counted(mark)
    db.session.rollback()

    def put_right() -> None:
        with app.app_context(), unit_of_work():
            correct(mark, {key: min(number, 18) for key, number in seen.items()}, seen, how(at=afterwards()))

    def bill() -> int:
        with app.app_context():
            try:
                return issue(receivable.key, centre.facts, afterwards(), ACTOR).payable
            except ReceivableWaits:
                return 0

    with ThreadPoolExecutor(2) as pool:
        corrected, billed = pool.submit(put_right), pool.submit(bill)
        corrected.result()
        payable = billed.result()
    work()
    assert payable in (0, 20 * PUPIL)
    assert owed(booking) == (payable or 18 * PUPIL)
    assert breaches() == []


def test_a_visit_that_costs_otherwise_than_was_decided_is_named(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    by_hand(centre, booking, ClassHeads(20, 2))
    with unit_of_work():
        db.session.execute(update(Reckoning).values(total=Reckoning.total + 1))
    assert breaches() == [f"I11 visit that costs otherwise than its heads were decided on, booking: {booking}"]


def test_a_visit_that_goes_to_the_school_is_as_booked(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    facts = facts_of(centre, booking)
    part = facts.timetables[0].parts[0]
    with unit_of_work():  # as if we had gone there: what matters is that there is no door
        there = {"address": "Skolegata 1", "municipality": "Bergen", "travel_minutes": 20}
        db.session.add(
            OutreachVisit(
                visit_id=facts.id, activity_id=centre.bridges, slot_id=part.slot_ids[0], starts_at=part.starts_at,
                ends_at=part.ends_at, **there,
            )
        )  # fmt: skip
    assert (why(centre), ready_now()) == ([None], [])
    with pytest.raises(NotReckoned):
        reckonable(booking, centre.facts, afterwards())


def test_a_visit_that_is_paid_is_as_it_was_paid(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    with unit_of_work():
        db.session.add(
            Payment(
                booking_id=booking, provider="demo", state=PaymentState.PAID, amount=BOOKED, currency="NOK",
                idempotency_key=new_secret(), begun_at=clock.now(), expires_at=clock.now(),
            )
        )  # fmt: skip
    count(centre, booking, ClassHeads(20, 2))
    work()
    assert (decision(centre, booking), owed(booking), receivables(centre)) == (None, BOOKED, [])
    with pytest.raises(NotReckoned):
        reckonable(booking, centre.facts, afterwards())


def test_a_visit_that_we_closed_some_of_waits_for_a_person(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    count(centre, booking, ClassHeads(20, 2))
    facts = facts_of(centre, booking)
    slot_id = next(part.slot_ids[0] for part in facts.timetables[0].parts if part.slot_ids)
    with unit_of_work():
        closure = Closure(
            starts_at=facts.arrives_at, until=facts.leaves_at, ends_at=facts.leaves_at, why=ClosedReason.POWER,
            closed_at=clock.now(), slot_id=slot_id,
        )  # fmt: skip
        db.session.add(closure)
        db.session.flush()
        db.session.add(ClosureSlot(closure_id=closure.id, slot_id=slot_id, was=SlotStatus.OPEN))
        db.session.execute(update(Slot).where(Slot.id == slot_id).values(status=SlotStatus.CANCELLED))
    work()
    assert (decision(centre, booking), why(centre)) == (None, [WhyWaiting.NO_COUNT])
    by_hand(centre, booking, ClassHeads(0, 0), reason="No power after ten minutes")
    assert (owed(booking), receivables(centre)) == (0, [])


def test_classes_counted_together_share_the_number_by_what_they_had_booked(app: Flask) -> None:
    day = Timetable(Group("6A", 20, 2, 6), (Part(PartKind.PROGRAMME, (7,), clock.now(), clock.now(), 1),), 0)
    other = replace(day, group=Group("6B", 10, 1, 6))
    door = DoorCount({7: SlotCount(ClassHeads(30, 3), ClassHeads(27, 3))})
    assert by_class([day, other], door) == (
        ClassCount(ClassHeads(18, 2), together=True), ClassCount(ClassHeads(9, 1), together=True),
    )  # fmt: skip


def test_a_class_that_missed_its_first_session_counts_where_it_was_counted(app: Flask) -> None:
    parts = tuple(Part(PartKind.PROGRAMME, (slot_id,), clock.now(), clock.now(), 1) for slot_id in (7, 8))
    day = Timetable(Group("6A", 20, 2, 6), parts, 0)
    late = SlotCount(ClassHeads(20, 2), ClassHeads(19, 2))
    door = DoorCount({7: SlotCount(ClassHeads(20, 2), ClassHeads(0, 0)), 8: late})
    assert by_class([day], door) == (ClassCount(ClassHeads(19, 2)),)
    unknown = replace(late, known=False)
    assert by_class([day], DoorCount({8: unknown})) == (None,)
    moved = DoorCount({99: late})
    assert by_class([day], moved) == (ClassCount(ClassHeads(19, 2)),)
