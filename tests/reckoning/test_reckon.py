"""A class is billed by the heads that its agreement, else the centre, says: as booked, counted, or with a floor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from booking.agreements.heads import ClassHeads, HeadsRule
from booking.agreements.models import Allowance, SchoolRules
from booking.agreements.prices import Pays
from booking.invoicing.issue import ReceivableWaits, issue
from booking.invoicing.receivables import WhyWaiting
from booking.kernel.database import db, unit_of_work
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.visits.models import ReckonedBy, VisitDue
from tests.invoicing.owed import afterwards
from tests.reckoning.counted import (
    ACTOR,
    ADULT,
    BOOKED,
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
    why,
    work,
)


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


def test_deciding_twice_is_deciding_once(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    count(centre, booking, ClassHeads(20, 2))
    assert (reckoned(centre, booking), reckoned(centre, booking)) == (True, False)
    number = select(func.count()).where(AuditEntry.action == "visit.reckon")
    assert db.session.scalar(number) == 1
    assert db.session.scalar(select(func.count(VisitDue.id))) == 1
