"""How many places one buyer and one network address may keep without paying, and that no two at once slip by."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import Hold, drop, hold
from booking.bookings.limits.places import fold_email, person_of
from booking.bookings.models import Booking
from booking.bookings.refusals import AlreadyWaiting, NotFull, TooManyHolds
from booking.capacity.models import Slot
from booking.centre.facts import CentreFacts, the_centre
from booking.kernel.database import db, unit_of_work
from booking.waiting import waiting
from tests.builders import a_confirmed_booking, a_sale, a_slot, a_ticket_type, begin_paying, taken, tomorrow

HERE, THERE = "mark of an address", "mark of another"
ANSWERS = ("kept", "refused")


def keep(centre: CentreFacts, slot: int, kind: int, places: int, now: datetime, holder: str = HERE) -> int:
    with unit_of_work():
        picks = [Pick(slot, kind, places)]
        return hold(picks, centre=centre, now=now, lang="nb", holder=holder).booking_id


def is_refused(centre: CentreFacts, slot: int, kind: int, places: int, now: datetime, holder: str = HERE) -> bool:
    try:
        keep(centre, slot, kind, places, now, holder)
    except TooManyHolds:
        return True
    return False


def marks() -> set[str]:
    db.session.rollback()
    return {mark for row in db.session.execute(select(Booking.holder, Booking.person)) for mark in row} - {""}


def test_places_that_are_being_paid_for_count_as_those_in_a_basket_do(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=100, most_places_address=15)
    first = keep(centre, slot, adult, 10, now)
    with unit_of_work():
        begin_paying(first, now + timedelta(minutes=30), now)
    assert is_refused(centre, slot, adult, 6, now)
    assert not is_refused(centre, slot, adult, 5, now)
    assert not is_refused(centre, slot, adult, 15, now, THERE)


def test_what_is_paid_for_is_nobodys_limit_and_carries_no_mark(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=100, most_places_address=15, most_places_person=15)
    for _ in range(3):
        booking = keep(centre, slot, adult, 12, now)
        with unit_of_work():
            set_details(booking, Contact("Kari", "kari@example.org"), "nb", now)
        assert len(marks()) == 2
        with unit_of_work():
            begin_paying(booking, now + timedelta(minutes=30), now)
        with unit_of_work():
            confirm(booking, now)
        assert marks() == set()


def test_free_places_go_on_counting_until_their_day_is_over(app: Flask, now: datetime) -> None:
    centre, slot, member = a_sale(capacity=100, price=0, most_places_address=15)
    booking = keep(centre, slot, member, 10, now)
    with unit_of_work():
        confirm(booking, now)
    assert is_refused(centre, slot, member, 6, now)
    later = now + timedelta(days=30)
    assert not is_refused(centre, a_slot(_activity(slot), 100, tomorrow(days=33)), member, 15, later)


def test_a_basket_that_was_dropped_or_ran_out_is_not_counted(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=100, most_places_address=15)
    dropped = keep(centre, slot, adult, 15, now)
    with unit_of_work():
        drop(dropped, now)
    assert marks() == set()
    keep(centre, slot, adult, 15, now)
    assert not is_refused(centre, slot, adult, 15, now + timedelta(hours=1))


def test_another_day_has_a_limit_of_its_own_but_not_every_day(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=100, most_places_address=15)
    days = [a_slot(_activity(slot), 100, tomorrow(days=days)) for days in (4, 5, 6)]
    assert not is_refused(centre, slot, adult, 15, now)
    assert [is_refused(centre, day, adult, 15, now) for day in days] == [False, False, True]


def test_a_basket_that_grows_is_counted_once(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=100, most_places_address=15)
    with unit_of_work():
        mine = hold([Pick(slot, adult, 12)], centre=centre, now=now, lang="nb", holder=HERE)
    more = {"centre": centre, "now": now, "lang": "nb", "holder": HERE, "basket_secret": mine.secret}
    with unit_of_work():
        hold([Pick(slot, adult, 15)], **more)  # type: ignore[arg-type]
    other = a_slot(_activity(slot), 9, tomorrow(14))
    with pytest.raises(TooManyHolds), unit_of_work():
        hold([Pick(slot, adult, 15), Pick(other, adult, 1)], **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "mailbox"),
    [
        ("Kari@Example.org", "kari@example.org"),
        ("kari+zoo@example.org", "kari@example.org"),
        ("k.a.r.i+1@gmail.com", "kari@gmail.com"),
        ("ka.ri@googlemail.com", "kari@gmail.com"),
        ("ka.ri@example.org", "ka.ri@example.org"),
        ("+x@example.org", "+x@example.org"),
    ],
)
def test_one_mailbox_has_many_addresses(typed: str, mailbox: str) -> None:
    assert fold_email(typed) == mailbox


def test_a_person_is_counted_from_whichever_network(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=100, most_places_person=15)
    first, second = (keep(centre, slot, adult, 10, now, holder) for holder in (HERE, THERE))
    with unit_of_work():
        set_details(first, Contact("Kari", "kari@example.org"), "nb", now)
    with pytest.raises(TooManyHolds), unit_of_work():
        set_details(second, Contact("Kari", "kari+again@example.org"), "nb", now)
    with unit_of_work():
        set_details(second, Contact("Ola", "ola@example.org"), "nb", now)


def test_staff_and_those_without_a_mark_are_not_limited(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=100, most_places_address=5, most_places_person=5)
    for _ in range(3):
        booking = keep(centre, slot, adult, 15, now, holder="")
        with unit_of_work():
            set_details(booking, Contact("Kari", "kari@example.org"), "nb", now)
    assert taken(slot) == 45
    assert marks() == set()


def test_of_many_at_once_no_two_slip_by(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=200, most_places_address=10)
    db.session.remove()
    start, answers = Barrier(4), []

    def try_often() -> None:
        with app.app_context():
            start.wait()
            for _ in range(5):
                answers.append(ANSWERS[is_refused(centre, slot, adult, 2, now)])
            db.session.remove()

    trying = [Thread(target=try_often) for _ in range(4)]
    for thread in trying:
        thread.start()
    for thread in trying:
        thread.join()
    assert Counter(answers) == {"kept": 5, "refused": 15}
    assert taken(slot) == 10


def test_a_free_booking_does_not_grow_past_what_is_asked_about(app: Flask, now: datetime) -> None:
    centre, slot, member = a_sale(capacity=100, price=0)
    booking = keep(centre, slot, member, 4, now)
    with unit_of_work():
        confirm(booking, now)
    with pytest.raises(TooManyHolds), unit_of_work():
        change(booking, [Pick(slot, member, 20)], centre=centre, now=now)
    with unit_of_work():
        change(booking, [Pick(slot, member, 6)], centre=centre, now=now)
    with unit_of_work():
        change(booking, [Pick(slot, member, 20)], centre=centre, now=now, actor="account:1")
    assert taken(slot) == 20


def wait(slots: list[int], kind: int, people: int, now: datetime, email: str = "ola@example.org") -> None:
    with unit_of_work():
        contact = Contact("Ola", email)
        waiting.wait(slots, [(kind, people)], contact, centre=the_centre(), lang="nb", now=now, holder=HERE)


def test_nobody_waits_for_a_time_that_has_room(app: Flask, now: datetime) -> None:
    _centre, slot, adult = a_sale(capacity=10)
    a_confirmed_booking(slot, adult, 6)
    with pytest.raises(NotFull):
        wait([slot], adult, 4, now)
    wait([slot], adult, 5, now)


def test_a_mailbox_stands_in_line_for_a_time_once(app: Flask, now: datetime) -> None:
    _centre, slot, adult = a_sale(capacity=4)
    other = a_slot(_activity(slot), 4, tomorrow(12))
    for full in (slot, other):
        a_confirmed_booking(full, adult, 4)
    wait([slot], adult, 2, now)
    for again in ([slot], [other, slot]):
        with pytest.raises(AlreadyWaiting):
            wait(again, adult, 2, now, "Ola+2@example.org")
    wait([other], adult, 2, now)


def test_those_in_line_from_one_address_want_no_more_than_it_may_keep(app: Flask, now: datetime) -> None:
    _centre, slot, adult = a_sale(capacity=4, most_places_address=10)
    a_confirmed_booking(slot, adult, 4)
    wait([slot], adult, 4, now, "one@example.org")
    wait([slot], adult, 4, now, "two@example.org")
    with pytest.raises(TooManyHolds):
        wait([slot], adult, 4, now, "three@example.org")


def test_what_the_waiting_list_offers_counts_too(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=20, most_places_address=10)
    full = [a_confirmed_booking(slot, adult, 10) for _ in range(2)]
    wait([slot], adult, 6, now, "one@example.org")
    wait([slot], adult, 4, now, "two@example.org")
    for booking in full:
        with unit_of_work():
            cancel(booking.booking_id, centre=centre, now=now)
    offers = waiting.next_offers(now)
    for waiting_id, slot_id in offers:
        with unit_of_work():
            waiting.offer(waiting_id, slot_id, centre=centre, now=now)
    assert len(offers) == 2
    assert taken(slot) == 10
    assert is_refused(centre, slot, adult, 1, now)
    assert db.session.scalar(select(func.count()).where(Booking.holder == HERE)) == 2


def _activity(slot_id: int) -> int:
    db.session.rollback()
    return db.session.scalars(select(Slot.activity_id)).first() or 0


@pytest.fixture
def paid_ten(app: Flask, now: datetime) -> tuple[CentreFacts, int, int, int]:
    """Ten adults who have paid, at a house with free tickets too: the centre, slot, free ticket and booking."""
    centre, slot, adult = a_sale(capacity=100, most_places_address=15, most_places_person=15, most_free_places=10)
    member = a_ticket_type(_activity(slot), 0, "Medlem")
    with unit_of_work():
        booking = hold([Pick(slot, adult, 10)], centre=centre, now=now, lang="nb", holder=HERE).booking_id
        set_details(booking, Contact("Kari", "kari@example.org"), "nb", now)
    with unit_of_work():
        confirm(booking, now)
    assert marks() == set()
    return centre, slot, member, booking


def swap_for_free(of: tuple[CentreFacts, int, int, int], people: int, now: datetime) -> None:
    centre, slot, member, booking = of
    with unit_of_work():
        change(booking, [Pick(slot, member, people)], centre=centre, now=now, holder=HERE)


def test_paid_tickets_that_become_free_ones_count_from_then_on(
    paid_ten: tuple[CentreFacts, int, int, int], now: datetime
) -> None:
    centre, slot, member, _booking = paid_ten
    assert not is_refused(centre, slot, member, 15, now, THERE)
    swap_for_free(paid_ten, 10, now)
    assert marks() >= {HERE, person_of("kari@example.org")}
    assert is_refused(centre, slot, member, 6, now)
    assert not is_refused(centre, slot, member, 5, now)


def test_paid_tickets_do_not_become_more_free_ones_than_one_may_have(
    paid_ten: tuple[CentreFacts, int, int, int], now: datetime
) -> None:
    centre, slot, member, _booking = paid_ten
    with pytest.raises(TooManyHolds):
        swap_for_free(paid_ten, 11, now)
    other = keep(centre, slot, member, 3, now)
    with unit_of_work():
        confirm(other, now)
    with pytest.raises(TooManyHolds):
        swap_for_free(paid_ten, 8, now)
    swap_for_free(paid_ten, 7, now)


def test_fewer_paid_tickets_and_changes_by_staff_stay_nobodys_limit(
    paid_ten: tuple[CentreFacts, int, int, int], now: datetime
) -> None:
    centre, slot, member, booking = paid_ten
    with unit_of_work():
        change(booking, [Pick(slot, member, 20)], centre=centre, now=now, actor="account:1")
    assert marks() == set()


def a_free_booking(centre: CentreFacts, slot: int, kind: int, places: int, now: datetime) -> int:
    booking = keep(centre, slot, kind, places, now)
    with unit_of_work():
        set_details(booking, Contact("Kari", "kari@example.org"), "nb", now)
    with unit_of_work():
        confirm(booking, now)
    return booking


def test_free_places_of_two_days_are_not_all_moved_to_one(app: Flask, now: datetime) -> None:
    centre, slot, member = a_sale(capacity=100, price=0, most_places_address=15, most_places_person=15)
    next_day = a_slot(_activity(slot), 100, tomorrow() + timedelta(days=1))
    third_day = a_slot(_activity(slot), 100, tomorrow() + timedelta(days=2))
    a_free_booking(centre, slot, member, 10, now)
    other = a_free_booking(centre, next_day, member, 10, now)
    with pytest.raises(TooManyHolds), unit_of_work():
        change(other, [Pick(slot, member, 10)], centre=centre, now=now, holder=HERE)
    with unit_of_work():
        change(other, [Pick(third_day, member, 10)], centre=centre, now=now, holder=HERE)
    assert (taken(slot), taken(next_day), taken(third_day)) == (10, 0, 10)


def test_free_places_that_are_paid_for_after_a_change_count_no_more(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=100, most_places_address=15, most_places_person=15)
    booking = a_free_booking(centre, slot, a_ticket_type(_activity(slot), 0, "Medlem"), 10, now)
    assert len(marks()) == 2
    with unit_of_work():
        dearer = change(booking, [Pick(slot, adult, 10)], centre=centre, now=now, holder=HERE)
    assert isinstance(dearer, Hold)
    with unit_of_work():
        confirm(dearer.booking_id, now)
    assert marks() == set()
    assert not is_refused(centre, slot, adult, 15, now)
