"""Why did this fail? What is kept of a failure, what is left out of a flood, and what the staff read of it."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.bookings.queries import by_id
from booking.failures import keeping
from booking.failures.forgetting import FORGETTINGS, KEPT
from booking.failures.keeping import FailureAllowance, FailureKeeper
from booking.failures.models import FailedRequest
from booking.kernel import clock, origin
from booking.kernel.database import run
from booking.staff.models import Role
from booking.web import desk, teacher
from booking.web import visitor as visitors
from booking.web.admin.staff.failure_words import WITH_VALUES, why
from booking.web.failing import KEEPER
from booking.web.refusals import PLAIN, in_words
from tests.builders import a_confirmed_booking, a_hold, a_sale
from tests.web.browsing import WHO, Visitor, words
from tests.web.staffing import a_colleague


@pytest.fixture
def keeper(app: Flask) -> FailureKeeper:
    """Who takes failures in this process, with nothing in hand."""
    kept = app.extensions[KEEPER] = FailureKeeper(app)
    return kept


def refused(visitor: Visitor) -> tuple[str, int]:
    """Somebody is told that a time is full; the number on the screen, and the time."""
    _, slot, adult = a_sale(capacity=2)
    a_confirmed_booking(slot, adult, 2)
    answer = visitor.post("/en/tickets", {"slot": slot, f"q-{slot}-{adult}": 1})
    assert answer.status_code == 409
    return answer.headers["X-Request-Id"], slot


def asked(app: Flask, number: str, role: Role = Role.DESK) -> str:
    answer = a_colleague(app, role).get(f"/staff/failures?number={number}")
    assert answer.status_code == 200
    return words(answer)


def test_staff_read_why_and_of_which_time_from_the_first_signs_of_the_number(
    app: Flask, keeper: FailureKeeper, visitor: Visitor
) -> None:
    number, slot = refused(visitor)
    assert keeper.write() == 1
    page = asked(app, f"{number[:4].upper()}+{number[4:8]}")
    for words_there in ("There were not so many places left", "POST /<lang>/tickets", "409 Full", number):
        assert words_there in page
    assert run(select(FailedRequest.slot_id)).scalar_one() == slot


def test_a_failure_at_a_booking_shows_the_booking_its_payments_and_its_letters(
    app: Flask, keeper: FailureKeeper, visitor: Visitor
) -> None:
    _, slot, adult = a_sale()
    held = a_hold(slot, adult)
    visitor.post(f"/en/checkout/{held.secret}", WHO)
    answer = visitor.post(f"/en/b/{held.secret}/cancel")
    assert answer.status_code >= 400
    keeper.write()
    assert held.secret not in str(run(select(FailedRequest.__table__)).all())
    page = asked(app, answer.headers["X-Request-Id"])
    booking = by_id(held.booking_id)
    assert booking is not None
    for words_there in (booking.reference, "Payment under way", "Open"):
        assert words_there in page
    assert "Kari" not in page


def test_what_went_well_is_found_by_what_it_promised(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    with origin.asked_by("abcdef0123456789"):
        held = a_confirmed_booking(slot, adult)
    page = asked(app, "abcdef01")
    assert "Tickets" in page
    assert "Confirmed" in page
    assert held.secret not in page


def test_an_error_page_of_ours_can_be_asked_about_and_an_address_that_there_is_not_cannot(
    app: Flask, keeper: FailureKeeper, visitor: Visitor
) -> None:
    a_sale()
    visitor.get("/en/no-such-page")
    visitor.get("/metrics")
    assert keeper.write() == 0
    visitor.get("/en/b/NOSUCHBOOKINGNOSUCHBOOKING")
    assert keeper.write() == 1
    assert run(select(FailedRequest.cause)).scalar_one() == "NotFound"


@pytest.mark.parametrize("typed", ["short", "æøå-æøå-æøå", "a%2F..%2F..%2Fetc", "x" * 65])
def test_what_is_no_number_is_told_and_kept_in_the_field(app: Flask, typed: str) -> None:
    a_sale()
    answer = a_colleague(app).get(f"/staff/failures?number={typed}")
    assert answer.status_code == 422
    assert "first 8 characters" in words(answer)


def test_an_unknown_number_says_that_and_how_many_were_left_out(app: Flask, keeper: FailureKeeper) -> None:
    a_sale()
    assert "Nothing is known under this number" in asked(app, "0123456789")


def test_a_flood_is_cut_and_what_was_left_out_is_counted(
    app: Flask, keeper: FailureKeeper, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_sale()
    keeper.allowance = FailureAllowance(at_once=2, a_minute=0.0001)
    for _ in range(5):
        visitor.get("/en/b/NOSUCHBOOKINGNOSUCHBOOKING")
    assert keeper.write() == 2
    keeper.allowance = FailureAllowance()
    visitor.get("/en/b/NOSUCHBOOKINGNOSUCHBOOKING")
    keeper.write()
    assert list(run(select(FailedRequest.left_out).order_by(FailedRequest.id)).scalars()) == [3, 0, 0]
    assert "3 failures were not kept" in asked(app, "0123456789")


def test_an_allowance_fills_up_with_time() -> None:
    allowance = FailureAllowance(at_once=2, a_minute=60)
    begin = allowance.since
    assert [allowance.take(begin + seconds) for seconds in (0, 0, 0, 1, 1, 60, 60, 60)] == [
        True, True, False, True, False, True, True, False,
    ]  # fmt: skip


def test_a_database_that_takes_no_failures_changes_no_answer(
    app: Flask, keeper: FailureKeeper, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_what: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(keeping, "write", broken)
    refused(visitor)
    assert keeper.write() == 0
    assert keeper.left_out == 1


def test_it_is_forgotten_after_a_fortnight(app: Flask, keeper: FailureKeeper, visitor: Visitor) -> None:
    refused(visitor)
    keeper.write()
    (entry,) = FORGETTINGS
    assert entry.forget_batch(clock.now()) == 0
    assert entry.forget_batch(clock.now() + KEPT - timedelta(hours=1)) == 0
    assert entry.forget_batch(clock.now() + KEPT + timedelta(hours=1)) == 1


def test_whatever_visitors_schools_and_the_door_are_refused_has_words_for_the_staff(app: Flask) -> None:
    for room in (visitors, teacher, desk):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    rooms = ("booking.web.visitor", "booking.web.teacher", "booking.web.desk")
    told = {refusal.__name__ for refusal, write in in_words.registry.items() if write.__module__.startswith(rooms)}
    assert sorted(told - set(WITH_VALUES) - set(PLAIN)) == []
    with app.test_request_context("/en/"):
        assert why("RuntimeError from KeyError", 500) != why("SomethingOdd", 409)
