"""A person is in the house once at a time: the counters against a slow count of heads, half hour by half hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from booking.bookings.at_the_desk import move_booking
from booking.bookings.models import Booking
from booking.bookings.store import lock
from booking.capacity.audit import counted_twice, wrong_counters
from booking.capacity.models import Channel, Claim, Slot
from booking.capacity.places import Full, Want, claims_of, give_back, swap
from booking.catalogue.models import Kind
from booking.centre.models import Centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from tests.builders import (
    a_centre,
    a_confirmed_booking,
    a_slot,
    a_space,
    a_stretch,
    a_ticket_type,
    an_activity,
    tomorrow,
)

HALF = timedelta(minutes=30)
HOUSE, SESSION = 9, 7
Plan = Mapping[str, tuple[int, frozenset[int]]]  # party: (people, its slots by number)


class Place:
    """A house of six half hours, five sessions of long stays in it, and four classes that come and go."""

    def __init__(self, draws: list[list[int]]) -> None:
        house, entry = a_space(HOUSE), an_activity()
        self.stretches = [a_stretch(house, tomorrow(9) + n * HALF, HOUSE) for n in range(6)]
        programme = an_activity(Kind.PROGRAMME, SESSION)
        drawn = [[self.stretches[n] for n in numbers] for numbers in draws]
        sessions = [a_slot(programme, SESSION, tomorrow(9) + n * HALF, under) for n, under in enumerate(drawn)]
        self.slots = [*self.stretches, *sessions]
        self.draws = dict(zip(sessions, drawn, strict=True))
        slot, adult = a_slot(entry, 50), a_ticket_type(entry)
        self.bookings = [a_confirmed_booking(slot, adult, 1).booking_id for _n in range(4)]
        self.entry = slot
        self.plans: dict[int, Plan] = {}

    def heads(self, plan: Plan) -> Counter[int]:
        """Who is where, person by person."""
        there: Counter[int] = Counter()
        for people, numbers in plan.values():
            slots = {self.slots[n] for n in numbers}
            for slot_id in slots | {on for slot in slots for on in self.draws.get(slot, ())}:
                there[slot_id] += people
        return there

    def everybody(self) -> Counter[int]:
        return sum((self.heads(plan) for plan in self.plans.values()), Counter())

    def wants(self, plan: Plan) -> list[Want]:
        at: dict[int, dict[str, int]] = {}
        for name, (people, numbers) in plan.items():
            for n in numbers:
                at.setdefault(self.slots[n], {})[name] = people
        return [Want(slot_id, sum(people.values()), people) for slot_id, people in at.items()]

    def come(self, number: int, plan: Plan) -> None:
        """A class has another plan, in place of the one it had; allowed when no head more is where it is full."""
        booking, before = self.bookings[number], self.heads(self.plans.get(number, {}))
        after, others = self.heads(plan), self.everybody() - before
        most = {slot_id: SESSION if slot_id in self.draws else HOUSE for slot_id in self.slots}
        fits = all(
            others[slot_id] + people <= most[slot_id] for slot_id, people in after.items() if people > before[slot_id]
        )
        try:
            with unit_of_work():
                mine = [held for held in claims_of([booking]) if held.slot_id != self.entry]
                swap(booking, self.wants(plan), Channel.SCHOOL, clock.now(), mine)
        except Full:
            assert not fits
        else:
            assert fits
            self.plans[number] = plan

    def check(self) -> None:
        db.session.rollback()
        taken = dict(iter(db.session.execute(select(Slot.id, Slot.taken).where(Slot.id.in_(self.slots)))))
        assert taken == {slot: self.everybody()[slot] for slot in self.slots}
        assert (wrong_counters(), counted_twice()) == ([], [])


PARTY = st.tuples(st.integers(1, 4), st.frozensets(st.integers(0, 10), max_size=4))
STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.dictionaries(st.sampled_from("ABC"), PARTY, max_size=3)), min_size=1, max_size=10
)
DRAWS = st.lists(st.lists(st.integers(0, 5), unique=True, max_size=4), min_size=5, max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(draws=DRAWS, steps=STEPS)
def test_the_counter_is_the_heads_whatever_classes_do(
    app: Flask, draws: list[list[int]], steps: list[tuple[int, Any]]
) -> None:
    if db.session.scalar(select(Centre.id)) is None:
        a_centre()
    place = Place(draws)
    for number, plan in steps:
        place.come(number, {name: party for name, party in plan.items() if party[1]})
        place.check()
    for number in list(place.plans):
        place.come(number, {})
    place.check()
    assert place.everybody() == Counter()


@pytest.fixture
def stay(app: Flask) -> Place:
    """Two sessions an hour apart, each with a stay of two hours."""
    a_centre()
    return Place([[0, 1, 2, 3], [], [2, 3, 4, 5], [], []])


def test_a_class_with_two_sessions_in_long_stays_leaves_the_rest_of_the_house_to_others(stay: Place) -> None:
    stay.come(0, {"A": (5, frozenset({6, 8}))})
    stay.check()
    stay.come(1, {"A": (4, frozenset({0, 1, 2, 3, 4, 5}))})
    assert stay.everybody()[stay.stretches[2]] == HOUSE
    stay.check()
    stay.come(2, {"A": (1, frozenset({2}))})  # full: refused
    assert 2 not in stay.plans


def test_two_classes_of_one_visit_are_two(stay: Place) -> None:
    stay.come(0, {"A": (3, frozenset({6, 8})), "B": (4, frozenset({8}))})
    assert stay.everybody()[stay.stretches[2]] == 7
    stay.check()


def test_one_session_moved_keeps_the_count(stay: Place) -> None:
    stay.come(0, {"A": (5, frozenset({6, 8}))})
    booking, (session, other) = stay.bookings[0], (stay.slots[8], stay.slots[7])
    with unit_of_work():
        (locked,) = lock(booking)
        move_booking(locked, {session: other}, clock.now(), tell=False)
    stay.plans[0] = {"A": (5, frozenset({6, 7}))}
    stay.check()


def test_the_check_finds_heads_that_are_counted_twice(stay: Place) -> None:
    stay.come(0, {"A": (5, frozenset({6, 8}))})
    with unit_of_work():
        db.session.execute(update(Claim).where(Claim.shared.is_not(None)).values(shared=None))
    assert [slot for _booking, slot, beyond in counted_twice() if beyond == 5] == stay.stretches[2:4]
    assert any(breach.startswith("heads booking") for breach in breaches())


def test_all_given_back_leaves_an_empty_house(stay: Place) -> None:
    stay.come(0, {"A": (5, frozenset({6, 8}))})
    with unit_of_work():
        give_back([claim for claim in claims_of([stay.bookings[0]]) if claim.slot_id != stay.entry], clock.now())
    stay.plans.clear()
    stay.check()
    assert db.session.get(Booking, stay.bookings[0]) is not None
