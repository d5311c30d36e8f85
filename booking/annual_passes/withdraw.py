"""Its buyer withdraws from the purchase of a pass: its code opens nothing from then on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select, update

from booking.annual_passes.models import AnnualPass, PassOrder
from booking.annual_passes.standing import PassDays, used_of
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import run


@dataclass(frozen=True, slots=True)
class PassLeft:
    """What is left of what was paid for a pass, and what of it was used; minor units."""

    price: int
    used: int

    @property
    def left(self) -> int:
        """What comes back."""
        return self.price - self.used


_LEFT = (
    select(
        PassOrder.price - PassOrder.credit, AnnualPass.first_day, AnnualPass.begins_by, AnnualPass.last_day,
        AnnualPass.used_on,
    )
    .join(AnnualPass, AnnualPass.booking_id == PassOrder.booking_id)
    .where(AnnualPass.booking_id == bindparam("booking"))
)  # fmt: skip
_LOCK = select(AnnualPass.id).where(AnnualPass.booking_id == bindparam("booking")).with_for_update(key_share=True)


def left_of(booking_id: int) -> PassLeft | None:
    """Of the pass that a booking bought, today, in one statement; none where it is not paid for."""
    return _left(booking_id, the_centre().local(clock.now()).date())


def _left(booking_id: int, today: date) -> PassLeft | None:
    row = run(_LEFT, {"booking": booking_id}).first()
    if row is None:
        return None
    paid, first, begins_by, last, used_on = row
    return PassLeft(paid, used_of(paid, PassDays(first, begins_by, last), used_on, today))


def take_back(booking_id: int, now: datetime) -> PassLeft | None:
    """Let the pass that a locked booking bought be over; inside a unit of work.

    Whoever comes in with it at the same moment has its row first, or finds that it opens nothing.
    """
    run(_LOCK, {"booking": booking_id})
    left = _left(booking_id, the_centre().local(now).date())
    if left is None:
        return None
    over = update(AnnualPass).where(AnnualPass.booking_id == booking_id)
    run(over.values(withdrawn_at=now, bounced_at=None).execution_options(synchronize_session=False))
    return left
