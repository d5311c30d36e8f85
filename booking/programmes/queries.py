"""What pages read of programmes beside what is offered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from booking.capacity.models import Pattern, Slot
from booking.kernel.database import run
from booking.programmes.models import Programme


def is_held_in_the_house(activity_id: int, now: datetime) -> bool:
    """Whether teachers book it in the house: they are told of it, or it has weekly times or times to come.

    One statement.
    """
    told = select(Programme.activity_id).where(Programme.activity_id == activity_id).exists()
    weekly = select(Pattern.id).where(Pattern.activity_id == activity_id).exists()
    times = select(Slot.id).where(Slot.activity_id == activity_id, Slot.starts_at > now).exists()
    return bool(run(select(told | weekly | times)).scalar())
