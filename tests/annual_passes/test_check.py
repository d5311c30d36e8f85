"""What the nightly check finds amiss with annual passes, and what is forgotten of people."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, update

from booking.annual_passes import uses
from booking.annual_passes.forgetting import FORGETTINGS
from booking.annual_passes.issue import WantedPass, ordered
from booking.annual_passes.models import AnnualPass, PassOrder, PassUse
from booking.kernel import clock
from booking.kernel.database import Model, db, end_reading, unit_of_work
from booking.running.check import breaches
from tests.annual_passes.given import a_kind, a_pass, an_order
from tests.annual_passes.test_uses import held_on, today
from tests.builders import a_sale


def change(table: type[Model], **values: object) -> None:
    """Let all rows of a table be wrong."""
    with unit_of_work():
        db.session.execute(update(table).values(**values))


def test_the_nightly_check_names_a_pass_that_nobody_has_ordered(app: Flask) -> None:
    a_sale()
    bought = a_pass()
    with unit_of_work():
        db.session.execute(delete(PassOrder))
    assert breaches() == [f"annual passes pass that nobody has ordered, pass: {bought.id}"]


def test_the_nightly_check_names_open_bookings_that_are_not_there(app: Flask) -> None:
    a_sale()
    bought = a_pass()
    change(AnnualPass, open_bookings=1)
    assert breaches() == [f"annual passes open bookings unlike those that it has, pass: {bought.id}"]


def test_the_nightly_check_names_who_came_with_too_many(app: Flask) -> None:
    a_sale()
    bought = a_pass()
    held_on(today(), bought.code)
    change(PassUse, heads=2)
    assert [breach for breach in breaches() if "admits" in breach] == [
        "annual passes more came on it than it admits, use: 1"
    ]


def test_the_nightly_check_names_a_visit_that_began_no_time(app: Flask) -> None:
    a_sale()
    bought = a_pass()
    booking_id = held_on(today(), bought.code)
    with unit_of_work():
        uses.come_in(booking_id, today())
    change(AnnualPass, used_on=None)
    assert [breach for breach in breaches() if "begun" in breach] == [
        f"annual passes used, but its time has not begun, pass: {bought.id}"
    ]


def test_the_nightly_check_names_a_pass_that_was_taken_back_by_nobodys_word(app: Flask) -> None:
    a_sale()
    bought = a_pass()
    change(AnnualPass, withdrawn_at=clock.now())
    assert breaches() == [f"withdrawals pass taken back without a withdrawal, pass: {bought.id}"]


def test_who_a_pass_is_for_is_known_as_long_as_it_is_valid_and_forgotten_after(app: Flask) -> None:
    a_sale()
    kind = a_kind()
    bought = a_pass(kind, WantedPass(("Ola",), recipient_email="ola@example.org", giver="Kari", greeting="Til deg"))
    unpaid = an_order(kind)
    (entry,) = FORGETTINGS
    now = clock.now()
    end_reading()
    assert entry.forget_batch(now + timedelta(days=89)) == 0
    assert entry.forget_batch(now + timedelta(days=91)) == 1  # what was never paid
    assert entry.forget_batch(now + timedelta(days=365 + 89)) == 0
    assert entry.forget_batch(now + timedelta(days=365 + 91)) == 1
    for order_id in (bought.booking_id, unpaid):
        order = ordered(order_id)
        assert order is not None
        assert (list(order.names), order.recipient_email, order.giver, order.greeting) == ([], "", "", "")
    end_reading()
