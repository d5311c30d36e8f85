"""Today's board, search, who is in the house, the list for a lost network, and walk-ins, on both databases."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.basket import Pick
from booking.bookings.change import cancel
from booking.bookings.details import Contact, make_findable
from booking.bookings.forgetting import FORGETTINGS
from booking.bookings.models import Booking, State
from booking.bookings.refusals import WrongState
from booking.bookings.store import lock
from booking.capacity.models import Channel
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.door import admit, board, day_list, inside, search, walk_in
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.payments import refunds
from booking.payments.models import Refund, RefundState
from booking.payments.sweep import sweep
from booking.running.check import breaches
from tests.builders import (
    a_centre,
    a_confirmed_booking,
    a_sale,
    a_slot,
    a_space,
    a_stretch,
    a_ticket_type,
    an_activity,
    taken,
)
from tests.door.doors import admitted, how, let_in, party_code, scan, soon
from tests.support.forgetting import forget


def day() -> tuple[datetime, datetime]:
    """A day around now: the tests run at any hour."""
    return soon(0) - timedelta(hours=6), soon(0) + timedelta(hours=6)


def test_the_board_counts_booked_arrived_and_still_to_come(app: Flask) -> None:
    a_centre()
    activity, hall = an_activity(title="Inngang"), a_space(300)
    slot, adult = a_slot(activity, 20, soon(), space_id=hall), a_ticket_type(activity)
    first = a_confirmed_booking(slot, adult, 3).booking_id
    a_confirmed_booking(slot, adult, 4)
    scan(party_code(first))
    (shown,) = board.slots_today(*day())
    assert (shown.booked, shown.arrived, shown.to_come, shown.capacity, shown.taken) == (7, 3, 4, 20, 7)


def test_a_group_is_on_the_board_with_programme_lunch_and_needs(app: Flask) -> None:
    a_centre()
    programme, lunch = an_activity(Kind.PROGRAMME, title="DNA"), an_activity(Kind.LUNCH, title="Matpakke")
    lab = a_slot(programme, 40, soon(), space_id=a_space(32))
    table = a_slot(lunch, 70, soon(90))
    pupil, seat = a_ticket_type(programme, 0, "Elev", most=40), a_ticket_type(lunch, 0, "Plass", most=40)
    with unit_of_work():
        held = walk_in.hold_for_walk_in([Pick(lab, pupil, 25), Pick(table, seat, 25)], the_centre(), "nb", clock.now())
    with unit_of_work():
        walk_in.sold_in_till(held.booking_id, "", Contact("Anne Lærer", ""), 1, clock.now())
        change = update(Booking).where(Booking.id == held.booking_id)
        db.session.execute(change.values(channel=Channel.SCHOOL, group_name="Fana skole 5B", needs="Allergi: nøtter"))
    (group,) = board.groups_today(*day())
    assert (group.group_name, group.needs, group.people) == ("Fana skole 5B", "Allergi: nøtter", 25)
    assert group.lunch_at == soon(90) or group.lunch_at is not None
    assert [part.title["nb"] for part in group.programme] == ["DNA"]
    assert group.arrived == 0
    let_in(held.booking_id, {(lab, pupil): 23})
    assert board.groups_today(*day())[0].arrived == 23


def test_a_ticket_let_in_twice_while_apart_is_shown_with_who_was_first(app: Flask) -> None:
    _, slot, adult = a_sale()
    booking = a_confirmed_booking(slot, adult, 2).booking_id
    let_in(booking, {(slot, adult): 2}, reason="Feil dag")
    with unit_of_work():
        admit.admit_later(party_code(booking), 2, how())
    (trouble,) = board.troubles_today(soon(-60))
    assert (trouble.booking_id, trouble.uncounted) == (booking, 2)
    assert trouble.first_at is not None


@pytest.mark.parametrize(
    "typed", ["Asa", "åse", "aase", "ÅSE ås", "fjell", "9300", "+4793000000", "@lund", "lund.example"]
)
def test_todays_bookings_are_found_by_any_part(app: Flask, typed: str) -> None:
    _, slot, adult = a_sale()
    a_person(slot, adult, "Åse Fjellheim Ås", "ase@lund.example", "+4793000000")
    a_person(slot, adult, "Ola Nordmann", "ola@example.org", "+4790000001")
    start = soon(60 * 24 * 3) - timedelta(hours=12)
    answer = search.search(typed, start, start + timedelta(days=1))
    assert [hit.name for hit in answer.hits] == ["Åse Fjellheim Ås"]


@pytest.mark.parametrize("typed", ["Åse", "åsa f", "Fjellheim", "fjell", "93000000", "ase@lund", "Fana", "fana 5b"])
def test_bookings_of_other_days_are_found_by_the_beginning_of_a_word(app: Flask, typed: str) -> None:
    _, slot, adult = a_sale()
    a_person(slot, adult, "Åsa Fjellheim", "ase@lund.example", "+4793000000", "Fana skole 5B")
    a_person(slot, adult, "Ola Nordmann", "ola@example.org", "+4790000001")
    assert [hit.name for hit in search.search(typed, *day()).hits] == ["Åsa Fjellheim"]


def test_a_reference_finds_its_booking_however_it_is_written(app: Flask) -> None:
    _, slot, adult = a_sale()
    booking = a_confirmed_booking(slot, adult).booking_id
    reference = db.session.scalars(select(Booking.reference).where(Booking.id == booking)).one()
    for written in (
        reference,
        reference.lower(),
        f"{reference[:4]}-{reference[4:]}",
        f" {reference[:4]} {reference[4:]}",
    ):
        assert [hit.booking_id for hit in search.search(written, *day()).hits] == [booking]


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "å", "'; DROP TABLE booking", "x" * 5000, "\x00", "٢٢"])
def test_odd_searches_find_nothing_and_break_nothing(app: Flask, typed: str) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult)
    assert search.search(typed, *day()).hits == ()


def test_who_is_forgotten_is_found_no_more(app: Flask) -> None:
    _, slot, adult = a_sale()
    a_person(slot, adult, "Åsa Fjellheim", "ase@lund.example", "")
    forget(FORGETTINGS, clock.now() + timedelta(days=200))
    assert search.search("Fjellheim", *day()).hits == ()


def test_people_in_the_house_come_by_check_in_leave_and_are_corrected_by_a_count(app: Flask) -> None:
    a_centre()
    activity = an_activity(stay_minutes=120)
    slot, adult = a_slot(activity, 50, soon()), a_ticket_type(activity)
    for quantity in (4, 6):
        scan(party_code(a_confirmed_booking(slot, adult, quantity).booking_id))
    start, now = soon(-600), clock.now()
    assert inside.now_inside(start, now) == 10
    with unit_of_work():
        inside.leave(3, None, now)
    assert inside.now_inside(start, now) == 7
    with unit_of_work():
        inside.count(20, None, clock.now())
    assert inside.now_inside(start, clock.now()) == 20
    assert inside.now_inside(start, now + timedelta(hours=3)) == 0
    assert [party.people for party in inside.parties_since(start)] == [6, 4]


def test_a_show_inside_the_house_brings_nobody_new_in(app: Flask) -> None:
    a_centre()
    entry, show = an_activity(), an_activity(Kind.SHOW, needs_admission=True)
    entry_slot, show_slot = a_slot(entry, 20, soon(5)), a_slot(show, 20, soon(20))
    adult, seat = a_ticket_type(entry), a_ticket_type(show, 0)
    with unit_of_work():
        picks = [Pick(entry_slot, adult, 2), Pick(show_slot, seat, 2)]
        held = walk_in.hold_for_walk_in(picks, the_centre(), "nb", clock.now())
    with unit_of_work():
        walk_in.sold_in_till(held.booking_id, "K-1", Contact("", ""), 1, clock.now())
    let_in(held.booking_id, {(entry_slot, adult): 2, (show_slot, seat): 2})
    assert inside.now_inside(soon(-600), clock.now()) == 2


def test_the_coming_hours_are_read_from_the_counters_with_their_limits(app: Flask) -> None:
    a_centre()
    house = a_space(400, is_house=True)
    stretch = a_stretch(house, soon(), 400)
    activity = an_activity()
    slot, adult = a_slot(activity, 20, soon(), draws_on=[stretch]), a_ticket_type(activity)
    a_confirmed_booking(slot, adult, 5)
    (half_hour,) = inside.expected(clock.now())
    assert (half_hour.people, half_hour.limit, half_hour.is_house) == (5, 400, True)


def test_the_list_for_a_lost_network_holds_no_code_and_no_name(app: Flask) -> None:
    a_centre()
    activity = an_activity()
    slot, adult = a_slot(activity, 20, soon()), a_ticket_type(activity)
    booking = a_confirmed_booking(slot, adult, 2, name="Kari Nordmann").booking_id
    made = day_list.day_list(*day(), lang="nb")
    code = party_code(booking)
    (party,) = made["parties"]
    assert party[0] == day_list.short_hash(code)
    assert [ticket[1:] for ticket in party[3]] == [[slot, adult, 1, 0]] * 2
    written = json.dumps(made)
    assert code not in written
    assert "Kari" not in written


def test_a_walk_in_paid_in_the_till_is_confirmed_with_the_receipt_number_only(app: Flask) -> None:
    _, slot, adult = a_sale()
    with unit_of_work():
        held = walk_in.hold_for_walk_in([Pick(slot, adult, 2)], the_centre(), "nb", clock.now())
    with unit_of_work():
        walk_in.sold_in_till(held.booking_id, "K-4711", Contact("", ""), 1, clock.now())
    booking = db.session.get_one(Booking, held.booking_id)
    assert (booking.state, booking.till_receipt, booking.total) == (State.CONFIRMED, "K-4711", 42000)
    assert taken(slot) == 2
    assert breaches() == []
    with pytest.raises(WrongState), unit_of_work():
        walk_in.sold_in_till(held.booking_id, "K-4712", Contact("", ""), 1, clock.now())


def test_what_was_paid_in_the_till_is_paid_out_there_and_noted(app: Flask) -> None:
    _, slot, adult = a_sale()
    with unit_of_work():
        held = walk_in.hold_for_walk_in([Pick(slot, adult, 2)], the_centre(), "nb", clock.now())
    with unit_of_work():
        walk_in.sold_in_till(held.booking_id, "K-4711", Contact("", ""), 1, clock.now())
    with unit_of_work():
        done = cancel(held.booking_id, centre=the_centre(), now=clock.now(), actor="account:1")
    assert done.refund == 42000
    assert not db.session.scalars(select(Promise).where(Promise.kind == "payment.send_refund")).all()
    letter = db.session.scalars(select(Promise).where(Promise.kind == "mail.cancellation")).one()
    assert (letter.about["refund"], letter.about["in_till"]) == (42000, 42000)
    (refund_id,) = db.session.scalars(select(Refund.id))
    sweep(clock.now() + timedelta(hours=1))  # asks the payment provider for what is long on its way: not for this
    for said_again in (False, True):
        with unit_of_work():
            assert refunds.paid_out(refund_id, "K-4720", "account:1", clock.now()) is not said_again
    refund = db.session.get_one(Refund, refund_id, populate_existing=True)
    assert (refund.state, refund.amount, refund.till_receipt) == (RefundState.DONE, 42000, "K-4720")
    assert breaches() == []


def test_a_time_that_has_begun_can_still_be_sold_at_the_desk(app: Flask) -> None:
    a_centre()
    activity = an_activity()
    slot, adult = a_slot(activity, 5, soon(-10), closes_at=soon(-40)), a_ticket_type(activity)
    with unit_of_work():
        walk_in.hold_for_walk_in([Pick(slot, adult, 2)], the_centre(), "nb", clock.now())
    assert taken(slot) == 2
    assert admitted(1) == 0


def a_person(slot: int, kind: int, name: str, email: str, phone: str, group_name: str = "") -> int:
    """A confirmed booking of somebody."""
    booking_id = a_confirmed_booking(slot, kind, 1, name=name, email=email).booking_id
    with unit_of_work():
        (booking,) = lock(booking_id)
        booking.phone, booking.group_name = phone, group_name
        booking.reference = f"{booking_id:08}"  # one that is drawn has some letters of whoever is searched for at times
        make_findable(booking)
    return booking_id
