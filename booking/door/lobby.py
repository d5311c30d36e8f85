"""What is on today, for the lobby's screen and for the centre's website."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from booking.capacity.availability import Availability, Free, FreeShow, add_ons_between, entry_between
from booking.capacity.models import Channel, Slot
from booking.capacity.timetable import at
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import CentreFacts
from booking.centre.models import Space
from booking.contests.room import teams_of
from booking.kernel.database import Texts, db


@dataclass(frozen=True, slots=True)
class OnToday:
    """One time that the public may come to."""

    starts_at: datetime
    ends_at: datetime
    kind: Kind
    title: Texts
    space: Texts
    free: int
    standing: Availability
    team: int = 1  # in a contest of teams so many places are had together


def on_today(centre: CentreFacts, now: datetime) -> list[OnToday]:
    """Today's times that have not ended, in order, with the places left at the last commit.

    Three statements, and one more on a day with a contest.
    """
    midnight = at(centre.local(now).date(), time(0), centre.zone)
    end = at(centre.local(now).date() + timedelta(days=1), time(0), centre.zone)
    free: list[Free] = [*entry_between(midnight, end, Channel.PUBLIC, now)]
    free += add_ons_between(midnight, end, Channel.PUBLIC, now)
    coming = {slot.slot_id: slot for slot in free if slot.ends_at > now}
    kinds = ((slot.activity_id, slot.kind) for slot in coming.values() if isinstance(slot, FreeShow))
    teams = teams_of(kinds)
    rows = db.session.execute(
        select(Slot.id, Activity.kind, Activity.title, Space.name)
        .join(Activity, Activity.id == Slot.activity_id)
        .outerjoin(Space, Space.id == Slot.space_id)
        .where(Slot.id.in_(coming))
        .order_by(Slot.starts_at, Activity.sort)
    )
    return [
        OnToday(
            starts_at=coming[slot_id].starts_at,
            ends_at=coming[slot_id].ends_at,
            kind=kind,
            title=title,
            space=space or {},
            free=coming[slot_id].free,
            standing=teams.standing(coming[slot_id], centre.few_left, now),
            team=teams.size(coming[slot_id].activity_id),
        )
        for slot_id, kind, title, space in rows
    ]
