"""A pass for all days of a festival: bought once, a place on each day, all or nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from booking.bookings.add import add
from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.lines.passes import by_day, shares, whole
from booking.bookings.lines.priced import PricedLine
from booking.bookings.models import Booking, Line, Ticket
from booking.bookings.queries import living_of_email
from booking.bookings.refusals import PassStays, SeveralDays, Unknown
from booking.capacity.models import Slot, SlotStatus
from booking.capacity.places import Full
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.closures import answer
from booking.door import admit
from booking.door.day_list import day_list, short_hash
from booking.door.rules import DoorVerdict
from booking.door.search import search
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from booking.running.forgetting import forget_all
from tests.bookings.festivals import Festival
from tests.builders import a_slot, a_ticket_type, an_activity, pay_for, taken, tomorrow
from tests.closures.closing import closed, facts_of, offers
from tests.door.doors import how, party_code


def lines_of(booking_id: int) -> list[Line]:
    """As they are kept."""
    return list(db.session.scalars(select(Line).where(Line.booking_id == booking_id).order_by(Line.slot_id)))


@pytest.mark.parametrize("chosen", [0, 2])
def test_a_pass_has_a_place_on_each_day_whichever_day_it_was_chosen_at(app: Flask, chosen: int) -> None:
    on = Festival()
    booking = on.holds(Pick(on.days[chosen], on.of_all, 2))
    assert on.taken == [2, 2, 2]
    assert (booking.people, booking.total) == (2, 100000)
    assert (booking.starts_at, booking.last_at) == (tomorrow(days=3), tomorrow(days=5))
    assert breaches() == []


def test_the_price_of_a_pass_is_split_over_its_days_to_the_oere(app: Flask) -> None:
    on = Festival()
    booking = on.holds(Pick(on.days[0], on.of_all, 1))
    assert [line.unit_price for line in lines_of(booking.id)] == [16667, 16667, 16666]
    assert all(line.of_pass for line in lines_of(booking.id))


def test_one_day_that_is_sold_out_refuses_the_pass_whole(app: Flask) -> None:
    on = Festival((10, 1, 10))
    with pytest.raises(Full):
        on.holds(Pick(on.days[0], on.of_all, 2))
    assert on.taken == [0, 0, 0]


def test_of_two_who_want_the_last_pass_at_once_one_gets_it_on_all_days(app: Flask) -> None:
    on = Festival((10, 1, 10))

    def buy(first: int) -> bool:
        with app.app_context():
            try:
                on.holds(Pick(on.days[first], on.of_all, 1))
            except Full:
                return False
            return True

    db.session.remove()
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(buy, (0, 2))) == [False, True]
    assert on.taken == [1, 1, 1]
    assert breaches() == []


def test_two_days_without_a_pass_are_two_orders(app: Flask) -> None:
    on = Festival()
    with pytest.raises(SeveralDays):
        on.holds(Pick(on.days[0], on.of_a_day, 1), Pick(on.days[1], on.of_a_day, 1))


def test_a_festival_of_one_day_sells_no_pass_and_a_cancelled_day_is_none_of_it(app: Flask) -> None:
    on = Festival((10, 10))
    other = a_slot(on.activity, 10, tomorrow(days=40))
    assert on.holds(Pick(on.days[0], on.of_all, 1)).last_at == tomorrow(days=4)
    assert taken(other) == 0  # the next festival of the name
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == on.days[1]).values(status=SlotStatus.CANCELLED))
    with pytest.raises(Unknown):
        on.holds(Pick(on.days[0], on.of_all, 1))


def test_cancelling_gives_back_every_day(app: Flask) -> None:
    on = Festival()
    booking_id = on.bought()
    with unit_of_work():
        cancel(booking_id, centre=the_centre(), now=clock.now())
    assert on.taken == [0, 0, 0]
    assert breaches() == []


def test_fewer_passes_are_fewer_on_each_day(app: Flask) -> None:
    on = Festival()
    booking_id = on.bought(3)
    with unit_of_work():
        change(booking_id, [Pick(on.days[0], on.of_all, 1)], centre=the_centre(), now=clock.now(), actor="account:1")
    assert on.taken == [1, 1, 1]
    standing = select(Ticket).where(Ticket.booking_id == booking_id, Ticket.void.is_(False))
    tickets = db.session.scalars(standing.order_by(Ticket.slot_id))
    assert [ticket.slot_id for ticket in tickets] == on.days
    assert breaches() == []


def test_who_has_a_pass_adds_a_session_of_any_of_its_days(app: Flask) -> None:
    on = Festival()
    booking_id = on.bought()
    workshop = an_activity(Kind.WORKSHOP, needs_admission=True, part_of_id=on.activity)
    session = Pick(a_slot(workshop, 10, tomorrow(13, days=4)), a_ticket_type(workshop, 0), 2)
    with unit_of_work():
        add(booking_id, [session], centre=the_centre(), now=clock.now())
    assert (taken(session.slot_id), on.taken) == (2, [2, 2, 2])
    assert breaches() == []


def test_the_door_lets_who_has_a_pass_in_once_each_day(app: Flask) -> None:
    on = Festival()
    booking_id = on.bought()
    for day in range(3):
        assert on.scanned(booking_id, day) is DoorVerdict.WELCOME
        assert on.scanned(booking_id, day, 8) is DoorVerdict.ALREADY_IN
    assert breaches() == []


def test_a_phone_without_network_knows_the_pass_on_each_of_its_days(app: Flask) -> None:
    on = Festival()
    code = short_hash(party_code(on.bought()))
    for day in range(-1, 4):
        midnight = tomorrow(0, days=3 + day)
        parties = day_list(midnight, midnight + timedelta(days=1), "nb")["parties"]
        assert [party[0] for party in parties] == ([code] if 0 <= day < 3 else [])


def test_a_pass_that_missed_the_first_day_is_counted_on_the_second_also_without_network(app: Flask) -> None:
    on = Festival()
    booking_id = on.bought()
    for _again in range(2):
        with unit_of_work():
            at = tomorrow(days=4) + timedelta(minutes=5)
            admit.admit_later(party_code(booking_id), 2, how(at=at))
    came = db.session.scalars(select(Ticket.admitted).where(Ticket.booking_id == booking_id).order_by(Ticket.slot_id))
    assert [*came] == [0, 0, 1, 1, 0, 0]
    assert breaches() == []


def test_a_pass_cannot_be_moved_to_the_next_festival(app: Flask) -> None:
    on = Festival()
    booking_id = on.bought()
    other = a_slot(on.activity, 10, tomorrow(days=40))
    with pytest.raises(PassStays), unit_of_work():
        change(booking_id, [Pick(other, on.of_all, 2)], centre=the_centre(), now=clock.now(), actor="account:1")
    assert on.taken == [2, 2, 2]


def test_of_a_day_that_is_closed_its_share_comes_back_and_the_other_days_stay(app: Flask) -> None:
    on = Festival()
    booking_id = on.bought()
    pay_for(booking_id, 100000)
    closed(on.days[1])
    facts = facts_of(booking_id)
    assert offers(booking_id) == []  # no other time that day
    with unit_of_work():
        back = answer.part_back(facts, [on.days[1]], centre=the_centre(), now=clock.now())
    assert back == 2 * 16667
    assert [line.slot_id for line in lines_of(booking_id)] == [on.days[0], on.days[2]]
    assert (on.taken, facts_of(booking_id).last_at) == ([2, 0, 2], tomorrow(days=5))
    assert breaches() == []


def test_who_came_on_the_first_day_gets_the_share_of_a_closed_second_one_and_of_what_hangs_on_it(app: Flask) -> None:
    on = Festival()
    booking_id = on.bought()
    workshop = an_activity(Kind.WORKSHOP, needs_admission=True, part_of_id=on.activity)
    session = Pick(a_slot(workshop, 10, tomorrow(13, days=4)), a_ticket_type(workshop, 0), 2)
    with unit_of_work():
        add(booking_id, [session], centre=the_centre(), now=clock.now())
    pay_for(booking_id, 100000)
    assert on.scanned(booking_id, 0) is DoorVerdict.WELCOME
    closed(on.days[1])
    with unit_of_work():
        back = answer.part_back(facts_of(booking_id), [on.days[1]], centre=the_centre(), now=clock.now())
    assert (back, on.taken, taken(session.slot_id)) == (2 * 16667, [2, 0, 2], 0)
    assert on.scanned(booking_id, 0, 8) is DoorVerdict.ALREADY_IN
    assert on.scanned(booking_id, 2) is DoorVerdict.WELCOME
    assert breaches() == []


def test_what_is_needed_to_receive_somebody_is_forgotten_after_the_last_day_only(app: Flask) -> None:
    on = Festival()
    booking_id = on.bought()
    with unit_of_work():
        db.session.execute(update(Booking).values(needs="Rullestol"))
    for day, kept in ((4, "Rullestol"), (5, "Rullestol"), (6, "")):
        forget_all(tomorrow(11, days=day))
        assert db.session.get_one(Booking, booking_id).needs == kept


def test_who_asks_for_their_bookings_finds_a_pass_until_its_last_day(app: Flask) -> None:
    on = Festival()
    booking_id = on.bought()
    email = facts_of(booking_id).email
    assert [found_id for found_id, _secret in living_of_email(email, tomorrow(9, days=5))] == [booking_id]
    assert living_of_email(email, tomorrow(11, days=5)) == []


def test_the_desk_finds_a_pass_first_on_each_of_its_days(app: Flask) -> None:
    on = Festival()
    booking_id, name = on.bought(), "Kari"
    for day in range(3):
        midnight = tomorrow(0, days=3 + day)
        hits = search(facts_of(booking_id).name or name, midnight, midnight + timedelta(days=1))
        assert [hit.booking_id for hit in hits.today] == [booking_id]


def test_a_booking_is_read_with_its_pass_as_one_line_at_the_whole_price(app: Flask) -> None:
    on = Festival()
    (line,) = facts_of(on.bought()).bought
    assert (line.quantity, line.total, len(line.days)) == (2, 100000, 3)


def test_the_nightly_check_names_a_pass_that_lacks_a_day(app: Flask) -> None:
    on = Festival()
    booking_id = on.bought()
    with unit_of_work():
        db.session.execute(update(Line).where(Line.slot_id == on.days[1]).values(quantity=1))
    wrong = f"festival pass of which there are not as many on each of its days, booking: {booking_id}"
    assert wrong in breaches()


def test_the_nightly_check_names_a_pass_whose_last_day_is_not_known(app: Flask) -> None:
    booking_id = Festival().bought()
    with unit_of_work():
        db.session.execute(update(Booking).values(last_at=None))
    assert f"festival pass that the door does not know on its last day, booking: {booking_id}" in breaches()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a machine that is busy
@given(st.integers(0, 10**6), st.lists(st.integers(0, 3 * 10**5), max_size=3), st.integers(1, 5), st.integers(2, 9))
def test_whatever_a_pass_costs_its_days_come_to_that_and_none_costs_less_than_nothing(
    price: int, off: list[int], quantity: int, days: int
) -> None:
    taken_off: list[tuple[int, int]] = []
    for campaign, minor in enumerate(off):
        taken_off.append((campaign, min(minor, price)))
        price -= taken_off[-1][1]
    line = PricedLine(1, 1, {}, {}, quantity, 1, price, 1200, tuple(taken_off))
    by_days = list(by_day(line, range(1, days + 1)))
    assert sum(day.unit_price for day in by_days) == price
    assert all(day.unit_price >= 0 and all(minor >= 0 for _of, minor in day.discounts) for day in by_days)
    (together,), of_type = whole(by_days)
    assert (together.unit_price, together.quantity, dict(together.discounts)) == (price, quantity, dict(taken_off))
    assert of_type == {1: tuple(range(1, days + 1))}


@pytest.mark.parametrize("minor", [0, 1, 2, 49999, 50000])
def test_shares_are_the_sum(minor: int) -> None:
    assert sum(shares(minor, 3)) == minor


def test_a_discount_is_split_so_that_no_day_costs_less_than_nothing() -> None:
    line = PricedLine(1, 1, {}, {}, 2, 1, 1, 0, ((7, 50), (8, 49)))
    days = list(by_day(line, (1, 2, 3)))
    assert sum(day.unit_price for day in days) == 1
    assert all(day.unit_price >= 0 and all(off >= 0 for _campaign, off in day.discounts) for day in days)
    together, of_type = whole(days)
    assert (together[0].unit_price, together[0].discounts, together[0].quantity) == (1, line.discounts, 2)
    assert of_type == {1: (1, 2, 3)}
