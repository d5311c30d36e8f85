"""A class is billed by the heads that its agreement, else the centre, says: as booked, counted, or with a floor."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from booking.agreements.heads import ClassHeads, HeadsRule
from booking.agreements.models import Allowance, SchoolRules
from booking.agreements.prices import Pays
from booking.door.correct import correct, counted
from booking.door.undo import undo
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.issue import ReceivableWaits, issue
from booking.invoicing.receivables import WhyWaiting
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.reckoning.reckon import (
    HeadsInvoiced,
    NotReckoned,
    ReckoningReasonWrong,
    reckon_by_hand,
    reckonable,
)
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.visits.change import ChangedSince, change_numbers
from booking.visits.models import ReckonedBy, VisitDue
from tests.door.doors import how
from tests.invoicing.owed import afterwards
from tests.reckoning.counted import (
    ADULT,
    LEAST,
    PUPIL,
    a_counting_centre,
    admits,
    agreement_says,
    classes,
    count,
    decision,
    facts_of,
    owed,
    ready_now,
    receivables,
    reckoned,
    work,
)
from tests.visits.booked import Centre

ACTOR = "account:1"
BOOKED = 24 * PUPIL


def why(centre: Centre) -> list[WhyWaiting | None]:
    """Why each waits."""
    return [receivable.waits_for(set_up=True, exempt=True) for receivable in receivables(centre)]


def by_hand(centre: Centre, booking_id: int, *heads: ClassHeads, reason: str = "The bus broke down") -> None:
    version = reckonable(booking_id, centre.facts, afterwards()).version
    with unit_of_work():
        reckon_by_hand(
            booking_id, heads, reason, version, centre=centre.facts, now=afterwards(), actor=ACTOR
        )  # fmt: skip


def test_a_centre_that_bills_as_booked_waits_for_no_count(app: Flask) -> None:
    centre = a_counting_centre(HeadsRule.BOOKED)
    booking = classes(centre)
    count(centre, booking, ClassHeads(20, 2))
    work()
    assert (owed(booking), why(centre), decision(centre, booking), ready_now()) == (BOOKED, [None], None, [])


def test_a_class_that_was_counted_is_billed_as_counted(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    count(centre, booking, ClassHeads(20, 2))
    assert why(centre) == [WhyWaiting.NO_COUNT]
    work()
    assert (owed(booking), why(centre), admits(booking)) == (20 * PUPIL, [None], 3 * 26 - 26)
    facts = decision(centre, booking)
    assert facts is not None
    assert (facts.decided, facts.by, facts.total) == (ReckonedBy.COUNT, "worker", 20 * PUPIL)
    assert [(of.booked, of.counted, of.billed) for of in facts.classes] == [
        (ClassHeads(24, 2), ClassHeads(20, 2), ClassHeads(20, 2))
    ]  # fmt: skip
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "visit.reckon")).one()
    assert entry.before == {"heads": ["24 + 2"], "total": BOOKED}
    assert entry.after == {"heads": ["20 + 2"], "total": 20 * PUPIL, "decided": "count"}
    assert breaches() == []


@pytest.mark.parametrize(
    ("rule", "floor", "came", "billed"),
    [
        (HeadsRule.COUNTED, 0, ClassHeads(24, 2), BOOKED),
        (HeadsRule.COUNTED, 0, ClassHeads(10, 2), LEAST),  # the least amount for a class
        (HeadsRule.COUNTED, 0, ClassHeads(20, 0), 20 * PUPIL),
        (HeadsRule.FLOOR, 90, ClassHeads(10, 2), 22 * PUPIL),  # 21.6 of 24, rounded up
        (HeadsRule.FLOOR, 50, ClassHeads(20, 2), 20 * PUPIL),
        (HeadsRule.FLOOR, 10, ClassHeads(1, 1), LEAST),
        (HeadsRule.FLOOR, 100, ClassHeads(1, 0), BOOKED),
    ],
)
def test_what_came_is_billed_by_the_rule(
    app: Flask, rule: HeadsRule, floor: int, came: ClassHeads, billed: int
) -> None:
    centre = a_counting_centre(rule, floor)
    booking = classes(centre)
    count(centre, booking, came)
    assert reckoned(centre, booking)
    assert owed(booking) == billed
    assert breaches() == []


def test_more_than_booked_are_billed_and_their_adults_are_free_by_their_number(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    count(centre, booking, ClassHeads(26, 2), more=2)
    assert reckoned(centre, booking)
    assert (owed(booking), admits(booking)) == (26 * PUPIL, 52)
    assert breaches() == []


def test_adults_beyond_those_booked_pay_when_too_many_for_the_pupils(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    count(centre, booking, ClassHeads(20, 5), more=3)
    assert reckoned(centre, booking)
    assert owed(booking) == 20 * PUPIL + 2 * ADULT  # three of five come free with twenty pupils
    assert breaches() == []


def test_classes_are_billed_each_by_its_own_count(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre, "6A", "6B")
    count(centre, booking, ClassHeads(22, 2), ClassHeads(17, 2))
    assert reckoned(centre, booking)
    assert owed(booking) == (22 + 17) * PUPIL
    by_group = {due.due.group: due.due.amount.minor for due in facts_of(centre, booking).dues}
    assert by_group == {"6A": 22 * PUPIL, "6B": 17 * PUPIL}


def test_a_class_that_nobody_counted_is_asked_for_until_the_days_are_over(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre, "6A", "6B")
    count(centre, booking, ClassHeads(22, 2))
    left = facts_of(centre, booking).leaves_at
    assert not reckoned(centre, booking, left + timedelta(days=4))
    assert reckoned(centre, booking, left + timedelta(days=5))
    facts = decision(centre, booking)
    assert facts is not None
    assert (facts.decided, [of.counted for of in facts.classes]) == (ReckonedBy.FALLBACK, [ClassHeads(22, 2), None])
    assert owed(booking) == (22 + 24) * PUPIL


def test_a_visit_that_nobody_counted_is_billed_as_booked_after_so_many_days_as_the_centre_says(app: Flask) -> None:
    centre = a_counting_centre(HeadsRule.FLOOR)
    booking = classes(centre)
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(count_days=9))
    left = facts_of(centre, booking).leaves_at
    work(left + timedelta(days=8))
    assert why(centre) == [WhyWaiting.NO_COUNT]
    work(left + timedelta(days=9))
    assert (why(centre), owed(booking)) == ([None], BOOKED)


def test_an_invoice_is_not_issued_before_the_heads_are_decided(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    (receivable,) = receivables(centre)
    with pytest.raises(ReceivableWaits) as refused:
        issue(receivable.key, centre.facts, afterwards(), ACTOR)
    assert refused.value.why is WhyWaiting.NO_COUNT
    count(centre, booking, ClassHeads(20, 2))
    work()
    assert issue(receivable.key, centre.facts, afterwards(), ACTOR).payable == 20 * PUPIL


def test_the_agreement_that_pays_says_by_which_number(app: Flask) -> None:
    centre = a_counting_centre(HeadsRule.COUNTED, heads_rule=HeadsRule.FLOOR, floor_percent=100)
    booking = classes(centre)
    count(centre, booking, ClassHeads(18, 2))
    assert reckoned(centre, booking)
    assert owed(booking) == BOOKED
    agreement_says(centre, heads_rule=HeadsRule.BOOKED)
    other = classes(centre, "7B")
    count(centre, other, ClassHeads(18, 2))
    assert not reckoned(centre, other)
    assert why(centre) == [None, None]


def test_what_is_split_between_payers_follows_and_so_does_the_allowance(app: Flask) -> None:
    centre = a_counting_centre(pays=Pays.SHARE, percent=60, most_pupils=30)
    booking = classes(centre)
    count(centre, booking, ClassHeads(20, 2))
    assert reckoned(centre, booking)
    dues = {due.due.payer_id: due.due.amount.minor for due in facts_of(centre, booking).dues}
    assert dues == {centre.agreement: 12 * PUPIL, None: 8 * PUPIL}
    assert db.session.scalar(select(Allowance.pupils).where(Allowance.holder == "")) == 20
    assert breaches() == []


def test_pupils_beyond_what_an_agreement_has_left_are_the_schools(app: Flask) -> None:
    centre = a_counting_centre(most_pupils=25)
    booking = classes(centre)
    count(centre, booking, ClassHeads(27, 2), more=3)
    assert reckoned(centre, booking)
    dues = {due.due.payer_id: due.due.pupils for due in facts_of(centre, booking).dues}
    assert (dues, owed(booking)) == ({centre.agreement: 25, None: 2}, 27 * PUPIL)
    assert breaches() == []


def test_an_agreement_made_since_does_not_pay_for_what_was_booked_before_it(app: Flask) -> None:
    centre = a_counting_centre(active=False)
    booking = classes(centre)
    agreement_says(centre, active=True)
    count(centre, booking, ClassHeads(20, 2))
    assert reckoned(centre, booking)
    assert [due.due.payer_id for due in facts_of(centre, booking).dues] == [None]


def test_a_rule_of_later_does_not_hold_for_what_was_booked_before_it(app: Flask) -> None:
    centre = a_counting_centre(HeadsRule.BOOKED)
    booking = classes(centre)
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(heads_rule=HeadsRule.COUNTED))
    count(centre, booking, ClassHeads(20, 2))
    assert not reckoned(centre, booking)
    assert why(centre) == [None]


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


def test_deciding_twice_is_deciding_once(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    count(centre, booking, ClassHeads(20, 2))
    assert (reckoned(centre, booking), reckoned(centre, booking)) == (True, False)
    number = select(func.count()).where(AuditEntry.action == "visit.reckon")
    assert db.session.scalar(number) == 1
    assert db.session.scalar(select(func.count(VisitDue.id))) == 1


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
