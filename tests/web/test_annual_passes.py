"""Annual passes on the public pages: bought by the ordinary checkout, shown by their own link, withdrawn from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from booking.annual_passes.models import AnnualPass, BlockReason, PassFor
from booking.capacity.models import Slot
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.staff.models import Role
from tests.annual_passes.given import a_kind, a_pass, pass_of_order
from tests.builders import a_sale, a_ticket_type
from tests.web.browsing import Visitor, path_of, typed, words
from tests.web.test_desk import signed_in

ORDER = {"names": "Kari Nordmann"}


def test_a_house_that_sells_none_has_no_such_page(app: Flask, visitor: Visitor) -> None:
    a_sale()
    assert visitor.get("/nb/annual-passes").status_code == 404
    assert "annual-passes" not in visitor.get("/nb/").get_data(as_text=True)


def buy(visitor: Visitor, **order: str) -> str:
    """Buy a pass in English; the path of the booking's page."""
    checkout = visitor.post("/en/annual-passes", ORDER | order).location
    till = path_of(visitor.pay(checkout).location)
    booking = path_of(visitor.post(till, {"play": "pay"}).location)
    assert visitor.get(booking).status_code == 200
    return booking


def the_pass() -> AnnualPass:
    """The only one that there is."""
    end_reading()
    order_id = db.session.query(AnnualPass.booking_id).scalar()
    return pass_of_order(int(order_id))


def test_a_pass_is_bought_by_the_ordinary_checkout_and_has_a_page_of_its_own(app: Flask, visitor: Visitor) -> None:
    a_sale()
    kind = a_kind(PassFor.HOUSEHOLD, price=99_000)
    assert "annual-passes" in visitor.get("/en/").get_data(as_text=True)
    checkout = visitor.post(
        "/en/annual-passes", {"kind": str(kind), "names": "Kari Nordmann\nOla Nordmann", "children": "2"}
    ).location
    page = words(visitor.get(checkout))
    assert "Kari Nordmann, Ola Nordmann and 2 children up to 15 years" in page
    till = path_of(visitor.pay(checkout).location)
    booking = path_of(visitor.post(till, {"play": "pay"}).location)
    bought = visitor.get(booking)
    assert "The annual pass is paid." in words(bought)
    own = f"/en/pass/{the_pass().secret}"
    assert own in bought.get_data(as_text=True)
    assert the_pass().code in words(visitor.get(own))
    assert visitor.get(f"{own}/pass.pdf").data.startswith(b"%PDF")
    assert "Annual pass" in words(visitor.get(f"{booking}/receipts"))
    assert visitor.get(f"{booking}/receipt.pdf").status_code == 200
    for nothing in ("tickets.pdf", "calendar.ics", "cancel", "change"):
        assert visitor.get(f"{booking}/{nothing}").status_code == 404


def test_who_gives_a_pass_does_not_get_the_way_into_it(app: Flask, visitor: Visitor) -> None:
    a_sale()
    kind = a_kind()
    booking = buy(visitor, kind=str(kind), recipient_email="ola@example.org", giver="Kari", greeting="Til deg!")
    page = visitor.get(booking)
    assert "It is on its way to ola@example.org" in words(page)
    assert the_pass().secret not in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("kind", ""), ("kind", "x"), ("names", ""), ("names", "y" * 81), ("names", "se www.example.org"),
        ("names", "A\nB"), ("children", "mange"), ("children", "-1"), ("recipient_email", "ola"),
        ("greeting", "x" * 501), ("giver", "www.example.org"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_its_field_and_kept(app: Flask, visitor: Visitor, field: str, text: str) -> None:
    a_sale()
    a_kind(PassFor.HOUSEHOLD)
    kind = a_kind()
    answer = visitor.post("/en/annual-passes", {"kind": str(kind), "names": "Kari", "giver": "Ola"} | {field: text})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert typed(answer, "giver") == (text if field == "giver" else "Ola")


def test_a_kind_that_is_gone_meanwhile_is_told(app: Flask, visitor: Visitor) -> None:
    a_sale()
    a_kind()
    answer = visitor.post("/en/annual-passes", ORDER | {"kind": "99999"})
    assert answer.status_code == 409
    assert "not sold any more" in words(answer)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"blocked_at": "now", "block_reason": BlockReason.LOST}, "This annual pass is blocked."),
        ({"withdrawn_at": "now"}, "has withdrawn from the purchase"),
        ({"first_day": -400, "begins_by": -400, "last_day": -35}, "This pass ended on"),
        ({"first_day": 5, "begins_by": 5}, "It is valid from"),
        ({"waits_until": 5}, "takes no bookings before"),
    ],
)
def test_the_page_of_a_pass_says_how_it_stands(
    app: Flask, visitor: Visitor, values: dict[str, object], told: str
) -> None:
    a_sale()
    bought = a_pass()
    now, today = clock.now(), the_centre().local(clock.now()).date()
    end_reading()
    real = {
        name: now if value == "now" else today + timedelta(days=value) if isinstance(value, int) else value
        for name, value in values.items()
    }
    with unit_of_work():
        db.session.execute(update(AnnualPass).values(**real))
    assert told in words(visitor.get(f"/en/pass/{bought.secret}"))


def test_no_pass_opens_by_a_wrong_link(app: Flask, visitor: Visitor) -> None:
    a_sale()
    a_pass()
    assert [visitor.get(f"/en/pass/{secret}").status_code for secret in ("0" * 26, "x", "%00")] == [404, 404, 404]


def test_a_pass_is_withdrawn_from_in_two_clicks_and_what_was_used_is_counted(app: Flask, visitor: Visitor) -> None:
    a_sale()
    kind = a_kind(price=36_500)
    booking = buy(visitor, kind=str(kind))
    today = the_centre().local(clock.now()).date()
    end_reading()
    with unit_of_work():
        db.session.execute(update(AnnualPass).values(used_on=today))
    form = visitor.get(f"{booking}/withdraw")
    assert "Annual pass" in words(form)
    who = {"name": "Kari Nordmann", "email": "kari@example.org", "shown": "36400"}
    assert visitor.post(f"{booking}/withdraw", who).status_code == 303
    assert the_pass().withdrawn_at is not None
    assert "Annual pass" in words(visitor.get(booking))
    assert "has withdrawn from the purchase" in words(visitor.get(f"/en/pass/{the_pass().secret}"))


def test_entry_is_booked_with_a_pass_in_the_ordinary_checkout(app: Flask, visitor: Visitor) -> None:
    _centre, slot, _adult = a_sale()
    activity = db.session.get_one(Slot, slot).activity_id
    end_reading()
    kind = a_ticket_type(activity or 0, 0, "Årskort", of_passes=True)
    bought = a_pass()
    checkout = visitor.checkout(slot, kind, 1, "en")
    assert "Code of your annual pass" in words(visitor.get(checkout))
    missing = visitor.pay(checkout, shown="0")
    assert missing.status_code in (409, 422)
    wrong = visitor.pay(checkout, shown="0", **{f"n-{kind}": "nonsense"})
    assert wrong.status_code == 422
    assert "no annual pass with this code" in words(wrong)
    assert typed(wrong, f"n-{kind}") == "nonsense"
    assert visitor.pay(checkout, shown="0", **{f"n-{kind}": bought.code.lower()}).status_code == 303
    assert pass_of_order(bought.booking_id).open_bookings == 1
    assert bought.code not in visitor.get(f"/en/b/{checkout.rpartition('/')[2]}").get_data(as_text=True)


def test_staff_set_up_a_kind_and_buyers_see_it(app: Flask, visitor: Visitor) -> None:
    a_sale()
    staff = signed_in(visitor, Role.ADMIN)
    assert staff.get("/staff/pass-kinds").status_code == 200
    assert staff.get("/staff/pass-kinds/new").status_code == 200
    form = {
        "title-nb": "Årskort familie", "whom": "household", "adults": "2", "children": "3", "child_age": "15",
        "price": "990", "vat_rate": "12", "months": "12", "begins": "purchase", "most_open": "3", "no_shows": "2",
        "no_show_days": "14", "active": "y", "sort": "0",
    }  # fmt: skip
    free = staff.post("/staff/pass-kinds/new", form | {"price": "0"})
    assert free.status_code == 422
    made = staff.post("/staff/pass-kinds/new", form)
    assert made.status_code == 303, words(made)
    page = words(visitor.get("/nb/annual-passes"))
    assert "Årskort familie, 990 kr" in page.replace("\N{NO-BREAK SPACE}", " ")
