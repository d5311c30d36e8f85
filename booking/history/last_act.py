"""The last act that made a booking what it is now: what it was before, what it is since, what it meant in money.

Read from the log, so that whoever did it, in whichever tab or at the desk, and however the money came, a page says what
was done; and opened again it says the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.kernel.database import Texts, as_values, run
from booking.kernel.prepared import ReadyStatement
from booking.records.models import AuditEntry

CHANGES = ("booking.change", "booking.part_back", "booking.move")

_LAST = ReadyStatement(
    select(AuditEntry.at, AuditEntry.action, AuditEntry.actor, AuditEntry.before, AuditEntry.after)
    .where(AuditEntry.subject == bindparam("subject"), AuditEntry.action.in_(bindparam("acts", expanding=True)))
    .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    .limit(1)
)
_TIMES = (
    select(Slot.id, Slot.starts_at, Activity.title, Activity.id, Activity.kind, Activity.needs_admission)
    .join(Activity, Activity.id == Slot.activity_id)
    .where(Slot.id.in_(bindparam("slots", expanding=True)))
    .order_by(Slot.starts_at, Slot.id)
)


@dataclass(frozen=True, slots=True)
class TimeNamed:
    """A time of an activity in a booking, once or now."""

    slot_id: int
    starts_at: datetime
    title: Texts
    activity_id: int
    kind: Kind
    needs_admission: bool


@dataclass(frozen=True, slots=True)
class LastAct:
    """What was done last to a booking; sums in minor units, nothing where the log does not say.

    `added` and `dropped` are shows and workshops: what one has besides the entry.
    """

    at: datetime
    action: str
    by_buyer: bool
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    added: Sequence[TimeNamed]
    dropped: Sequence[TimeNamed]

    @property
    def starts(self) -> tuple[datetime, datetime] | None:
        """When the visit began and begins, where that has changed."""
        was, now = self.before.get("starts_at"), self.after.get("starts_at")
        return (datetime.fromisoformat(was), datetime.fromisoformat(now)) if was and now and was != now else None

    @property
    def people(self) -> tuple[int, int] | None:
        """How many came and come, where that has changed."""
        return self._changed("people")

    @property
    def total(self) -> tuple[int, int] | None:
        """What it cost and costs, where that has changed."""
        return self._changed("total")

    @property
    def paid(self) -> int:
        """What was paid for it."""
        return int(self.after.get("paid", 0))

    @property
    def refund(self) -> int:
        """What goes back."""
        return int(self.after.get("refund", 0))

    @property
    def in_till(self) -> int:
        """Of what goes back, what is paid out at the desk."""
        return int(self.after.get("in_till", 0))

    def _changed(self, name: str) -> tuple[int, int] | None:
        was, now = self.before.get(name), self.after.get(name)
        return (int(was), int(now)) if was is not None and now is not None and was != now else None


def last_change(booking_id: int, since: datetime) -> LastAct | None:
    """The last change of a booking, if it was made since then; in two statements at most."""
    rows = _LAST.rows({"subject": f"booking:{booking_id}", "acts": CHANGES})
    if not rows or rows[0][0] < since:
        return None
    at, action, actor, before, after = rows[0]
    before, after = before or {}, after or {}
    had, has = (set(facts.get("slots_had", ())) for facts in (before, after))
    times = as_values(TimeNamed, run(_TIMES, {"slots": sorted(had ^ has)})) if had ^ has else []
    besides = _besides(times, had)
    return LastAct(
        at,
        action,
        by_buyer=actor == "buyer",
        before=before,
        after=after,
        added=[time for time in besides if time.slot_id in has],
        dropped=[time for time in besides if time.slot_id in had],
    )


def _besides(times: Sequence[TimeNamed], had: Collection[int]) -> list[TimeNamed]:
    """What one has besides the entry; what is sold alone and is there before and after at another time has moved."""
    before = {time.activity_id for time in times if time.slot_id in had}
    after = {time.activity_id for time in times if time.slot_id not in had}
    moved = before & after
    return [
        time
        for time in times
        if time.needs_admission or (time.kind is not Kind.ADMISSION and time.activity_id not in moved)
    ]
