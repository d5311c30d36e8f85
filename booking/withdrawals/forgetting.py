"""The end of who withdrew from a purchase; that it was withdrawn from, when, and what it came to, stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select, text

from booking.bookings.models import Booking
from booking.kernel.forgetting import Clear, Forgetting, Rows
from booking.payments.models import Refund
from booking.payments.refunds import may_still_go
from booking.withdrawals.models import HAS_NAME, Withdrawal

KEPT = timedelta(days=90)  # so long somebody may ask what became of it


def _declared(before: datetime) -> Select[int]:
    return select(Withdrawal.id).where(Withdrawal.declared_at < before, text(f"({HAS_NAME})"))


forget_who = Clear(Withdrawal.id, {"name": "", "email": ""})


def told_of(email: str, booking_ids: Sequence[int]) -> Select[str, str, str, datetime, int, str]:
    """What is held of somebody who withdrew, by their address or by what they had bought."""
    named = and_(Withdrawal.booking_id.in_(booking_ids), Withdrawal.name != "")
    return (
        select(
            Booking.reference, Withdrawal.name, Withdrawal.email, Withdrawal.declared_at, Withdrawal.back,
            Booking.currency,
        )
        .join(Booking, Booking.id == Withdrawal.booking_id)
        .where(or_(Withdrawal.email == email, named))
    )  # fmt: skip


def paid_back_to(email: str, over: Sequence[int]) -> Select[int]:
    """Withdrawals by an address whose money is not on its way any more, and those from these bookings."""
    waits = select(Refund.booking_id).where(may_still_go())
    by_address = and_(Withdrawal.email == email, Withdrawal.booking_id.not_in(waits))
    return select(Withdrawal.id).where(or_(by_address, Withdrawal.booking_id.in_(over)))


FORGETTINGS = (
    Forgetting("who withdrew from a purchase, and where the receipt of it went", KEPT, Rows(_declared), forget_who),
)
