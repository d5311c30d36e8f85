"""Schools that are typed by hand: many share a name, and each has its own visits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from booking.agreements.models import Allowance, School, SchoolKind
from booking.agreements.payers import SchoolFacts, write_school
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.visits import change, read
from booking.visits.book import book_visit
from tests.visits.booked import a_plan, a_school_centre, an_order

TYPED = SchoolFacts(None, "Sentralskolen", "", "Bergen", SchoolKind.SCHOOL, "", known=False)


def entered(*schools: SchoolFacts) -> list[int]:
    """Their ids, entered one after the other."""
    with unit_of_work():
        return [write_school(school) for school in schools]


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ({}, True),
        ({"name": "SENTRALSKOLEN", "municipality": "bergen "}, True),
        ({"municipality": "Øygarden"}, False),
        ({"municipality": ""}, False),
        ({"kind": SchoolKind.KINDERGARTEN}, False),
        ({"org_number": "974760673"}, True),
        ({"name": "Sentralskulen"}, False),
    ],
)
def test_one_name_is_one_school_where_the_municipality_agrees(
    app: Flask, other: dict[str, object], is_same: bool
) -> None:
    first, second = entered(TYPED, replace(TYPED, **other))  # type: ignore[arg-type]  # named
    assert (first == second) is is_same


@pytest.mark.parametrize(
    ("number", "municipality", "is_same"),
    [("974760673", "Øygarden", True), ("923609016", "Bergen", False), ("", "Bergen", True), ("", "Øygarden", False)],
)
def test_one_number_is_one_school_and_two_numbers_are_two(
    app: Flask, number: str, municipality: str, is_same: bool
) -> None:
    numbered = replace(TYPED, org_number="974760673")
    first, second = entered(numbered, replace(numbered, org_number=number, municipality=municipality))
    assert (first == second) is is_same


def test_the_class_of_a_school_elsewhere_has_its_own_visit_under_an_agreement(app: Flask) -> None:
    centre = a_school_centre(class_visits=1, municipality="")
    booked = []
    for municipality in ("Bergen", "Øygarden", "bergen"):
        school = replace(TYPED, municipality=municipality)
        order = replace(an_order(centre, a_plan(centre, "6A", programmes_wanted=1), code="BERGEN"), school=school)
        with unit_of_work():
            booked.append(book_visit(order, centre=centre.facts, now=clock.now()).booking_id)
    paid = [read.of_booking(booking_id, "NOK") for booking_id in booked]
    assert [visit.by_payer()[0][0] for visit in paid if visit] == ["Bergen kommune", "Bergen kommune", ""]
    assert len(db.session.scalars(select(School).where(School.known.is_(False))).all()) == 2


def test_a_number_that_is_entered_later_gives_a_class_its_visit_back_all_the_same(app: Flask) -> None:
    centre = a_school_centre(class_visits=1, municipality="")
    order = replace(an_order(centre, a_plan(centre, "6A"), code="BERGEN"), school=TYPED)
    with unit_of_work():
        booking_id = book_visit(order, centre=centre.facts, now=clock.now()).booking_id
    with unit_of_work():
        db.session.scalars(select(School).where(School.known.is_(False))).one().org_number = "923609016"
    with unit_of_work():
        change.cancel_visit(booking_id, centre=centre.facts, now=clock.now())
    assert set(db.session.scalars(select(Allowance.visits))) == {0}
