"""What applying the weekly patterns would do to what is there: a pure decision over values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from booking.capacity.models import SlotStatus, needs_its_space
from booking.capacity.planning import LED, SHARING, PlannedSlot, RoomUse, SlotPlan
from booking.catalogue.models import Kind

Key = tuple[str, int, datetime]
Drawn = frozenset[tuple[int, datetime]]  # stretches, as (space id, start)


@dataclass(frozen=True, slots=True)
class There:
    """A slot as it is. `taken` counts what is booked or held; `turnaround` are minutes."""

    id: int
    activity_id: int | None
    space_id: int | None
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    kept: int
    kept_taken: int
    release_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    status: SlotStatus
    by_hand: bool
    made_by: int | None
    kind: Kind | None
    turnaround: int
    draws: Drawn = frozenset()

    @property
    def key(self) -> Key:
        """As the plan names it."""
        if self.activity_id is not None:
            return "activity", self.activity_id, self.starts_at
        return "space", self.space_id or 0, self.starts_at

    @property
    def is_stretch(self) -> bool:
        """Whether it is a stretch of a space, which others draw on."""
        return self.activity_id is None

    @property
    def is_booked(self) -> bool:
        """Whether somebody has places in it."""
        return self.taken > 0

    @property
    def is_free_to_change(self) -> bool:
        """Whether the patterns may do with it as they like."""
        return not self.is_booked and not self.by_hand and self.status is SlotStatus.OPEN

    @property
    def was_given_up(self) -> bool:
        """Whether the patterns closed it, as they had no more use for it and something old still named it."""
        return self.status is SlotStatus.CLOSED and not self.by_hand and not self.is_booked

    def session(self) -> RoomUse:
        """What it occupies."""
        needed = needs_its_space(self.status, self.by_hand, self.taken)
        free_again = self.ends_at + timedelta(minutes=self.turnaround)
        space_id = self.space_id if needed and self.kind not in SHARING else None
        return RoomUse(self.activity_id or 0, self.starts_at, free_again, space_id, needed and self.kind in LED)


@dataclass(slots=True)
class Differences:
    """What would be made, changed (id, as planned) and taken away; what differs and stays since it has bookings."""

    make: list[PlannedSlot] = field(default_factory=list)
    change: list[tuple[There, PlannedSlot]] = field(default_factory=list)
    remove: list[There] = field(default_factory=list)
    booked: list[There] = field(default_factory=list)
    clashes: list[tuple[int, datetime]] = field(default_factory=list)


def staying(there: Sequence[There], now: datetime, may_go: Callable[[There], bool]) -> list[RoomUse]:
    """What keeps its space and its educator whatever the patterns say."""
    to_come = (slot for slot in there if slot.starts_at > now)
    ids = {slot.id for slot in to_come if slot.was_given_up or (slot.is_free_to_change and may_go(slot))}
    return [slot.session() for slot in there if not slot.is_stretch and slot.id not in ids]


def differences(planned: SlotPlan, there: Sequence[There], now: datetime) -> Differences:
    """How to get from what is there to what is planned without touching what has bookings or was made by hand."""
    diff = Differences(clashes=planned.clashes)
    known: Mapping[Key, There] = {old.key: old for old in there}
    wanted = {_key(slot): slot for slot in planned.slots}
    for key, slot in wanted.items():
        old = known.get(key)
        if old is None:
            if slot.starts_at > now or slot.activity_id is None:
                diff.make.append(slot)
        elif old.starts_at > now and _differs(old, slot):
            _sort_out(diff, old, slot)
    for key, old in known.items():
        if key not in wanted and old.starts_at > now:
            if old.is_free_to_change:
                diff.remove.append(old)
            elif old.is_booked and not old.by_hand and not old.is_stretch:
                diff.booked.append(old)
    return diff


def _sort_out(diff: Differences, old: There, slot: PlannedSlot) -> None:
    if old.is_stretch:  # only how many people are safe there; nobody's place is touched by it
        may_be = old.status is SlotStatus.OPEN or old.was_given_up
        if old.taken <= slot.capacity and old.kept_taken <= slot.kept and may_be:
            diff.change.append((old, slot))
    elif old.is_free_to_change or old.was_given_up:
        diff.change.append((old, slot))
    elif old.is_booked and not old.by_hand:
        diff.booked.append(old)


def _differs(old: There, slot: PlannedSlot) -> bool:
    plain = (old.capacity, old.kept, old.release_at, old.ends_at) != (
        slot.capacity,
        slot.kept,
        slot.release_at,
        slot.ends_at,
    )
    if old.is_stretch or old.was_given_up:
        return plain or old.was_given_up
    sale = (old.space_id, old.opens_at, old.closes_at) != (slot.space_id, slot.opens_at, slot.closes_at)
    return plain or sale or old.draws != frozenset(slot.draws)


def _key(slot: PlannedSlot) -> Key:
    if slot.activity_id is not None:
        return "activity", slot.activity_id, slot.starts_at
    return "space", slot.space_id or 0, slot.starts_at
