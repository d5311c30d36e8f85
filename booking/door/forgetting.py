"""The end of what staff wrote when they let somebody in, or took it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select, text

from booking.bookings.forgetting import CONTACT_KEPT
from booking.door.models import CheckIn
from booking.kernel.forgetting import Clear, Forgetting, Rows


def _words(before: datetime) -> Select[int]:
    return select(CheckIn.id).where(CheckIn.at < before, text("(reason <> '' OR undone_reason <> '')"))


forget_words = Clear(CheckIn.id, {"reason": "", "undone_reason": ""})

FORGETTINGS = (Forgetting("words of staff at the door", CONTACT_KEPT, Rows(_words), forget_words),)
