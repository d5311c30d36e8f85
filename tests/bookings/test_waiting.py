"""The public's waiting list: who cannot be served stands in nobody's way, and staff hear of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from booking.bookings.details import Contact
from booking.bookings.models import Booking, State, Waiting
from booking.bookings.refusals import Unknown
from booking.capacity.models import Draw, Slot
from booking.capacity.places import Full
from booking.catalogue.models import Price, TicketType
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail.messages import write
from booking.outbox.models import Promise
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.settings import settings_of
from booking.staff.models import Role
from booking.waiting import waiting
from booking.waiting.serving import Turn, serve
from tests.builders import a_confirmed_booking, a_sale, a_slot, a_space, a_stretch, a_ticket_type, tomorrow
from tests.web.browsing import Visitor
from tests.web.test_desk import signed_in


def wait(slot: int, kind: int, email: str, quantity: int = 1) -> None:
    contact, room = Contact("Ola", email), update(Slot).where(Slot.id == slot)
    capacity = db.session.scalars(select(Slot.capacity).where(Slot.id == slot)).one()
    with unit_of_work():
        db.session.execute(room.values(capacity=Slot.taken))  # one waits only for what is full
        waiting.wait([slot], [(kind, quantity)], contact, centre=the_centre(), lang="nb", now=clock.now())
        db.session.execute(room.values(capacity=capacity))


def offered() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Booking.email).where(Booking.state == State.HELD).order_by(Booking.id)))


def a_full_slot_with_room_for_one() -> tuple[int, int, int]:
    """The slot, the ticket type that stays, and one that will be withdrawn."""
    _, slot, adult = a_sale(capacity=5)
    activity = db.session.scalars(select(Slot.activity_id).where(Slot.id == slot)).one() or 0
    student = a_ticket_type(activity, title="Student")
    a_confirmed_booking(slot, adult, 4)
    return slot, adult, student


def withdraw(kind: int) -> None:
    with unit_of_work():
        db.session.execute(delete(Price).where(Price.ticket_type_id == kind))
        db.session.execute(update(TicketType).where(TicketType.id == kind).values(active=False))


def test_one_whose_ticket_was_withdrawn_does_not_block_the_line_and_staff_are_told(app: Flask) -> None:
    slot, adult, student = a_full_slot_with_room_for_one()
    wait(slot, student, "gone@example.org")
    wait(slot, adult, "next@example.org")
    withdraw(student)
    db.session.rollback()
    assert waiting.offer_places(the_centre(), clock.now()) == 1
    assert offered() == ["next@example.org"]
    assert [(wait.email, wait.hindered) for wait in waiting.hindered()] == [("gone@example.org", "Unknown")]


def test_more_than_a_batch_that_cannot_be_served_still_blocks_nobody(app: Flask) -> None:
    slot, adult, student = a_full_slot_with_room_for_one()
    for n in range(25):
        wait(slot, student, f"{n}@example.org")
    wait(slot, adult, "last@example.org")
    withdraw(student)
    db.session.rollback()
    waiting.offer_places(the_centre(), clock.now())
    assert offered() == ["last@example.org"]
    assert len(waiting.hindered()) == 25


@pytest.mark.parametrize(("refusal", "noted"), [(Unknown(), [(1, "Unknown")]), (Full(7, 0), [])])
def test_what_one_could_not_have_goes_to_the_next_in_the_same_breath(
    app: Flask, refusal: Exception, noted: list[tuple[int, str]]
) -> None:
    served: list[int] = []
    hindered: list[tuple[int, str]] = []

    def offer(place: int, _slot: int) -> bool:
        if place == 1:
            raise refusal
        served.append(place)
        return True

    def turns(in_vain: object) -> list[Turn]:
        line = [place for place in (1, 2, 3) if (place, 7) not in in_vain and place not in served]  # type: ignore[operator]
        return [(place, 7) for place in line[:1]] if not served else []

    assert serve(turns, offer, lambda place, why: hindered.append((place, why))) == 1
    assert (served, hindered) == ([2], noted)


def test_staff_take_off_the_line_who_cannot_be_served_and_say_so_by_mail(app: Flask) -> None:
    slot, _adult, student = a_full_slot_with_room_for_one()
    wait(slot, student, "gone@example.org")
    wait(slot, student, "other@example.org")
    withdraw(student)
    db.session.rollback()
    waiting.offer_places(the_centre(), clock.now())
    stuck, other = waiting.hindered()
    with unit_of_work():
        assert waiting.take_off(stuck.id, "account:1")
    with unit_of_work():
        assert not waiting.take_off(stuck.id, "account:1")
    assert [wait.id for wait in waiting.hindered()] == [other.id]
    letters = db.session.scalars(select(Promise.about).where(Promise.kind == "mail.waiting_over")).all()
    assert letters == [{"waiting_id": stuck.id}]
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "waiting.take_off")).one()
    assert (noted.subject, noted.after) == (f"waiting:{stuck.id}", {"reason": "Unknown"})


def test_who_waits_with_nothing_in_the_way_is_not_taken_off(app: Flask) -> None:
    slot, adult, _student = a_full_slot_with_room_for_one()
    wait(slot, adult, "next@example.org")
    waiting_id = db.session.scalars(select(Waiting.id)).one()
    with unit_of_work():
        assert not waiting.take_off(waiting_id, "account:1")


@pytest.mark.parametrize("lang", ["nb", "nn", "en", "lv"])
def test_the_letter_says_that_they_are_off_the_list_and_the_page_has_the_button(app: Flask, lang: str) -> None:
    slot, _adult, student = a_full_slot_with_room_for_one()
    wait(slot, student, "gone@example.org")
    withdraw(student)
    db.session.rollback()
    waiting.offer_places(the_centre(), clock.now())
    (stuck,) = waiting.hindered()
    with unit_of_work():
        db.session.execute(update(Waiting).values(lang=lang))
    desk = Visitor(app.test_client())
    signed_in(desk, Role.DESK)
    there = f"/staff/waiting/{stuck.id}/off"
    assert there in desk.get("/staff/").get_data(as_text=True)
    assert desk.post(there).status_code == 303
    assert there not in desk.get("/staff/").get_data(as_text=True)
    letter = write("mail.waiting_over", 1, {"waiting_id": stuck.id}, settings_of(app))
    assert letter is not None
    assert letter.recipient == "gone@example.org"
    assert f"/{lang}/tickets" in letter.text


def test_who_leaves_the_line_just_after_an_offer_gives_the_places_to_the_next(app: Flask) -> None:
    slot, adult, _student = a_full_slot_with_room_for_one()
    wait(slot, adult, "first@example.org")
    wait(slot, adult, "second@example.org")
    waiting.offer_places(the_centre(), clock.now())
    assert offered() == ["first@example.org"]
    secret = db.session.scalars(select(Waiting.secret).where(Waiting.email == "first@example.org")).one()
    for _pressed_twice in range(2):
        with unit_of_work():
            assert waiting.leave(secret, clock.now())
    waiting.offer_places(the_centre(), clock.now())
    assert offered() == ["second@example.org"]
    assert breaches() == []


def test_who_came_first_is_served_first_whatever_time_they_wait_for(app: Flask) -> None:
    _, early, adult = a_sale(capacity=1)
    activity = db.session.get_one(Slot, early).activity_id or 0
    house = a_stretch(a_space(), tomorrow(10), capacity=1)  # has room for one of the two
    late = a_slot(activity, 1, tomorrow(12), draws_on=[house])
    with unit_of_work():
        db.session.add(Draw(slot_id=early, on_slot_id=house))
    wait(late, adult, "first@example.org")
    wait(early, adult, "second@example.org")
    assert waiting.offer_places(the_centre(), clock.now()) == 1
    assert offered() == ["first@example.org"]


def test_places_are_kept_for_somebody_in_line_no_longer_than_they_are_sold(app: Flask) -> None:
    slot, adult, _student = a_full_slot_with_room_for_one()
    ends = clock.now() + timedelta(hours=1)
    with unit_of_work():
        db.session.execute(update(Slot).values(closes_at=ends))
    wait(slot, adult, "late@example.org")
    assert waiting.offer_places(the_centre(), clock.now()) == 1
    assert list(db.session.scalars(select(Booking.held_until).where(Booking.state == State.HELD))) == [ends]
