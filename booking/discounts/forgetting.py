"""The end of what a discount says of people: the mark of who ordered with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select, text

from booking.discounts.models import HAS_PERSON, DiscountUse
from booking.kernel.forgetting import Clear, Forgetting, Rows

KEPT = timedelta(days=365)


def _counted(before: datetime) -> Select[int]:
    return select(DiscountUse.id).where(DiscountUse.used_at < before, text(HAS_PERSON))


forget_marks = Clear(DiscountUse.id, {"person": ""})

FORGETTINGS = (Forgetting("mark of who has used a discount", KEPT, Rows(_counted), forget_marks),)
