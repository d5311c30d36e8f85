"""The end of who entered a contest: often children, so their names go soon after it, long before the booking's contact.

That somebody entered, and how many they were, stays with the booking.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, text

from booking.bookings.forgetting import BASKETS_KEPT
from booking.bookings.models import Booking, State
from booking.contests.models import HAS_NAMES, ContestEntry, ContestMember
from booking.kernel.database import db
from booking.kernel.forgetting import Clear, Forgetting, Keys, Rows

ENTRIES_KEPT = timedelta(days=30)  # after the contest: for results, diplomas and what was forgotten in the hall


def _forget_members(keys: Keys) -> None:
    gone = delete(ContestMember).where(ContestMember.entry_id.in_(keys))
    db.session.execute(gone.execution_options(synchronize_session=False))


forget_entries = Clear(ContestEntry.id, {"name": "", "name_key": "", "answers": [], "reason": ""}, also=_forget_members)


def _over(before: datetime) -> Select[int]:
    # Of those that still have a name the booking is looked at, never the other way round: there are a few of them.
    starts_at = select(Booking.starts_at).where(Booking.id == ContestEntry.booking_id).scalar_subquery()
    return select(ContestEntry.id).where(text(HAS_NAMES), starts_at < before)


def _came_to_nothing(before: datetime) -> Select[int]:
    ended = (
        select(Booking.id)
        .where(
            Booking.id == ContestEntry.booking_id,
            Booking.state.in_((State.EXPIRED, State.CANCELLED)),
            Booking.created_at < before,
        )
        .exists()
    )
    return select(ContestEntry.id).where(text(HAS_NAMES), ended)


FORGETTINGS = (
    Forgetting("who entered a contest", ENTRIES_KEPT, Rows(_over), forget_entries),
    Forgetting("entries of a contest that came to nothing", BASKETS_KEPT, Rows(_came_to_nothing), forget_entries),
)
