"""The end of where we were to go."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, or_, select

from booking.bookings.forgetting import CONTACT_KEPT
from booking.kernel.forgetting import Clear, Forgetting, Rows
from booking.outreach.models import OutreachVisit


def _places(before: datetime) -> Select[int]:
    told = or_(OutreachVisit.room != "", OutreachVisit.address != "")
    return select(OutreachVisit.visit_id).where(OutreachVisit.starts_at < before, told)


forget_places = Clear(OutreachVisit.visit_id, {"room": "", "address": ""})

FORGETTINGS = (
    Forgetting(
        "address and room of a visit to a school",
        CONTACT_KEPT,
        Rows(_places),
        forget_places,
    ),
)
