"""A week or a month in sum: what each space has on each day, with the same figures as the slots of a day. For staff."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import select

from booking.capacity.availability import slots_by_id
from booking.capacity.conflicts import clashing, understaffed
from booking.capacity.models import Channel, Slot, SlotStatus, needs_its_space
from booking.capacity.planning import LED, SHARING, RoomUse, Staffing
from booking.catalogue.models import Activity, Kind
from booking.kernel.database import as_values, run
from booking.occupancy.overview import Only, arrived_people, held_places

Bounds = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Sum:
    """Some slots in sum; what is cancelled counts nowhere but in `cancelled`, with the people who are still in it."""

    slots: int = 0
    capacity: int = 0
    sold: int = 0
    held: int = 0
    kept: int = 0
    free: int = 0
    arrived: int = 0
    clashes: int = 0  # slots that share a space with another at the same time
    understaffed: int = 0  # slots at a moment with more sessions than educators
    closed: int = 0  # slots, for sale
    cancelled: int = 0  # slots
    called_off: int = 0  # people in them

    @property
    def blocked(self) -> int:
        """Places that nobody can have: closed for sale, or the house is full. With all the others they are all."""
        return max(self.capacity - self.taken - self.kept - self.free, 0)

    @property
    def sold_out(self) -> bool:
        """Whether the public can have nothing more of what is on sale."""
        return self.taken > 0 and self.free == 0 and not self.closed

    @property
    def taken(self) -> int:
        """People who have bought, and those in baskets."""
        return self.sold + self.held

    @property
    def percent(self) -> int:
        """How full."""
        return 100 * self.taken // self.capacity if self.capacity else 0

    @property
    def heat(self) -> int:
        """0 nothing runs, 1 empty … 5 nearly full, 6 full."""
        if not self.capacity:
            return 0
        return 6 if self.sold_out else 1 + min(self.percent // 20, 4)


@dataclass(frozen=True, slots=True)
class DayOfSpace:
    """A space's day in sum."""

    day: int  # which of the days asked for
    space_id: int | None
    sum: Sum
    entry: Sum  # of it, what people come for: see _what_one_comes_for


@dataclass(frozen=True, slots=True)
class _SlotOfDays:
    slot_id: int
    activity_id: int
    kind: Kind
    turnaround_minutes: int
    space_id: int | None
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    kept: int
    kept_taken: int
    release_at: datetime | None
    status: SlotStatus
    needs_admission: bool
    by_hand: bool

    @property
    def runs(self) -> bool:
        return self.status is not SlotStatus.CANCELLED

    @property
    def session(self) -> RoomUse:
        needed = needs_its_space(self.status, self.by_hand, self.taken)
        return RoomUse(
            activity_id=self.activity_id,
            starts_at=self.starts_at,
            free_again=self.ends_at + timedelta(minutes=self.turnaround_minutes),
            space_id=self.space_id if needed and self.kind not in SHARING else None,
            is_led=needed and self.kind in LED,
        )

    def is_wanted(self, only: Only) -> bool:
        return only.activity_id in (None, self.activity_id) and only.space_id in (None, self.space_id)


_SLOTS = (
    select(
        Slot.id, Slot.activity_id, Activity.kind, Activity.turnaround_minutes, Slot.space_id, Slot.starts_at,
        Slot.ends_at, Slot.capacity, Slot.taken, Slot.kept, Slot.kept_taken, Slot.release_at, Slot.status,
        Activity.needs_admission, Slot.by_hand,
    )
    .join(Activity, Activity.id == Slot.activity_id)
    .order_by(Slot.starts_at, Slot.id)
)  # fmt: skip


def days_in_sum(days: Sequence[Bounds], only: Only, staffing: Staffing, now: datetime) -> list[DayOfSpace]:
    """What each space has on each of these days in a row, slots of activities only, in four statements.

    Clashes and educators are judged by all that runs, whatever `only` leaves out.
    """
    if not days:
        return []
    start, end = days[0][0], days[-1][1]
    slots = as_values(_SlotOfDays, run(_SLOTS.where(Slot.starts_at >= start, Slot.starts_at < end)))
    on_sale = [slot.slot_id for slot in slots if slot.status is SlotStatus.OPEN and slot.is_wanted(only)]
    free = {slot.slot_id: slot.free for slot in slots_by_id(on_sale, Channel.PUBLIC, now) if slot.open}
    held = held_places(start, end)
    arrived = arrived_people(start, end) if start <= now else {}
    spaces: list[DayOfSpace] = []
    for n, (begins, ends) in enumerate(days):
        here = [slot for slot in slots if begins <= slot.starts_at < ends]
        sessions = {slot.slot_id: slot.session for slot in here}
        wrong = clashing(sessions), understaffed(sessions, staffing)
        coming_for = _what_one_comes_for([slot for slot in here if slot.is_wanted(only)])
        by_space: dict[int | None, list[_SlotOfDays]] = {}
        for slot in here:
            if slot.is_wanted(only):
                by_space.setdefault(slot.space_id, []).append(slot)
        spaces += [
            DayOfSpace(
                n, space_id, add(alone.values()), add(alone[slot_id] for slot_id in alone if slot_id in coming_for)
            )
            for space_id, slots_of_space in by_space.items()
            for alone in [{slot.slot_id: _alone(slot, free, held, arrived, wrong, now) for slot in slots_of_space}]
        ]
    return spaces


def _what_one_comes_for(slots: Sequence[_SlotOfDays]) -> set[int]:
    """The entries of a day; without any, what needs no entry; else all: a show of its own says nothing of the day."""
    for slot_ids in (
        {slot.slot_id for slot in slots if slot.kind is Kind.ADMISSION},
        {slot.slot_id for slot in slots if not slot.needs_admission},
    ):
        if slot_ids:
            return slot_ids
    return {slot.slot_id for slot in slots}


def _alone(
    slot: _SlotOfDays,
    free: dict[int, int],
    held: dict[int, int],
    arrived: dict[int, int],
    wrong: tuple[Collection[int], Collection[int]],
    now: datetime,
) -> Sum:
    """One slot, as a sum of its own."""
    in_baskets = held.get(slot.slot_id, 0)
    if not slot.runs:
        return Sum(cancelled=1, called_off=max(slot.taken - in_baskets, 0))
    kept = slot.release_at is not None and slot.release_at > now
    return Sum(
        slots=1,
        capacity=slot.capacity,
        sold=max(slot.taken - in_baskets, 0),
        held=in_baskets,
        kept=max(slot.kept - slot.kept_taken, 0) if kept else 0,
        free=free.get(slot.slot_id, 0),
        arrived=arrived.get(slot.slot_id, 0),
        clashes=int(slot.slot_id in wrong[0]),
        understaffed=int(slot.slot_id in wrong[1]),
        closed=int(slot.status is SlotStatus.CLOSED),
    )


def add(sums: Iterable[Sum]) -> Sum:
    """All of these together."""
    every = list(sums)
    return Sum(*(sum(getattr(part, each.name) for part in every) for each in fields(Sum)))
