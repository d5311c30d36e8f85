"""Agreements pay for programmes at the school: who owes what, and the allowance is taken, moved and given back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.agreements.models import Allowance
from booking.agreements.payers import AllowanceUsed, CodeUnknown
from booking.agreements.prices import Because, Pays
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outreach.book import book
from booking.outreach.change import change
from booking.running.check import breaches
from booking.visits.change import cancel_visit
from booking.visits.orders import BillChanged
from booking.visits.read import VisitFacts, of_booking
from tests.courses.away import Road, a_road, an_order, away, bergen_pays

WHOLE = 360000  # the programme and the way


def visit_of(booking_id: int) -> VisitFacts:
    db.session.rollback()
    visit = of_booking(booking_id, "NOK")
    assert visit is not None
    return visit


def owed(booking_id: int) -> dict[str, int]:
    return dict(visit_of(booking_id).by_payer())


def taken() -> list[tuple[int, int]]:
    """Visits and pupils of the agreement, by school year."""
    db.session.rollback()
    rows = db.session.scalars(select(Allowance).where(Allowance.holder == "").order_by(Allowance.year))
    return [(row.visits, row.pupils) for row in rows if row.visits or row.pupils]


def let_be(booking_id: int, road: Road, days: int, pupils: int) -> None:
    """So many days later, so many pupils."""
    with unit_of_work():
        starts_at = road.at_ten + timedelta(days=days)
        change(booking_id, starts_at, pupils, 2, centre=the_centre(), now=clock.now())


def test_the_agreement_pays_for_the_programme_and_the_way(app: Flask) -> None:
    road = a_road()
    bergen_pays(most_visits=5, class_visits=1)
    assert owed(away(road).booking_id) == {"Bergen kommune": WHOLE}
    assert taken() == [(1, 24)]
    assert breaches() == []


@pytest.mark.parametrize(
    ("pays", "more", "paid"),
    [
        (Pays.SHARE, {"percent": 25}, 90000),
        (Pays.PER_PUPIL, {"each": 5000}, 120000),
        (Pays.PER_GROUP, {"each": 200000}, 200000),
    ],
)
def test_what_the_agreement_does_not_pay_the_school_does(
    app: Flask, pays: Pays, more: dict[str, int], paid: int
) -> None:
    road = a_road()
    bergen_pays(pays=pays, **more)
    assert owed(away(road).booking_id) == {"Bergen kommune": paid, "": WHOLE - paid}
    assert breaches() == []


@pytest.mark.parametrize(
    ("agreed", "because"),
    [
        ({"kinds": ["programme"]}, Because.OTHER_KIND),
        ({"grade_from": 6, "grade_to": 7}, Because.OTHER_GRADE),
        ({"municipality": "Askøy"}, Because.NO_AGREEMENT),
        ({"most_visits": 0}, Because.USED_UP),
    ],
)
def test_an_agreement_for_something_else_pays_nothing_and_the_school_is_told_why(
    app: Flask, agreed: dict[str, object], because: Because
) -> None:
    road = a_road()
    bergen_pays(**agreed)
    visit = visit_of(away(road).booking_id)
    assert (visit.by_payer(), visit.dues[0].due.because) == ([("", WHOLE)], because)
    assert taken() == []


def test_a_code_finds_the_agreement_and_a_wrong_one_is_refused(app: Flask) -> None:
    road = a_road(educators=2)
    bergen_pays(municipality="")
    assert owed(away(road).booking_id) == {"": WHOLE}
    coded = replace(an_order(road), code="bergen", starts_at=road.at_ten + timedelta(days=1))
    with unit_of_work():
        done = book(coded, centre=the_centre(), now=clock.now())
    assert owed(done.booking_id) == {"Bergen kommune": WHOLE}
    with pytest.raises(CodeUnknown), unit_of_work():
        book(replace(coded, code="NO-SUCH"), centre=the_centre(), now=clock.now())


def test_changed_or_moved_the_payer_stays_and_the_allowance_follows(app: Flask) -> None:
    road = a_road()
    bergen_pays(most_visits=1, most_pupils=28, class_visits=1)
    done = away(road)
    let_be(done.booking_id, road, 0, 28)
    assert (taken(), owed(done.booking_id)) == ([(1, 28)], {"Bergen kommune": WHOLE})
    let_be(done.booking_id, road, 1, 20)
    assert (taken(), owed(done.booking_id)) == ([(1, 20)], {"Bergen kommune": WHOLE})
    let_be(done.booking_id, road, 364, 20)
    assert (taken(), owed(done.booking_id)) == ([(1, 20)], {"Bergen kommune": WHOLE})
    assert breaches() == []


def test_cancelled_everything_is_left_again(app: Flask) -> None:
    road = a_road()
    bergen_pays(most_visits=1)
    done = away(road)
    with unit_of_work():
        cancel_visit(done.booking_id, centre=the_centre(), now=clock.now())
    assert (taken(), breaches()) == ([], [])
    assert owed(away(road).booking_id) == {"Bergen kommune": WHOLE}


def test_a_bill_that_nobody_has_seen_is_not_booked(app: Flask) -> None:
    road = a_road()
    bergen_pays()
    with pytest.raises(BillChanged), unit_of_work():
        book(replace(an_order(road), seen={None: WHOLE}), centre=the_centre(), now=clock.now())
    assert taken() == []


def test_the_last_visit_of_an_agreement_is_paid_for_once(app: Flask) -> None:
    road = a_road(educators=None)
    agreement = bergen_pays(most_visits=1)

    def go(n: int) -> str:
        with app.app_context():
            order = replace(an_order(road, road.at_ten + timedelta(days=n)), seen={agreement: WHOLE})
            try:
                with unit_of_work():
                    book(order, centre=the_centre(), now=clock.now())
            except (AllowanceUsed, BillChanged):
                return "somebody was faster"
            finally:
                db.session.remove()
            return "booked"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(go, range(4)))
    assert answers.count("booked") == 1, answers
    assert (taken(), breaches()) == ([(1, 24)], [])
