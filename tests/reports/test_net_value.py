"""Money given back, fees and dues against sums worked out by hand; and that everything adds up to the øre."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Update, select, update

from booking.agreements.models import Agreement, SchoolKind
from booking.agreements.payers import SchoolFacts
from booking.agreements.prices import Pays
from booking.bookings.models import Booking, Line, State
from booking.capacity.models import Channel
from booking.centre.facts import the_centre
from booking.courses.cancel import cancel as cancel_enrolment
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.kernel.money import spread
from booking.payments.give_back import give_back
from booking.payments.models import TILL, Payment, PaymentState
from booking.reports.all import REPORTS
from booking.reports.figures import ReportRequest, make
from booking.reports.net_value import worth
from booking.reports.period import Against, Period
from booking.sheets.sheet import Cell
from booking.visits.book import book_visit
from booking.visits.change import cancel_visit
from booking.visits.models import Visit
from tests.builders import a_centre, a_confirmed_booking, a_slot, a_ticket_type, an_activity, pay_for, tomorrow
from tests.courses.away import a_road, away
from tests.courses.enrolled import a_course, an_enrolment
from tests.reports.crowds import a_crowd
from tests.visits.booked import a_plan, a_school_centre, a_visit, an_order

UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context(), force_locale("en_GB"):
        yield


def a_year() -> Period:
    today = clock.now().date()
    return Period(today - timedelta(days=100), today + timedelta(days=200), UTC_ZONE)


def read(slug: str, period: Period | None = None) -> dict[Cell, list[Cell]]:
    sheet = make(REPORTS[slug], ReportRequest(period or a_year(), "nb"), Against.NOTHING)
    return {row[0]: list(row[1:]) for row in sheet.rows}


def pay(booking_id: int, amount: int, refunded: int = 0) -> None:
    now = clock.now()
    with unit_of_work():
        db.session.add(
            Payment(
                booking_id=booking_id, provider="demo", state=PaymentState.PAID, amount=amount, refunded=refunded,
                currency="NOK", idempotency_key=new_secret(), begun_at=now, expires_at=now, paid_at=now,
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("minor", "over", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (10_000, [21_000, 4_990], [8080, 1920]),  # 8080.03 and 1919.97
        (0, [5, 5], [0, 0]),
        (7, [0, 0], [0, 0]),
        (25_990, [21_000, 4_990], [21_000, 4_990]),
    ],
)
def test_an_amount_is_spread_in_proportion(minor: int, over: list[int], parts: list[int]) -> None:
    assert spread(minor, over) == parts


def test_what_staff_gave_back_is_off_revenue_and_off_the_vat_of_each_rate() -> None:
    """A ticket of 210.00 with 12 % and a poster of 49.90 with 25 % VAT; 100.00 goes back without a cancellation.

    In proportion 80.80 and 19.20. Left 129.20 and 30.70; VAT 129.20 x 12/112 = 13.84 and 30.70 x 25/125 = 6.14.
    """
    a_centre()
    entry, shop = an_activity(title="Inngang"), an_activity(title="Plakat")
    slot, other = a_slot(entry), a_slot(shop)
    adult, poster = a_ticket_type(entry, 21000, "Voksen"), a_ticket_type(shop, 4990, "Plakat", vat_rate=2500)
    held = a_confirmed_booking(slot, adult, 1)
    line = a_confirmed_booking(other, poster, 1)
    with unit_of_work():  # one booking of both
        db.session.execute(update_lines(line.booking_id, held.booking_id))
        db.session.execute(update(Booking).where(Booking.id == held.booking_id).values(total=25_990))
        db.session.execute(update(Booking).where(Booking.id == line.booking_id).values(state=State.EXPIRED))
    pay(held.booking_id, 25_990)
    assert read("vat") == {"12\xa0%": [1, 21_000, 18_750, 2_250], "25\xa0%": [1, 4_990, 3_992, 998]}
    with unit_of_work():
        assert give_back(held.booking_id, 10_000, "Strømmen gikk", new_secret(), "command")
    assert read("vat") == {"12\xa0%": [1, 12_920, 11_536, 1_384], "25\xa0%": [1, 3_070, 2_456, 614]}
    assert read("activities") == {"Inngang": [1, 1, 12_920], "Plakat": [1, 1, 3_070]}
    assert read("ticket-types") == {"Voksen": [1, 1, 12_920], "Plakat": [1, 1, 3_070]}
    assert read("channels")["Website"] == [1, 1, 15_990]
    assert read("given-back")["Website"] == [1, 10_000]
    money = read("money")
    assert money["Given back on visits that stand"] == [1, 10_000]
    assert money["Revenue: sold, less given back, with fees"] == [1, 15_990]
    assert money["Of these paid online and kept"] == [1, 15_990]
    assert money["Owed for visits in the period: Website"] == [0, 0]


def update_lines(of: int, to: int) -> Update:
    return update(Line).where(Line.booking_id == of).values(booking_id=to)


def test_a_change_paid_extra_and_a_late_cancellation_are_told_apart_from_what_was_given() -> None:
    """Two tickets of 210.00 each.

    One was changed to 300.00, the rest paid as a change: 30.00 back out of goodwill leaves 270.00.
    One was changed in the till: 210.00 online, 90.00 in the till. One was made cheaper too late: 200.00 of 210.00 kept
    for what costs 150.00. One was cancelled with half back: 105.00 kept. One is not paid.
    """
    a_centre()
    entry = an_activity()
    adult = a_ticket_type(entry, 21000)
    slot = a_slot(entry, capacity=50)
    paid, in_till, cheaper, cancelled, _unpaid = (a_confirmed_booking(slot, adult, 1).booking_id for _ in range(5))
    changes = [a_confirmed_booking(slot, adult, 1).booking_id for _ in range(2)]
    with unit_of_work():
        for booking_id, values in (
            (paid, {"total": 30_000}),
            (changes[0], {"total": 9_000, "changes_id": paid}),
            (in_till, {"total": 30_000}),
            (changes[1], {"total": 9_000, "changes_id": in_till, "till_receipt": "17"}),
            (cheaper, {"total": 15_000}),
            (cancelled, {"state": State.CANCELLED, "cancelled_at": clock.now()}),
        ):
            db.session.execute(update(Booking).where(Booking.id == booking_id).values(**values))
    for booking_id, amount, refunded in (
        (paid, 21_000, 0), (changes[0], 9_000, 3_000), (in_till, 21_000, 0), (cheaper, 21_000, 1_000),
        (cancelled, 21_000, 10_500),
    ):  # fmt: skip
        pay(booking_id, amount, refunded)
    pay_for(changes[1], 9_000, TILL)
    money = read("money")
    assert money["Sold, for visits in the period"] == [4, 30_000 + 30_000 + 15_000 + 21_000]
    assert money["Given back on visits that stand"] == [1, 3_000]
    assert money["Kept after late changes and cancellations"] == [2, 5_000 + 10_500]
    assert money["Of these paid online and kept"] == [4, 27_000 + 21_000 + 20_000 + 10_500]
    assert money["Of these paid in the centre's till"] == [1, 9_000]
    assert money["Owed for visits in the period: Website"] == [1, 21_000]
    assert money["Revenue: sold, less given back, with fees"][1] == 27_000 + 21_000 + 20_000 + 10_500 + 9_000 + 21_000


def test_each_payer_owes_its_part_and_schools_their_fees() -> None:
    """24 pupils and 2 adults: 24 x 110.00 = 2640.00, the adults free. The municipality pays half: 1320.00 each."""
    centre = a_school_centre()
    with unit_of_work():
        db.session.execute(update(Agreement).values(pays=Pays.SHARE, percent=50))
    a_visit(centre)
    late = a_visit(centre, "6B", email="ola@example.org")
    money = read("money")
    assert money["Owed by Bergen kommune"] == [2, 264_000]
    assert money["Owed by the schools themselves"] == [2, 264_000]
    assert money["Owed for visits in the period: School"] == [0, 0]
    arrives = db.session.scalars(select(Visit.arrives_at).where(Visit.booking_id == late.booking_id)).one()
    with unit_of_work():  # on the eve: half
        fee = cancel_visit(late.booking_id, centre=centre.facts, now=arrives - timedelta(days=1), actor="command")
    assert fee == 132_000
    money = read("money")
    assert money["Owed by Bergen kommune"] == money["Owed by the schools themselves"] == [1, 132_000]
    assert money["Owed by schools: cancellation fees"] == money["Cancellation fees of schools"] == [1, 132_000]
    assert money["Revenue: sold, less given back, with fees"] == [2, 264_000 + 132_000]


def test_each_school_that_owes_is_named_two_of_one_name_by_their_municipality() -> None:
    """24 pupils at 110.00, and nobody pays for them; one of three visits is given up late, for half."""
    centre = a_school_centre()
    with unit_of_work():
        db.session.execute(update(Agreement).values(active=False))
    bergen = SchoolFacts(None, "Sentralskolen", "", "Bergen", SchoolKind.SCHOOL, "", known=False)
    booked = []
    for school in (centre.school, bergen, replace(bergen, municipality="Øygarden")):
        order = replace(an_order(centre, a_plan(centre, "6A", programmes_wanted=1)), school=school)
        with unit_of_work():
            booked.append(book_visit(order, centre=centre.facts, now=clock.now()).booking_id)
    arrives = db.session.scalars(select(Visit.arrives_at).where(Visit.booking_id == booked[2])).one()
    with unit_of_work():
        cancel_visit(booked[2], centre=centre.facts, now=arrives - timedelta(days=1), actor="command")
    money = read("money")
    assert money["Owed by the schools themselves"] == [2, 528_000]
    assert money["Of these owed by Solbakken skole, Bergen"] == [1, 264_000]
    assert money["Of these owed by Sentralskolen, Bergen"] == [1, 264_000]
    assert money["Of these fees owed by Sentralskolen, Øygarden"] == [1, 132_000]
    assert "Of these owed by Sentralskolen, Øygarden" not in money


def test_courses_by_invoice_and_visits_to_schools_are_owed_by_payer() -> None:
    """950.00 a place. Solbakken: two places and, spelt otherwise, one: 2850.00. Fana: three places, 2850.00.

    Solbakken cancels one place in two days' time late: half, 475.00. A class of 24 is visited: 3500.00 and 100.00.
    """
    slot, soon = a_course(), a_course(starts_at=tomorrow(days=2))
    an_enrolment(slot, "Kari Nordmann", "Ola Nordmann")
    an_enrolment(slot, "Per Hansen", employer="SOLBAKKEN SKOLE")
    an_enrolment(slot, "Ada", "Bo", "Cis", employer="Fana skule", org_number="")
    late = an_enrolment(soon, "Liv Berg")
    with unit_of_work():
        assert cancel_enrolment(late.booking_id, centre=the_centre(), now=clock.now()) == 47_500
    away(a_road())
    money = read("money")
    assert money["Owed for courses by Solbakken skole"] == [3, 190_000 + 95_000 + 47_500]
    assert money["Owed for courses by Fana skule"] == [1, 285_000]
    assert money["Cancellation fees of courses, by invoice"] == [1, 47_500]
    assert money["Owed for visits in the period: School"] == [0, 0]
    assert money["Owed by the schools themselves"] == [1, 360_000]
    owed = sum(int(str(values[1])) for key, values in money.items() if str(key).startswith("Owed"))
    assert (
        money["Revenue: sold, less given back, with fees"][1] == owed == 190_000 + 95_000 + 285_000 + 47_500 + 360_000
    )


@pytest.mark.parametrize("seed", [3, 11])
def test_every_booking_adds_up_and_so_does_the_report(seed: int) -> None:
    a_crowd(seed)
    chance = random.Random(seed)
    ids = db.session.scalars(select(Booking.id).where(Booking.state == State.CONFIRMED)).all()
    with unit_of_work():
        for number in range(0, len(ids) - 1, 7):
            change = {"changes_id": ids[number], "till_receipt": chance.choice(["", "9"])}
            db.session.execute(update(Booking).where(Booking.id == ids[number + 1]).values(**change))
    period = Period(date(2026, 3, 1), date(2026, 4, 30), UTC_ZONE)
    rows = worth(period)
    visits = db.session.execute(select(rows)).all()
    assert len(visits) > 50
    for value in visits:
        total = value.total if value.state is State.CONFIRMED else 0
        assert total - value.given + value.beyond == value.kept + value.in_till + value.receivable
        assert min(value.given, value.beyond, value.kept, value.in_till, value.receivable) >= 0
    money = {key: int(str(values[1])) for key, values in read("money", period).items()}
    owed = sum(amount for key, amount in money.items() if str(key).startswith("Owed"))
    whole = money["Of these paid online and kept"] + money["Of these paid in the centre's till"] + owed
    assert money["Revenue: sold, less given back, with fees"] == whole
    assert {value.channel for value in visits} == set(Channel)
