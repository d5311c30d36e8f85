"""Whom a closure would hit, by name, before it is made: groups first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from booking.bookings.models import Booking, State
from booking.capacity.models import Channel, Claim, Slot
from booking.closures.close import ClosureRequest, meant
from booking.kernel.database import as_values, run

MOST_NAMED = 300


@dataclass(frozen=True, slots=True)
class Ahead:
    """A party that would be hit."""

    booking_id: int
    reference: str
    name: str
    group_name: str
    phone: str
    people: int
    starts_at: datetime
    channel: Channel


def named(wish: ClosureRequest) -> list[Ahead]:
    """Those who have booked what would be closed, groups first, then by time; 300 at most, in one statement."""
    slots = select(Slot.id).where(*meant(wish))
    rows = run(
        select(
            Booking.id, Booking.reference, Booking.name, Booking.group_name, Booking.phone, Booking.people,
            func.min(Slot.starts_at), Booking.channel,
        )
        .select_from(Claim)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(Claim.slot_id.in_(slots), Booking.state == State.CONFIRMED)
        .group_by(Booking.id)
        .order_by(case((Booking.channel == Channel.SCHOOL, 0), else_=1), func.min(Slot.starts_at), Booking.id)
        .limit(MOST_NAMED)
    )  # fmt: skip
    return as_values(Ahead, rows)


def booked_by(wish: ClosureRequest, booking_ids: set[int]) -> set[int]:
    """Those of these bookings that have places in what would be closed."""
    slots = select(Slot.id).where(*meant(wish))
    held = select(Claim.booking_id).where(Claim.booking_id.in_(sorted(booking_ids)), Claim.slot_id.in_(slots))
    return set(run(held).scalars())
