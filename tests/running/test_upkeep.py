"""The worker's nights: the books are checked once and the outcome is told, rows that have had their day are gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from booking.capacity.models import Slot
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.machines.last_runs import last_check
from booking.outbox import long_work
from booking.outbox.models import Promise
from booking.payments.models import ProviderEvent
from booking.running.forgetting import FORGETTINGS
from booking.running.worker import Worker
from booking.staff.models import Role, SignInLink, StaffSession
from booking.staff.sessions import add_account, first_administrator_secret, new_link, use_link
from tests.builders import a_sale
from tests.support.forgetting import forget

NIGHT = datetime(2026, 11, 26, 2, 30, tzinfo=UTC)


def work_through(app: Flask, *, nights: bool = True) -> None:
    worker = Worker(app, nights=nights)
    while worker.round():
        pass


def test_at_night_the_books_are_checked_once_however_many_workers_there_are(app: Flask) -> None:
    a_sale()
    with time_machine.travel(NIGHT, tick=False):
        work_through(app)
        work_through(app)
        checked = last_check()
    assert checked is not None
    assert (checked.at, checked.breaches) == (NIGHT, [])
    assert db.session.scalar(select(func.count()).where(Promise.kind == "upkeep")) == 1
    assert long_work.latest() == []  # nobody's work but its own


@pytest.mark.parametrize(("hour", "nights"), [(1, True), (12, True), (3, False)])
def test_by_day_and_by_commands_nothing_is_checked(app: Flask, hour: int, nights: bool) -> None:
    a_sale()
    with time_machine.travel(NIGHT.replace(hour=hour), tick=False):
        work_through(app, nights=nights)
    assert db.session.scalar(select(func.count()).where(Promise.kind == "upkeep")) == 0


def test_a_breach_is_told(app: Flask) -> None:
    _, slot, _ = a_sale()
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == slot).values(taken=1))
    with time_machine.travel(NIGHT, tick=False):
        work_through(app)
    checked = last_check()
    assert checked is not None
    assert checked.breaches == [f"I1/I2 slot {slot}: counter 1, claims 0"]


def test_rows_go_when_their_time_is_over_but_an_administrator_stays_one(app: Flask) -> None:
    a_sale()
    now = clock.now()
    for days in (50, 40, 1):
        then = now - timedelta(days=days)
        with unit_of_work():
            ada = add_account("ada@example.org", "Ada", Role.ADMIN, then)
            use_link(new_link(ada, then), then)
            db.session.add(ProviderEvent(id=f"evt_{days}", kind="x", received_at=then - timedelta(days=45)))
            long_work.begin("slots.make", {}, None)
    with unit_of_work():
        db.session.execute(update(long_work.LongWork).values(begun_at=now - timedelta(days=91), state="done"))
    with unit_of_work():
        bo = add_account("bo@example.org", "Bo", Role.ADMIN, now)
        use_link(new_link(bo, now - timedelta(days=300)), now - timedelta(days=300))
    assert forget(FORGETTINGS, now) > 0
    assert forget(FORGETTINGS, now) == 0
    begun = db.session.scalars(select(StaffSession.begun_at).order_by(StaffSession.begun_at)).all()
    assert begun == [now - timedelta(days=300), now - timedelta(days=1)]  # each account's latest
    assert db.session.scalar(select(func.count()).select_from(SignInLink)) == 1
    assert set(db.session.scalars(select(ProviderEvent.id))) == {"evt_40", "evt_1"}
    assert long_work.latest() == []
    assert first_administrator_secret() is None
