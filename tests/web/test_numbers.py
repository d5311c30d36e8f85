"""Tickets that ask for a number, such as an annual pass: at the checkout, in a change, at the door, and its end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from booking.bookings.basket import Pick
from booking.bookings.change import Changed, change
from booking.bookings.forgetting import CONTACT_KEPT
from booking.bookings.models import Booking
from booking.bookings.numbers import fits
from booking.bookings.refusals import NeedsNumber
from booking.capacity.models import Slot
from booking.catalogue.models import TicketType
from booking.centre.facts import the_centre
from booking.door.read import party
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.forgetting import forget_all
from booking.staff.models import Role
from tests.builders import a_confirmed_booking, a_sale, a_ticket_type, in_all, paid_for, tomorrow
from tests.door.doors import party_code, scan
from tests.web.browsing import Visitor, path_of, words
from tests.web.test_admin_rooms import ticket_form
from tests.web.test_desk import signed_in

WHO: dict[str, int | str] = {"name": "Kari Nordmann", "email": "kari@example.org", "terms": "y"}


def a_pass(slot: int, shape: str = "VV-###") -> int:
    """A free ticket type that asks for the number of an annual pass."""
    activity = db.session.get_one(Slot, slot).activity_id
    assert activity is not None
    more = {"asks_number": True, "number_name": in_all("Kortnummer"), "number_shape": shape}
    return a_ticket_type(activity, 0, "Årskort", **more)


def numbers_of(booking_id: int) -> list[str]:
    db.session.rollback()
    return [number for _name, number in party(booking_id).numbers]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("shape", "typed", "right"),
    [
        ("", "anything 1", True),
        ("", "x" * 41, False),
        ("", "", False),
        ("VV-##", "vv-12", True),
        ("VV-##", "VV-1", False),
        ("@@##", "Æb12", True),
        ("@#", "1a", False),
        ("#.#", "1x2", False),
    ],
)
def test_a_number_looks_as_it_should(shape: str, typed: str, right: bool) -> None:
    assert fits(shape, typed) is right


def test_the_checkout_asks_for_the_numbers_and_refuses_without(app: Flask, visitor: Visitor) -> None:
    _, slot, _adult = a_sale()
    kind = a_pass(slot)
    basket = visitor.hold(slot, kind, 2).location
    field = f"n-{kind}"
    page = visitor.get(basket)
    assert "Kortnummer" in words(page)
    assert f'name="{field}"' in page.get_data(as_text=True)
    for typed, says in [
        ("", "komma mellom"),
        ("VV-100", "komma mellom"),
        ("VV-100, VV-100", "komma mellom"),
        ("VV-100, 7", "ser ikke ut som"),
    ]:
        answer = visitor.post(basket, WHO | {field: typed})
        assert (answer.status_code, says in words(answer)) == (422, True), typed
        assert f'value="{typed}"' in answer.get_data(as_text=True)
    answer = visitor.post(basket, WHO | {field: "VV-100, vv-200"})
    assert answer.status_code == 303
    assert "/b/" in answer.location
    assert numbers_of(db.session.query(Booking.id).scalar()) == ["VV-100", "vv-200"]


def test_the_door_and_the_staff_see_the_numbers(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    kind = a_pass(slot)
    held = a_confirmed_booking(slot, adult, 1)
    with unit_of_work():
        done = change(
            held.booking_id, [Pick(slot, kind, 1)], centre=the_centre(), now=clock.now(), numbers={kind: ["VV-321"]}
        )
    assert isinstance(done, Changed)
    signed_in(visitor, Role.DESK)
    assert "VV-321" in words(visitor.get(f"/staff/desk/booking/{held.booking_id}"))
    scanned = scan(party_code(held.booking_id)).party
    assert scanned is not None
    assert [number for _name, number in scanned.numbers] == ["VV-321"]


def test_paid_tickets_do_not_become_passes_without_numbers(app: Flask, visitor: Visitor, now: datetime) -> None:
    _, slot, adult = a_sale()
    kind = a_pass(slot)
    held = paid_for(a_confirmed_booking(slot, adult, 2))
    page = f"/nb/b/{held.secret}/change"
    wish: dict[str, int | str] = {"slot": slot, f"q-{slot}-{adult}": 1, f"q-{slot}-{kind}": 1}
    assert f'name="n-{kind}"' not in visitor.get(page).get_data(as_text=True)
    answer = visitor.post(page, wish)
    assert answer.status_code == 422
    assert "Kortnummer" in words(answer)
    asks = visitor.post(page, wish | {f"n-{kind}": "VV-777"})
    assert asks.status_code == 200
    assert f'name="n-{kind}" value="VV-777"' in asks.get_data(as_text=True)
    assert visitor.post(page, wish | {f"n-{kind}": "VV-777", "shown": 21000}).status_code == 303
    assert numbers_of(held.booking_id) == ["VV-777"]
    with unit_of_work():
        change(held.booking_id, [Pick(slot, adult, 1)], centre=the_centre(), now=now)
    assert numbers_of(held.booking_id) == []


def test_what_is_paid_for_later_has_its_numbers_when_it_is(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    kind = a_pass(slot)
    held = paid_for(a_confirmed_booking(slot, adult, 1))
    wish: dict[str, int | str] = {"slot": slot, f"q-{slot}-{adult}": 2, f"q-{slot}-{kind}": 1}
    answer = visitor.post(f"/nb/b/{held.secret}/change", wish | {f"n-{kind}": "VV-777"})
    assert numbers_of(held.booking_id) == []
    till = visitor.pay(answer.location).location
    visitor.get(path_of(visitor.post(path_of(till), {"play": "pay"}).location))
    assert numbers_of(held.booking_id) == ["VV-777"]


def test_staff_who_see_the_card_are_not_asked(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale()
    kind = a_pass(slot)
    held = a_confirmed_booking(slot, adult, 1)
    with pytest.raises(NeedsNumber), unit_of_work():
        change(held.booking_id, [Pick(slot, kind, 1)], centre=the_centre(), now=now)
    with unit_of_work():
        change(held.booking_id, [Pick(slot, kind, 1)], centre=the_centre(), now=now, actor="account:1")


def test_a_number_is_forgotten_with_the_contact(app: Flask) -> None:
    _, slot, adult = a_sale()
    kind = a_pass(slot)
    held = a_confirmed_booking(slot, adult, 1)
    with unit_of_work():
        db.session.execute(update(Booking).values(numbers={str(kind): ["VV-1"]}))
    forget_all(tomorrow() + CONTACT_KEPT + timedelta(days=2))
    db.session.rollback()
    assert db.session.get_one(Booking, held.booking_id).numbers == {}


def test_what_asks_for_a_number_says_what_it_is_called(app: Flask, visitor: Visitor) -> None:
    _, slot, _adult = a_sale()
    kind = a_pass(slot)
    signed_in(visitor, Role.ADMIN)
    page = visitor.get(f"/staff/tickets/{kind}")
    assert "VV-###" in page.get_data(as_text=True)
    assert db.session.get_one(TicketType, kind).asks_number


def test_no_comma_is_part_of_how_a_number_looks_since_buyers_write_commas_between(app: Flask, visitor: Visitor) -> None:
    a_sale()
    signed_in(visitor, Role.ADMIN)
    asks = {"asks_number": "y", "number_name-nb": "Kortnummer", "price": "0"}
    refused = visitor.post("/staff/tickets/new", ticket_form(number_shape="##,##", **asks))
    assert (refused.status_code, "Leave out commas" in words(refused)) == (422, True)
    assert visitor.post("/staff/tickets/new", ticket_form(number_shape="##.##", **asks)).status_code == 303
