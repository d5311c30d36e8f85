"""A school visit at the door: it comes in when its bus comes, once, counted class by class."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from booking.bookings.at_the_desk import expect_at
from booking.catalogue.models import Kind
from booking.door import board, day_list, inside
from booking.door.rules import DoorVerdict
from booking.kernel.database import unit_of_work
from booking.running.check import breaches
from booking.visits import read
from tests.door.doors import let_in, party_code, scan
from tests.visits.booked import Centre, a_school_centre, a_visit

MINUTE = timedelta(minutes=1)


@pytest.fixture
def centre(app: Flask) -> Centre:
    return a_school_centre()


def arrival_of(booking_id: int) -> datetime:
    facts = read.of_booking(booking_id, "NOK")
    assert facts is not None
    return facts.arrives_at


def test_two_classes_come_in_with_their_bus_by_one_scan_and_are_counted_once(centre: Centre) -> None:
    booking = a_visit(centre, "6A", "6B").booking_id
    code, comes = party_code(booking), arrival_of(booking)
    assert scan(code, at=comes - 40 * MINUTE).verdict is DoorVerdict.TOO_EARLY
    answer = scan(code, at=comes)
    assert answer.verdict is DoorVerdict.ASK
    assert answer.party is not None
    assert sorted(answer.party.ways_in.values()) == [("6A",), ("6B",)]
    assert sum(ticket.left for ticket in answer.tickets) == 52
    heads = {(ticket.slot_id, ticket.ticket_type_id): ticket.left for ticket in answer.tickets}
    pupils = next(key for key, number in heads.items() if number == 24)
    done = let_in(booking, heads | {pupils: 20}, at=comes)
    assert done.heads == 48
    (shown,) = board.groups_today(comes - 60 * MINUTE, comes + 60 * MINUTE)
    assert (shown.arrived, shown.booked, shown.starts_at) == (48, 52, comes)
    assert inside.now_inside(comes - 60 * MINUTE, comes + MINUTE) == 48
    left = scan(code, at=comes + 10 * MINUTE)
    assert sum(ticket.left for ticket in left.tickets) == 4
    assert breaches() == []


def test_lunch_of_a_class_that_is_in_has_nobody_to_come(centre: Centre) -> None:
    booking = a_visit(centre, "6A", "6B").booking_id
    code, comes = party_code(booking), arrival_of(booking)
    start, end = comes - 60 * MINUTE, comes + 8 * 60 * MINUTE

    def lunches() -> list[tuple[int, int]]:
        slots = board.who_eats(board.slots_today(start, end), board.groups_today(start, end))
        return [(slot.booked, slot.to_come) for slot in slots if slot.kind is Kind.LUNCH and slot.booked]

    def in_all() -> tuple[int, int]:
        people = board.people_today(board.slots_today(start, end), board.groups_today(start, end))
        return people.booked, people.arrived

    before = lunches()
    assert sum(booked for booked, _ in before) == sum(to_come for _, to_come in before) > 0
    assert in_all() == (52, 0)
    answer = scan(code, at=comes)
    let_in(booking, {(ticket.slot_id, ticket.ticket_type_id): ticket.left for ticket in answer.tickets}, at=comes)
    assert [to_come for _, to_come in lunches()] == [0] * len(before)
    assert in_all() == (52, 52)


def test_a_class_that_begins_elsewhere_or_comes_late_is_neither_too_early_nor_too_late(centre: Centre) -> None:
    booking = a_visit(centre, "6A").booking_id
    code, comes = party_code(booking), arrival_of(booking)
    answer = scan(code, at=comes)
    assert answer.party is not None
    (first,) = answer.party.ways_in
    # As if the class began in the exhibition, its first session being two hours after the bus.
    later = [replace(ticket, starts_at=ticket.starts_at + 120 * MINUTE) for ticket in answer.party.tickets]
    assert {ticket.slot_id for ticket in answer.tickets} == {first}
    assert min(ticket.starts_at for ticket in later) > comes + 30 * MINUTE
    with unit_of_work():
        expect_at(booking, comes + timedelta(hours=8), "buyer")
    assert scan(code, at=comes).verdict is DoorVerdict.ASK
    assert scan(code, at=comes + timedelta(hours=8)).verdict is DoorVerdict.ASK
    assert scan(code, at=comes + timedelta(hours=10)).verdict is DoorVerdict.TOO_LATE
    (party,) = day_list.day_list(comes - 60 * MINUTE, comes + 60 * MINUTE, "en")["parties"]
    assert party[4] == [comes.isoformat(), (comes + timedelta(hours=8)).isoformat(), [first]]
