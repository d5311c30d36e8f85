"""The end of what staff wrote to a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select, text

from booking.capacity.models import Slot
from booking.kernel.forgetting import Clear, Forgetting, Rows

NOTES_KEPT = timedelta(days=90)


def _notes(before: datetime) -> Select[int]:
    return select(Slot.id).where(Slot.starts_at < before, text("note <> ''"))


FORGETTINGS = (Forgetting("notes of staff to a time", NOTES_KEPT, Rows(_notes), Clear(Slot.id, {"note": ""})),)
