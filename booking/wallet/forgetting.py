"""The end of what is known of phones: a month after the visit nothing of a pass will change."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select

from booking.bookings.models import Booking
from booking.kernel.forgetting import Forgetting, Remove, Rows
from booking.wallet.models import WalletPass, WalletPhone

PHONES_KEPT = timedelta(days=30)


def _over(before: datetime) -> Select[int]:
    return (
        select(WalletPass.booking_id)
        .join(Booking, Booking.id == WalletPass.booking_id)
        .where(Booking.starts_at <= before, or_(Booking.last_at.is_(None), Booking.last_at <= before))
    )


FORGETTINGS = (
    Forgetting(
        "which phones have a booking in their wallet", PHONES_KEPT, Rows(_over),
        Remove(WalletPass.booking_id, WalletPhone.booking_id),
    ),
)  # fmt: skip
