"""Many buyers at once, in threads of several processes: none oversold, none wrongly refused, nobody stuck."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from flask import Flask

from booking.capacity.audit import wrong_counters
from booking.kernel.database import db
from tests.builders import (
    a_confirmed_booking,
    a_sale,
    a_slot,
    a_space,
    a_stretch,
    a_ticket_type,
    an_activity,
    taken,
    tomorrow,
)
from tests.capacity.racers import Orders, Racer, run_races


def test_sixty_four_buyers_ten_places(app: Flask) -> None:
    _, slot, adult = a_sale(capacity=10)
    answers = Counter(run_races(app, [("buy", [slot, adult, 1])] * 64))
    assert answers == {"bought": 10, "Full": 54}
    assert taken(slot) == 10
    assert wrong_counters() == []


def test_everybody_gets_in_where_there_is_room_for_all(app: Flask) -> None:
    _, slot, adult = a_sale(capacity=64)
    assert Counter(run_races(app, [("buy", [slot, adult, 1])] * 64)) == {"bought": 64}
    assert taken(slot) == 64


def test_buyers_at_different_times_share_one_house_and_never_wait_in_a_circle(app: Flask) -> None:
    a_sale()
    activity = an_activity(title="Inngang II")
    adult = a_ticket_type(activity)
    house = a_space(capacity=20, is_house=True)
    half_hours = [a_stretch(house, tomorrow(8) + timedelta(minutes=30 * i), 20) for i in range(8)]
    slots = [
        a_slot(activity, 60, tomorrow(8) + timedelta(minutes=30 * i), draws_on=half_hours[i : i + 4]) for i in range(5)
    ]
    orders: Orders = [("buy", [slots[i % 5], adult, 1]) for i in range(60)]
    answers = Counter(run_races(app, orders))
    assert set(answers) <= {"bought", "Full"}
    in_the_house = [taken(stretch) for stretch in half_hours]
    assert max(in_the_house) == 20
    assert answers["bought"] == sum(taken(slot) for slot in slots)
    assert wrong_counters() == []


def test_two_that_change_places_with_each_other_while_others_buy(app: Flask) -> None:
    _, first, adult = a_sale(capacity=20)
    activity = an_activity(title="Inngang II")
    other_adult = a_ticket_type(activity)
    second = a_slot(activity, 20, tomorrow(14))
    mine = [a_confirmed_booking(first, adult, 2).booking_id for _ in range(8)]
    theirs = [a_confirmed_booking(second, other_adult, 2).booking_id for _ in range(8)]
    orders: Orders = []
    for own, other in zip(mine, theirs, strict=True):
        orders.append(("move", [own, second, other_adult, 2]))
        orders.append(("move", [other, first, adult, 2]))
        orders.append(("buy", [first, adult, 1]))
        orders.append(("buy", [second, other_adult, 1]))
    answers = Counter(run_races(app, orders))
    assert set(answers) <= {"moved", "bought", "Full"}
    assert max(taken(first), taken(second)) <= 20
    assert wrong_counters() == []


def test_a_process_killed_in_the_middle_leaves_no_half_bookings(app: Flask) -> None:
    _, slot, adult = a_sale(capacity=1000)
    db.session.remove()
    for seconds in (0.1, 0.2, 0.4):
        racer = Racer()
        racer.begin(app, [("buy", [slot, adult, 1])])
        assert racer.end() == ["bought"]
        racer.begin(app, [("buy", [slot, adult, 1])] * 40)
        racer.is_killed_after(seconds)
    assert wrong_counters() == []
