"""Everybody in the house is counted once at a time: the counters against a count of people by the clock alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.bookings.models import LIVING, Booking
from booking.capacity.audit import counted_twice
from booking.capacity.models import Claim, Slot
from booking.catalogue.models import Activity
from booking.centre.models import Space
from booking.demo.load import load_if_empty
from booking.kernel.database import db
from booking.outreach.models import Outreach
from tests.conftest import empty_database
from tests.demo.test_load import ORDINARY


@pytest.fixture(scope="module", params=["vilvite", "vizium"])
def centre(request: pytest.FixtureRequest, made_app: Flask) -> Iterator[str]:
    """Each demo centre, loaded once; this module only looks."""
    with made_app.app_context(), time_machine.travel(ORDINARY, tick=False):
        empty_database()
        assert load_if_empty(request.param)
        yield request.param
        db.session.rollback()
        empty_database()


def stays() -> dict[int, dict[str, list[tuple[datetime, datetime, int]]]]:
    """When who of each booking is in the house, from the times they have and how long people stay there.

    Of a booking that names its classes they come one by one; of any other, those with entry: a show is in the house.
    """
    found: dict[int, dict[str, list[tuple[datetime, datetime, int]]]] = defaultdict(lambda: defaultdict(list))
    rows = db.session.execute(
        select(
            Claim.booking_id, Claim.parties, Claim.places, Slot.starts_at, Slot.ends_at, Activity.stay_minutes,
            Activity.needs_admission,
        )
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(Booking.state.in_(LIVING), Activity.id.not_in(select(Outreach.activity_id)))
    )  # fmt: skip
    for booking_id, parties, places, starts_at, ends_at, stay, needs_admission in rows:
        until = max(ends_at, starts_at + timedelta(minutes=stay))
        if parties is None and not needs_admission:
            parties = {f"{starts_at}": places}  # who comes at another time is somebody else
        for name, people in (parties or {}).items():
            found[booking_id][name].append((starts_at, until, people))
    return found


def test_the_house_counts_each_head_once_by_the_half_hour(centre: str) -> None:
    stretches = db.session.execute(
        select(Slot.starts_at, Slot.ends_at, Slot.taken)
        .join(Space, Space.id == Slot.space_id)
        .where(Space.is_house, Slot.activity_id.is_(None))
        .order_by(Slot.starts_at)
    ).all()
    naive = Counter[datetime]()
    for groups in stays().values():
        for times in groups.values():
            for begins, ends, _taken in stretches:
                here = [people for start, until, people in times if start < ends and begins < until]
                naive[begins] += max(here, default=0)
    wrong = [(begins.isoformat(), taken, naive[begins]) for begins, _ends, taken in stretches if taken != naive[begins]]
    assert wrong == []
    assert sum(naive.values()) > 1000
    assert counted_twice() == []
