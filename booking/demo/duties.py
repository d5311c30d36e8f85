"""Educators at work: four on school days, three at weekends; one is ill today, so that too few can be seen."""

from __future__ import annotations

from datetime import date, time

from booking.capacity.models import Duty
from booking.kernel.database import db, unit_of_work

SCHOOL_DAYS, WEEKEND = 0b0011111, 0b1100000


def say_who_is_at_work(today: date) -> None:
    """Call once the slots are made: what is on sale does not go away because somebody is ill."""
    with unit_of_work():
        db.session.add_all(
            [
                Duty(weekdays=SCHOOL_DAYS, educators=4),
                Duty(weekdays=WEEKEND, educators=3),
                Duty(weekdays=127, on_date=today, from_time=time(9), until_time=time(15), educators=2),
            ]
        )
