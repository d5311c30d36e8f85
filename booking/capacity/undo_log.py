"""What a piece of work did to slots that were there before: written down, so that it can be put back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from booking.capacity.differences import There
from booking.capacity.models import SlotBefore, Trace
from booking.kernel.database import run

KEPT = ("capacity", "kept", "activity_id", "space_id")
TIMES = ("starts_at", "ends_at", "release_at", "opens_at", "closes_at")


class Traces:
    """The slots that one step of work has touched; `write` them in the same unit of work."""

    def __init__(self, work_id: int) -> None:
        self.work_id = work_id
        self._rows: list[dict[str, Any]] = []

    def add(self, slot: There, trace: Trace, version: int = 0) -> None:
        """The slot as it was; `version` is what the work left it at."""
        facts: dict[str, Any] = {name: getattr(slot, name) for name in KEPT}
        facts |= {name: _iso(getattr(slot, name)) for name in TIMES}
        facts |= {"status": slot.status.value, "made_by": slot.made_by}
        row = {"work_id": self.work_id, "slot_id": slot.id, "trace": trace, "starts_at": slot.starts_at, "facts": facts}
        draws = sorted([space_id, _iso(start)] for space_id, start in slot.draws)
        self._rows.append(row | {"draws": draws, "version": version})

    def write(self, now: datetime) -> None:
        """Keep them, stretches first since others draw on them; those whose time is over are forgotten."""
        run(delete(SlotBefore).where(SlotBefore.starts_at <= now))
        if self._rows:
            run(insert(SlotBefore), sorted(self._rows, key=lambda row: row["facts"]["activity_id"] is not None))


def times_of(facts: dict[str, Any], names: Sequence[str] = TIMES) -> dict[str, datetime | None]:
    """The times among kept facts, as times."""
    return {name: datetime.fromisoformat(facts[name]) if facts[name] else None for name in names}


def _iso(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None
