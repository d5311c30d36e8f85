"""The end of receipts: five years after the end of the year, as bokføringsloven § 13 asks; the database says so too.

With them goes what buyers have added to them, the only words of theirs in it: a receipt names no buyer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from booking.kernel.forgetting import Forgetting, Reckoned, Remove
from booking.receipts.models import PaymentReceipt


def _over(before: datetime) -> Select[int]:
    return select(PaymentReceipt.id).where(PaymentReceipt.kept_until <= before.date())


FORGETTINGS = (
    Forgetting(
        "receipts, and what was added to them, once their fifth year is over", timedelta(0), Reckoned(_over),
        Remove(PaymentReceipt.id),
    ),
)  # fmt: skip
