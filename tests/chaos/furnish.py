"""What the house begins with: times for visitors today and later, days for classes, whoever works here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flask import Flask

from booking import create_app
from booking.capacity.models import Slot
from booking.kernel import clock
from booking.kernel.database import Model, db, unit_of_work
from booking.staff.models import Role
from booking.staff.sessions import add_account, new_link
from tests.builders import a_slot, a_ticket_type, admission_id
from tests.conftest import settings_for
from tests.invoicing.ahead import a_centre_that_invoices_on_booking
from tests.support.machines import KEY
from tests.support.schema_version import stand_at_the_newest_version

DAYS, TIMES, ROOM = 5, 4, 40
SOON = (10, 20, 25, 28)  # minutes: the door lets in half an hour before, and an hour after
CLERKS = 3  # at the desk, each with a way in of their own


@dataclass(frozen=True)
class Furnished:
    """What those who work here know."""

    slots: tuple[int, ...]
    today: tuple[int, ...]  # those whose parties may come in soon
    class_day: date
    desk: tuple[str, ...]  # one-time links
    office: str
    finance: str


def furnish(app: Flask) -> Furnished:
    """Fill an empty database; call inside the app's context."""
    Model.metadata.create_all(db.engine)
    stand_at_the_newest_version(app)
    return _furnished()


@contextmanager
def seen_by(app: Flask) -> Iterator[None]:
    """The database as this process reads it, past all servers; its connections are let go again."""
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def app_of(database_url: str, folder: Path) -> Flask:
    """The app of this process, which serves nobody."""
    return create_app(settings_for(database_url, folder, SECRET_KEY=KEY))


def _furnished() -> Furnished:
    centre = a_centre_that_invoices_on_booking()
    with unit_of_work():
        for slot in db.session.query(Slot):
            slot.capacity = 400  # classes come by the hundred
    activity = admission_id()
    assert activity is not None
    a_ticket_type(activity)
    now = clock.now().replace(second=0, microsecond=0)
    starts = [now + timedelta(minutes=minutes) for minutes in SOON]
    tomorrow = now.replace(hour=9, minute=0)
    starts += [tomorrow + timedelta(days=day, hours=2 * n) for day in range(2, DAYS + 2) for n in range(TIMES)]
    slots = tuple(a_slot(activity, ROOM, start) for start in starts)
    desk = tuple(_link(f"desk{number}@example.org", Role.DESK) for number in range(CLERKS))
    today = slots[: len(SOON)]
    return Furnished(
        slots, today, centre.on, desk, _link("office@example.org", Role.ADMIN), _link("money@example.org", Role.FINANCE)
    )


def _link(email: str, role: Role) -> str:
    now = clock.now()
    with unit_of_work():
        return f"/staff/enter/{new_link(add_account(email, role.title(), role, now), now)}"
