"""A booked visit becomes another: a late bus, a bus that must go, lunch, one class more or fewer; nothing is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from booking.agreements.deadlines import PastDeadline
from booking.capacity.places import claims_of
from booking.catalogue.models import Kind
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.planner.missed import Hours, still_holds
from booking.planner.plans import PartKind
from booking.planner.wish import Group
from booking.programmes.offered import programmes
from booking.running.check import breaches
from booking.visits import adjust, alternatives, read
from booking.visits.adjust import Cause, LastClass, NotThatDay
from booking.visits.alternatives import Proposal
from booking.visits.book import book_visit
from booking.visits.change import ChangedSince
from tests.builders import a_slot
from tests.visits.booked import HALF, Centre, a_monday, a_plan, a_school_centre, a_visit, an_order, taken_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def centre(app: Flask) -> Centre:
    return a_school_centre()


def facts_of(booking_id: int) -> read.VisitFacts:
    visit = read.of_booking(booking_id, "NOK")
    assert visit is not None
    return visit


def starts(facts: read.VisitFacts, kind: PartKind) -> list[datetime]:
    return [part.starts_at for timetable in facts.timetables for part in timetable.parts if part.kind is kind]


def accept(centre: Centre, booking_id: int, proposal: Proposal, cause: Cause, now: datetime, version: int = 1) -> None:
    with unit_of_work():
        adjust.accept(booking_id, proposal.plan, cause, version, centre=centre.facts, now=now)


def at_other_hours(centre: Centre, booking_id: int, now: datetime, **hours: timedelta) -> list[Proposal]:
    facts = facts_of(booking_id)
    new = Hours(facts.arrives_at + hours.get("late", timedelta()), facts.leaves_at - hours.get("early", timedelta()))
    day = alternatives.day_of(facts, new, programmes(), centre.facts, now, on_the_day=True)
    return [] if still_holds(facts.timetables, new) else alternatives.fitted(facts, new, day)


def test_a_late_bus_gets_a_swapped_plan_on_free_slots_and_its_own_places(centre: Centre) -> None:
    booking = a_visit(centre, "6A", "6B").booking_id
    before = facts_of(booking)
    now = before.arrives_at - 20 * MINUTE
    tight, first = at_other_hours(centre, booking, now, late=45 * MINUTE)
    assert [missed for missed in tight.missed if missed.kind is PartKind.PROGRAMME]
    assert first.later
    assert not [missed for missed in first.missed if missed.kind is PartKind.PROGRAMME]
    assert first.plan.arrives_at == before.arrives_at + 45 * MINUTE
    accept(centre, booking, first, Cause.BUS, now)
    facts = facts_of(booking)
    assert min(starts(facts, PartKind.PROGRAMME)) >= first.plan.arrives_at
    assert facts.by_payer() == before.by_payer()
    assert sum(taken_of(centre.bridges)) == sum(taken_of(centre.body)) == 52
    kept = adjust.replanned(facts.id)
    assert kept is not None
    assert kept.planned_arrival == before.arrives_at
    assert breaches() == []


def test_a_bus_that_comes_too_late_for_one_programme_keeps_the_others(centre: Centre) -> None:
    booking = a_visit(centre, "6A", "6B").booking_id
    facts = facts_of(booking)
    now, late = facts.arrives_at, 150 * MINUTE
    proposals = at_other_hours(centre, booking, now, late=late)
    assert proposals
    lost = [missed for missed in proposals[0].missed if missed.kind is PartKind.PROGRAMME]
    assert lost
    assert all(missed.whole for missed in lost)
    accept(centre, booking, proposals[0], Cause.BUS, now)
    assert breaches() == []


def test_a_bus_that_comes_when_it_should_have_left_may_wait(centre: Centre) -> None:
    with unit_of_work():
        plan = a_plan(centre, "6A", programmes_wanted=1, lunch=0)
        booking = book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now()).booking_id
    facts = facts_of(booking)
    (first,) = at_other_hours(centre, booking, facts.arrives_at, late=facts.leaves_at - facts.arrives_at)
    assert first.plan.arrives_at == facts.leaves_at
    assert first.later
    assert starts(facts, PartKind.PROGRAMME)
    assert not [missed for missed in first.missed if missed.kind is PartKind.PROGRAMME]


def test_who_must_leave_earlier_gets_a_shorter_day(centre: Centre) -> None:
    booking = a_visit(centre, "6A").booking_id
    facts = facts_of(booking)
    proposals = at_other_hours(centre, booking, facts.arrives_at - HALF, early=HALF)
    assert proposals[0].plan.leaves_at <= facts.leaves_at - HALF
    assert proposals[0].missed
    accept(centre, booking, proposals[0], Cause.BUS, facts.arrives_at - HALF)
    assert breaches() == []


def test_what_was_proposed_for_another_day_version_or_class_is_refused(centre: Centre) -> None:
    booking = a_visit(centre, "6A").booking_id
    facts = facts_of(booking)
    (first, *_) = at_other_hours(centre, booking, facts.arrives_at, late=45 * MINUTE)
    for now, version, refusal in (
        (facts.arrives_at - timedelta(days=1), 1, NotThatDay),
        (facts.arrives_at, 2, ChangedSince),
    ):
        with pytest.raises(refusal):
            accept(centre, booking, first, Cause.BUS, now, version)
    other = Proposal(a_plan(centre, "6B"))
    with pytest.raises(NotThatDay):
        accept(centre, booking, other, Cause.BUS, facts.arrives_at)
    assert facts_of(booking) == facts


def test_lunch_is_added_at_any_time_that_fits_and_taken_away_again(centre: Centre) -> None:
    plan = a_plan(centre, "6A", "6B", lunch=0)
    with unit_of_work():
        booking = book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now()).booking_id
    before = facts_of(booking)
    assert not before.has_lunch
    day = alternatives.day_of(
        before, Hours(before.arrives_at, before.leaves_at), programmes(), centre.facts, clock.now()
    )
    proposals = alternatives.with_lunch(before, day)
    assert len(proposals) >= 2
    for proposal in proposals:
        assert [p for t in proposal.plan.timetables for p in t.parts if p.kind is PartKind.PROGRAMME] == [
            p for t in plan.timetables for p in t.parts if p.kind is PartKind.PROGRAMME
        ]
    accept(centre, booking, proposals[0], Cause.LUNCH, clock.now())
    with_it = facts_of(booking)
    assert with_it.has_lunch
    assert with_it.by_payer() == before.by_payer()
    assert starts(with_it, PartKind.PROGRAMME) == starts(before, PartKind.PROGRAMME)
    assert breaches() == []
    day = alternatives.day_of(
        with_it, Hours(with_it.arrives_at, with_it.leaves_at), programmes(), centre.facts, clock.now()
    )
    away = alternatives.without_lunch(with_it, day)
    assert away is not None
    with pytest.raises(PastDeadline):
        accept(centre, booking, away, Cause.LUNCH, before.arrives_at - timedelta(days=1), 2)
    accept(centre, booking, away, Cause.LUNCH, clock.now(), 2)
    assert not facts_of(booking).has_lunch
    assert breaches() == []


def test_a_class_more_or_fewer_is_all_or_nothing(centre: Centre) -> None:
    booking = a_visit(centre, "6A", "6B").booking_id
    facts = facts_of(booking)

    def one_more(name: str) -> Proposal | None:
        seen = facts_of(booking)
        day = alternatives.day_of(seen, Hours(seen.arrives_at, seen.leaves_at), programmes(), centre.facts, clock.now())
        return alternatives.with_one_more(seen, Group(name, 20, 2, 6), day)

    third = one_more("6C")
    assert third is not None
    accept(centre, booking, third, Cause.CLASSES, clock.now())
    assert facts_of(booking).by_payer() == [("Bergen kommune", (24 + 24 + 20) * 11000)]
    assert sum(taken_of(centre.bridges)) == 74
    assert one_more("6D") is None
    assert breaches() == []
    with unit_of_work():
        adjust.drop_class(booking, 0, 2, centre=centre.facts, now=clock.now())
    left = facts_of(booking)
    assert [timetable.group.name for timetable in left.timetables] == ["6B", "6C"]
    assert sum(taken_of(centre.body)) == 48
    assert breaches() == []
    for place, refusal in ((7, LastClass), (0, None), (0, LastClass)):
        with unit_of_work():
            version = 3 if place or refusal is None else 4
            if refusal is None:
                adjust.drop_class(booking, place, version, centre=centre.facts, now=clock.now())
                continue
            with pytest.raises(refusal):
                adjust.drop_class(booking, place, version, centre=centre.facts, now=clock.now())
    with pytest.raises(PastDeadline), unit_of_work():
        adjust.accept(booking, third.plan, Cause.CLASSES, 4, centre=centre.facts, now=facts.arrives_at - 60 * MINUTE)


def test_a_class_may_come_for_the_exhibition_alone(centre: Centre) -> None:
    nine, stretches = a_monday(), read_stretches(centre)
    entries = [a_slot(stretches.entry, 60, nine + n * HALF, stretches.of(n), kept=40) for n in range(2, 10)]
    plan = a_plan(centre, "6A", programmes_wanted=0, lunch=30)
    with unit_of_work():
        booked = book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now())
    facts = facts_of(booked.booking_id)
    assert {part.kind for part in facts.timetables[0].parts} == {PartKind.EXHIBITION, PartKind.LUNCH}
    assert facts.by_payer() == [("Bergen kommune", 24 * 11000)]
    claimed = {claim.slot_id for claim in claims_of([booked.booking_id])}
    assert len(claimed & set(entries)) == 1
    late = at_other_hours(centre, booked.booking_id, facts.arrives_at, late=80 * MINUTE)
    accept(centre, booked.booking_id, late[0], Cause.BUS, facts.arrives_at)
    assert breaches() == []


class read_stretches:  # noqa: N801  (reads like the question it answers)
    """The admission of a centre and what it draws on."""

    def __init__(self, _centre: Centre) -> None:
        from sqlalchemy import select

        from booking.capacity.models import Slot
        from booking.catalogue.models import Activity
        from booking.kernel.database import db

        self.entry = db.session.scalars(select(Activity.id).where(Activity.kind == Kind.ADMISSION)).one()
        rows = db.session.execute(select(Slot.id, Slot.starts_at).where(Slot.activity_id.is_(None)))
        self._by_start: dict[datetime, list[int]] = {}
        for slot_id, start in rows:
            self._by_start.setdefault(start, []).append(slot_id)
        self._starts = sorted(self._by_start)

    def of(self, n: int) -> list[int]:
        """House and hall in the n-th half hour."""
        return self._by_start[self._starts[n]]
