"""Staff change one slot: one conditional UPDATE, so that two who do it at once never overwrite each other."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true, update

from booking.capacity.closed_hours import UnderClosure, closure_holding, is_under_closure
from booking.capacity.educators import check_made
from booking.capacity.models import Slot, SlotStatus
from booking.kernel.database import as_values, run
from booking.kernel.refusals import Refusal
from booking.records.audit import note


class SlotChangedMeanwhile(Refusal):
    """Somebody else changed the slot since it was shown; `version` is the newest."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the slot is at version {version}")
        self.version = version


class BelowSold(Refusal):
    """Fewer places than are taken: `taken` of them, and as many people must be moved as there are too many."""

    def __init__(self, taken: int, wanted: int) -> None:
        super().__init__(f"{taken} are taken, {wanted} wanted")
        self.taken = taken
        self.wanted = wanted


class TooManyKept(Refusal):
    """More places kept for schools than there are places, or none to keep them until."""


class NoSuchSlot(Refusal):
    """No slot has this id, or it stands otherwise than what was asked for allows."""


@dataclass(frozen=True, slots=True)
class SlotSettings:
    """What staff can set of a slot. `kept` places are for schools until `release_at`."""

    capacity: int
    kept: int
    release_at: datetime | None
    note: str
    status: SlotStatus


_NOW = select(Slot.capacity, Slot.kept, Slot.release_at, Slot.note, Slot.status, Slot.version, Slot.taken)


def settings_of(slot_id: int) -> tuple[SlotSettings, int]:
    """How the slot is set now, and its version. Raises NoSuchSlot."""
    row = run(_NOW.where(Slot.id == slot_id)).first()
    if row is None:
        raise NoSuchSlot
    return as_values(SlotSettings, [row[:5]])[0], row.version


def set_slot(slot_id: int, version: int, wanted: SlotSettings, actor: str, action: str = "slot.change") -> int:
    """Set a slot as wanted, if it still is at `version`; call inside a unit of work. Returns the new version.

    Raises SlotChangedMeanwhile, BelowSold, TooManyKept, NoSuchSlot, UnderClosure; nothing has changed then.
    """
    if wanted.kept > wanted.capacity or (wanted.kept > 0 and wanted.release_at is None):
        raise TooManyKept
    before, _version = settings_of(slot_id)
    changed = run(
        update(Slot)
        .where(Slot.id == slot_id, Slot.version == version, Slot.taken <= wanted.capacity, stays_shut(wanted.status))
        .values(**_values(wanted), version=Slot.version + 1, by_hand=True)
        .returning(Slot.version)
    ).first()
    if changed is None:
        raise _refusal(slot_id, version, wanted)
    new_version: int = changed.version
    old, new = difference(before, wanted)
    note(actor, action, f"slot:{slot_id}", old | {"version": version}, new | {"version": new_version})
    return new_version


def stays_shut(status: SlotStatus) -> ColumnElement[bool]:
    """That a slot on which a closure is left does not become anything but cancelled."""
    return true() if status is SlotStatus.CANCELLED else ~is_under_closure()


def set_status(slot_id: int, version: int, status: SlotStatus, actor: str) -> int:
    """Close a slot for sale or open it again; as `set_slot` otherwise. Raises NoEducator too."""
    before, _version = settings_of(slot_id)
    new_version = set_slot(slot_id, version, replace(before, status=status), actor, f"slot.{status.value}")
    if status is not SlotStatus.CANCELLED:  # one that was cancelled or given up takes its educator again
        times = run(select(Slot.activity_id, Slot.starts_at, Slot.ends_at).where(Slot.id == slot_id)).one()
        check_made([(times.activity_id, times.starts_at, times.ends_at)])
    return new_version


def release_now(slot_id: int, version: int, now: datetime, actor: str) -> int:
    """Give what is still kept for schools free for everybody; as `set_slot` otherwise."""
    before, _version = settings_of(slot_id)
    return set_slot(slot_id, version, replace(before, release_at=now), actor, "slot.release")


def difference(before: SlotSettings, after: SlotSettings) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, as it stood and as it stands, in values that the log can keep."""
    old, new = _facts(before), _facts(after)
    return {k: v for k, v in old.items() if new[k] != v}, {k: v for k, v in new.items() if old[k] != v}


def _facts(settings: SlotSettings) -> dict[str, Any]:
    return _values(settings) | {"release_at": settings.release_at.isoformat() if settings.release_at else None}


def _values(settings: SlotSettings) -> dict[str, Any]:
    return asdict(settings)


def _refusal(slot_id: int, version: int, wanted: SlotSettings) -> Refusal:
    row = run(_NOW.where(Slot.id == slot_id)).first()
    if row is None:
        return NoSuchSlot()
    if row.version != version:
        return SlotChangedMeanwhile(row.version)
    closure_id = closure_holding(slot_id)
    if closure_id is not None and wanted.status is not SlotStatus.CANCELLED:
        return UnderClosure(closure_id)
    return BelowSold(row.taken, wanted.capacity)
