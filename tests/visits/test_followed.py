"""Booking a class can be followed and is short: few functions, few statements while others wait, each thing read once.

What was read before it had its turn decides nothing that may have changed since.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from booking.agreements.models import Agreement, Allowance, SchoolRules
from booking.agreements.payers import AllowanceUsed
from booking.bookings.models import Booking
from booking.bookings.refusals import Unknown
from booking.catalogue.models import Activity
from booking.centre.facts import the_centre
from booking.centre.models import DayException
from booking.kernel import clock, database
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outreach import book as outreach
from booking.outreach.models import Outreach, Travel
from booking.outreach.rules import NotThen
from booking.programmes.models import PriceBy, Programme
from booking.running.check import breaches
from booking.visits.book import book_visit, ready_for
from booking.visits.orders import BillChanged
from tests.courses.away import Road, a_road, bergen_pays
from tests.courses.away import an_order as an_order_to_come
from tests.visits.booked import Centre, a_plan, a_school_centre, a_visit, an_order
from tests.web.browsing import Visitor, path_of
from tests.web.test_teachers import WHO, chosen

WHOLE = 24 * 11000


@dataclass
class Followed:
    """What was run while the unit of work had its turn, what outside it, and by which of our functions."""

    inside: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)


@contextmanager
def followed() -> Iterator[Followed]:
    """Note every statement, and who stands on the stack above it; the kernel and the web's own layers aside."""
    seen = Followed()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("BEGIN", "PRAGMA")):
            return
        has_turn = database._writing.get()
        (seen.inside if has_turn else seen.outside).append(statement)
        frame = sys._getframe() if has_turn or "ready_for" in _names() else None
        while frame is not None:
            code = frame.f_code
            room = code.co_filename.rpartition("/booking/")[2]
            ours = "/booking/" in code.co_filename and not room.startswith(("kernel/", "web/"))
            if (ours and not code.co_name.startswith("<")) or room == "web/teacher/book.py":
                seen.functions.add(f"{room}:{code.co_qualname}")
            frame = frame.f_back

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _names() -> set[str]:
    frame, names = sys._getframe(), set()
    while frame.f_back is not None:
        frame = frame.f_back
        names.add(frame.f_code.co_name)
    return names


def tables_read(statements: list[str]) -> list[str]:
    """The first table of each SELECT."""
    return [
        statement.split("FROM ", 1)[1].split()[0]
        for statement in statements
        if statement.startswith("SELECT") and "FROM " in statement
    ]


def test_an_ordinary_class_is_booked_from_the_form_in_twenty_statements_and_thirty_functions(
    app: Flask, client: FlaskClient
) -> None:
    centre, teacher = a_school_centre(), Visitor(client)
    fields = chosen(teacher, centre, classes=1) | WHO | {"step": "book"}
    db.session.rollback()
    with followed() as seen:
        answer = teacher.post("/en/school/visit", fields)
    assert answer.status_code == 303, path_of(answer.location or "")
    assert db.session.scalars(select(Booking.people)).one() == 26
    assert len(seen.inside) <= 20, "\n".join(seen.inside)
    assert len(seen.functions) < 30, "\n".join(sorted(seen.functions))
    assert breaches() == []


@pytest.mark.parametrize("holder", ["", "a" * 32])
@pytest.mark.parametrize("agreed", [{}, {"most_visits": 9, "class_visits": 3}])
def test_a_class_waits_for_nothing_that_is_read_twice(app: Flask, holder: str, agreed: dict[str, int]) -> None:
    centre = a_school_centre(**agreed)
    order = an_order(centre, a_plan(centre, "6A"), holder=holder, seen={centre.agreement: WHOLE})
    with followed() as seen:
        ready = ready_for(order, centre.facts, clock.now())
        with unit_of_work():
            book_visit(order, centre=centre.facts, now=clock.now(), ready=ready)
    assert len(seen.inside) <= 20 + bool(agreed), "\n".join(seen.inside)  # the second row of its allowance
    # The rules and the price list are of one row; of visits it is read who the sender is, and what they have ahead.
    apart = ("school_rules", "slot", "visit")
    read = [table for table in tables_read([*seen.outside, *seen.inside]) if table not in apart]
    assert len(read) == len(set(read)), read
    assert breaches() == []


def test_a_second_class_costs_one_statement_more_at_most(app: Flask) -> None:
    centre, counted = a_school_centre(), []
    for names in (("6A",), ("6B", "6C")):
        order = an_order(centre, a_plan(centre, *names))
        ready = ready_for(order, centre.facts, clock.now())
        with followed() as seen, unit_of_work():
            book_visit(order, centre=centre.facts, now=clock.now(), ready=ready)
        counted.append(len(seen.inside))
    assert counted[1] <= counted[0] + 1, counted  # SQLite says the ids of several rows one by one


@pytest.fixture
def centre(app: Flask) -> Centre:
    return a_school_centre(most_visits=1)


def dearer(_centre: Centre) -> None:
    db.session.scalars(select(SchoolRules)).one().pupil_price = 12000


def own_price(centre: Centre) -> None:
    programme = db.session.get_one(Programme, centre.bridges)
    programme.price_by, programme.price = PriceBy.PERSON, 20000


def stopped(centre: Centre) -> None:
    db.session.get_one(Agreement, centre.agreement).active = False


@pytest.mark.parametrize("meanwhile", [dearer, own_price, stopped])
def test_what_has_changed_since_the_booking_was_prepared_is_another_bill(
    centre: Centre, meanwhile: Callable[[Centre], None]
) -> None:
    order = an_order(centre, a_plan(centre, "6A"), seen={centre.agreement: WHOLE})
    ready = ready_for(order, centre.facts, clock.now())
    with unit_of_work():
        meanwhile(centre)
    with pytest.raises(BillChanged), unit_of_work():
        book_visit(order, centre=centre.facts, now=clock.now(), ready=ready)
    assert db.session.scalars(select(Booking)).all() == []


def test_an_allowance_that_somebody_else_had_first_is_another_bill(centre: Centre) -> None:
    order = an_order(centre, a_plan(centre, "6A", programmes_wanted=1), seen={centre.agreement: WHOLE})
    ready = ready_for(order, centre.facts, clock.now())
    a_visit(centre, "7A")
    with pytest.raises((BillChanged, AllowanceUsed)), unit_of_work():
        book_visit(order, centre=centre.facts, now=clock.now(), ready=ready)
    assert db.session.scalars(select(Allowance.visits)).all() == [1]
    assert breaches() == []


@pytest.mark.parametrize("holder", ["", "a" * 32])
@pytest.mark.parametrize("agreed", [None, {}, {"most_visits": 9, "class_visits": 3}])
def test_a_visit_to_a_school_is_as_short_and_reads_nothing_twice_either(
    app: Flask, holder: str, agreed: dict[str, int] | None
) -> None:
    road = a_road()
    if agreed is not None:
        bergen_pays(**agreed)
    order, centre = replace(an_order_to_come(road), holder=holder), the_centre()
    with followed() as seen:
        ready = outreach.ready_for(order, centre, clock.now())
        with unit_of_work():
            outreach.book(order, centre=centre, now=clock.now(), ready=ready)
    # A school that is typed for the first time is looked for and entered; what is left of an agreement has two rows.
    more = 1 if agreed is None else 2 * bool(agreed)
    assert len(seen.inside) <= 20 + more, "\n".join(seen.inside)
    reads = [statement for statement in [*seen.outside, *seen.inside] if statement.startswith("SELECT")]
    for table in ("FROM agreement", "FROM allowance", "FROM school_rules", "FROM school ", "FROM booking"):
        assert sum(table in statement for statement in reads) <= 1, table
    assert breaches() == []


def a_dearer_programme(_road: Road) -> None:
    db.session.scalars(select(Outreach)).one().price = 360000


def a_dearer_way(_road: Road) -> None:
    db.session.scalars(select(Travel)).one().fee = 20000


def a_closing_day(road: Road) -> None:
    db.session.add(DayException(on_date=road.at_ten.date(), opens=None, closes=None, reason={"en": "Moving"}))


def held_no_more(road: Road) -> None:
    db.session.get_one(Activity, road.activity).active = False


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [(a_dearer_programme, BillChanged), (a_dearer_way, BillChanged), (a_closing_day, NotThen), (held_no_more, Unknown)],
)
def test_what_has_changed_since_a_visit_to_a_school_was_prepared_is_not_booked_as_it_was(
    app: Flask, meanwhile: Callable[[Road], None], why: type[Refusal]
) -> None:
    road, centre = a_road(), the_centre()
    order = an_order_to_come(road)
    ready = outreach.ready_for(order, centre, clock.now())
    with unit_of_work():
        meanwhile(road)
    with pytest.raises(why), unit_of_work():
        outreach.book(order, centre=centre, now=clock.now(), ready=ready)
    assert db.session.scalars(select(Booking)).all() == []
