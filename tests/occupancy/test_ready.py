"""Setting up is done when something can be bought, and not before: every step says whether it serves that."""

from __future__ import annotations

from datetime import time

from flask import Flask
from sqlalchemy import update

from booking.capacity.models import Pattern, Slot, SlotStatus
from booking.catalogue.models import Activity, TicketType
from booking.centre.models import OpeningHours
from booking.kernel import clock
from booking.kernel.database import Model, db, unit_of_work
from booking.occupancy.ready import Ready, readiness
from tests.builders import (
    a_centre,
    a_confirmed_booking,
    a_slot,
    a_space,
    a_stretch,
    a_ticket_type,
    an_activity,
    tomorrow,
)


def ready() -> Ready:
    db.session.rollback()
    return readiness(clock.now().date(), clock.now())


def set_all(table: type[Model], **values: object) -> None:
    with unit_of_work():
        db.session.execute(update(table).values(**values))


def test_each_step_is_done_when_it_serves_selling(app: Flask) -> None:
    a_centre()
    house = a_space(400, is_house=True)
    assert ready().steps == (True, False, False, False, False, False, False)
    with unit_of_work():
        db.session.add(OpeningHours(weekday=0))  # closed on Mondays is no opening hour
    assert not ready().hours
    set_all(OpeningHours, opens=time(10), closes=time(18))
    entry = an_activity(stay_minutes=0)
    assert ready().steps[:3] == (True, True, False)  # it says neither the room nor how long one stays
    set_all(Activity, space_id=house, stay_minutes=120)
    assert ready().steps[:4] == (True, True, True, False)
    a_ticket_type(entry)
    with unit_of_work():
        db.session.add(Pattern(activity_id=entry, times=["11:00"]))
    assert ready().steps == (True, True, True, True, True, False, False)
    slot = a_slot(entry, 10, tomorrow(11), [a_stretch(house, tomorrow(11), 400)])
    assert ready().can_sell
    a_confirmed_booking(slot, a_ticket_type(entry), 2)
    assert all(ready().steps)


def test_times_that_nobody_can_buy_are_not_enough(app: Flask) -> None:
    a_centre()
    house = a_space(400, is_house=True)
    entry = an_activity(space_id=house, stay_minutes=120)
    kind = a_ticket_type(entry)
    stretch = a_stretch(house, tomorrow(11), 400)
    slot = a_slot(entry, 10, tomorrow(11), [stretch])
    assert ready().can_sell
    for table, changed, back in (
        (TicketType, {"active": False}, {"active": True}),
        (Activity, {"active": False}, {"active": True}),
        (Slot, {"status": SlotStatus.CLOSED}, {"status": SlotStatus.OPEN}),
        (Slot, {"capacity": 0}, {"capacity": 10}),
        (Slot, {"closes_at": clock.now()}, {"closes_at": None}),
    ):
        set_all(table, **changed)
        assert not ready().can_sell, changed
        set_all(table, **back)
        assert ready().can_sell
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == stretch).values(capacity=0))
    assert not ready().can_sell
    assert kind and slot
