"""Nobody is kept longer than promised: 95 days after the last visit no column of any table holds what people typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Text, cast, func, or_, select, update

from booking.bookings.details import Details
from booking.bookings.models import Booking, State
from booking.kernel import clock
from booking.kernel.database import Model, db, unit_of_work
from booking.kernel.forgetting import Forgetting, Remove
from booking.machines.last_runs import last_purge, last_runs
from booking.payments import pay
from booking.payments.forgetting import of_baskets
from booking.payments.models import Payment, PaymentState
from booking.payments.providers import tills
from booking.running import forgetting, upkeep
from booking.running.check import breaches
from booking.running.worker import Worker, run_once
from booking.visits.forgetting import is_request
from tests.builders import a_centre, a_confirmed_booking, a_hold, a_slot, a_ticket_type, an_activity, tomorrow
from tests.kept_texts import texts_of
from tests.long_past import DIGITS, MARK, WHO, courses, outreach, schools, tickets
from tests.support.forgetting import forget


def left(*allowed: str) -> list[str]:
    """Where the marks still stand: columns of every table, and letters kept as files."""
    db.session.rollback()
    standing = []
    for table in Model.metadata.sorted_tables:
        for column in texts_of(table.name):
            words = func.lower(cast(table.c[column], Text))
            marked = or_(words.contains(MARK.lower()), words.contains(DIGITS))
            if db.session.scalar(select(func.count()).select_from(table).where(marked)):
                standing.append(f"{table.name}.{column}")
    standing += [str(file) for file in Path(tills.settings.instance_dir).rglob("*.eml")]
    return sorted(set(standing) - set(allowed))


# What stays, and why: a school or an employer that owes is accounting, and words about a visit stay for two years.
STAYS: dict[Callable[[Flask], datetime], tuple[str, ...]] = {
    tickets: (),
    schools: ("feedback.words", "school.name", "school.search"),
    courses: ("enrolment.employer",),
    outreach: ("school.name", "school.search"),
}


@pytest.mark.parametrize("past", STAYS, ids=lambda past: past.__name__)
def test_95_days_after_the_last_visit_nobody_is_kept(app: Flask, past: Callable[[Flask], datetime]) -> None:
    last = past(app)
    assert left()  # or it would prove nothing
    with time_machine.travel(last + timedelta(days=95), tick=False):
        upkeep.keep_house(clock.now())
        assert left(*STAYS[past]) == []
        purge = last_purge()
        assert purge is not None and purge.failed == {}
        assert breaches() == []
    with time_machine.travel(last + timedelta(days=7 * 366), tick=False):
        upkeep.keep_house(clock.now())
        assert left() == []


def test_what_others_stand_on_is_emptied_and_kept_the_rest_goes(app: Flask) -> None:
    """An abandoned payment and an offer that nobody took: their baskets once stopped all forgetting for ever."""
    last = tickets(app)
    begun = set(db.session.scalars(select(Payment.booking_id)))
    with time_machine.travel(last + timedelta(days=95), tick=False):
        upkeep.keep_house(clock.now())
    db.session.rollback()
    assert begun <= set(db.session.scalars(select(Booking.id)))
    assert set(db.session.scalars(select(Payment.state))) >= {
        PaymentState.EXPIRED, PaymentState.PAID, PaymentState.RETURNED,
    }  # fmt: skip
    never = select(Booking.id).where(Booking.confirmed_at.is_(None), Booking.id.not_in(begun))
    assert db.session.scalars(never).all() == []


def test_a_basket_with_contact_is_forgotten_after_a_week(app: Flask) -> None:
    a_centre()
    entry = an_activity(capacity=60)
    held = a_hold(a_slot(entry, 60, tomorrow(days=200)), a_ticket_type(entry))
    pay.begin(held.booking_id, Details(WHO, "nb"))
    for days, there in ((1, True), (6, True), (9, False)):
        with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
            run_once(app)
            assert bool([place for place in left() if place.startswith("booking")]) is there, days


@pytest.mark.parametrize("state", [PaymentState.PROCESSING, PaymentState.RETURNED])
def test_money_that_may_still_come_or_goes_back_keeps_whose_it_is(app: Flask, state: PaymentState) -> None:
    a_centre()
    entry = an_activity(capacity=60)
    held = a_hold(a_slot(entry, 60, tomorrow(days=200)), a_ticket_type(entry))
    pay.begin(held.booking_id, Details(WHO, "nb"))
    with unit_of_work():
        db.session.execute(update(Booking).values(state=State.EXPIRED, held_until=None))
        db.session.execute(update(Payment).values(state=state))
    forget(of_baskets(is_request), clock.now() + timedelta(days=20))
    assert "booking.email" in left()


def test_one_kind_that_fails_stops_no_other_and_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets(app)

    def fails(_before: datetime) -> list[int]:
        raise ValueError(f"{MARK} cannot be forgotten")

    ill = Forgetting("what cannot be forgotten", timedelta(0), fails, Remove(Booking.id))
    with time_machine.travel(clock.now() + timedelta(days=110), tick=False):
        with monkeypatch.context() as broken:
            broken.setattr(forgetting, "FORGETTINGS", (ill, *forgetting.FORGETTINGS))
            upkeep.keep_house(clock.now())
            while Worker(app).round():
                pass
        checked, purge = last_runs()
        assert purge is not None and purge.failed == {"what cannot be forgotten": "ValueError"}
        assert purge.good_at is not None and purge.good_at < clock.now() - timedelta(days=100)
        assert checked is not None  # the books are looked at all the same, and say it too
        assert checked.breaches == ["forgetting overdue, what cannot be forgotten: ValueError"]
        assert left() == []
        told = app.test_client().get("/healthz").json
        assert told is not None and told["last_good_purge"] == purge.good_at.isoformat(timespec="seconds")


def test_the_books_say_who_should_have_been_forgotten(app: Flask) -> None:
    a_centre()
    entry = an_activity(capacity=60)
    a_confirmed_booking(a_slot(entry), a_ticket_type(entry))
    with time_machine.travel(clock.now() + timedelta(days=95), tick=False):
        assert breaches() == []  # a night or two may be missed
    with time_machine.travel(clock.now() + timedelta(days=98), tick=False):
        assert breaches() == ["forgetting overdue, contact of a booking: 1"]
