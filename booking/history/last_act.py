"""The last act that made a booking what it is now: what it was before, what it is since, what it meant in money.

Read from the log, so that whoever did it, in whichever tab or at the desk, and however the money came, a page says what
was done; and opened again it says the same.
"""

from __future__ import annotations

from collections import Counter
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

    `added` and `dropped` is what came to it and what was given up; `has_moved`: whether anything is at another time.
    """

    at: datetime
    action: str
    by_buyer: bool
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    added: Sequence[TimeNamed]
    dropped: Sequence[TimeNamed]
    has_moved: bool

    @property
    def starts(self) -> tuple[datetime, datetime] | None:
        """When the visit began and begins, where it has moved; what begins later since it lost a part has not."""
        was, now = self.before.get("starts_at"), self.after.get("starts_at")
        if not self.has_moved or not was or not now or was == now:
            return None
        return datetime.fromisoformat(was), datetime.fromisoformat(now)

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

    @property
    def on_cards(self) -> int:
        """Of what goes back, what is back on gift cards."""
        return int(self.after.get("on_cards", 0))

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
    moved = _moved(times, had)
    return LastAct(
        at,
        action,
        by_buyer=actor == "buyer",
        before=before,
        after=after,
        added=[time for time in times if time.slot_id in has - moved],
        dropped=[time for time in times if time.slot_id in had - moved],
        has_moved=bool(moved) or not had,  # the log did not always say which times there were
    )


def _moved(times: Sequence[TimeNamed], had: Collection[int]) -> set[int]:
    """The slots, before and after, of what is now at another time: entry and what is sold alone, as many on both sides.

    What is had besides the entry is told as given up and added.
    """
    before, after = (
        Counter(_what(time) for time in times if (time.slot_id in had) is side and not time.needs_admission)
        for side in (True, False)
    )
    left = [before & after, before & after]
    moved = set()
    for time in times:
        side = left[time.slot_id in had]
        if not time.needs_admission and side[_what(time)]:
            side[_what(time)] -= 1
            moved.add(time.slot_id)
    return moved


def _what(time: TimeNamed) -> object:
    """What it is that may move: entry is entry, whichever activity gives it."""
    return Kind.ADMISSION if time.kind is Kind.ADMISSION else time.activity_id
