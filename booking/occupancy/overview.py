"""How full the house is: the slots of some days with what is sold, held, kept, arrived and free. For staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, or_, select

from booking.bookings.models import Booking, State, Ticket
from booking.capacity.availability import slots_by_id
from booking.capacity.models import Channel, Claim, Slot, SlotStatus, needs_its_space
from booking.capacity.planning import LED, SHARING, RoomUse
from booking.catalogue.models import Activity, Kind
from booking.centre.models import Space
from booking.kernel.database import Texts, as_values, run

MOST_BOOKINGS = 300  # shown of one slot


@dataclass(frozen=True, slots=True)
class Only:
    """Which slots are wanted; None is all."""

    activity_id: int | None = None
    space_id: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """For a statement that reads slots."""
        conditions: list[ColumnElement[bool]] = []
        if self.activity_id is not None:
            conditions.append(Slot.activity_id == self.activity_id)
        if self.space_id is not None:
            conditions.append(Slot.space_id == self.space_id)
        return conditions


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """One slot of an activity, or a stretch of the house (no activity)."""

    slot_id: int
    activity_id: int | None
    kind: Kind | None
    title: Texts | None
    turnaround_minutes: int | None
    space_id: int | None
    space: Texts | None
    is_house: bool | None
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    kept: int
    kept_taken: int
    release_at: datetime | None
    status: SlotStatus
    note: str
    version: int
    needs_admission: bool | None
    by_hand: bool

    def kept_now(self, now: datetime) -> int:
        """Places that are still kept for schools and not taken by them."""
        return max(self.kept - self.kept_taken, 0) if self.release_at and self.release_at > now else 0

    @property
    def session(self) -> RoomUse:
        """What it needs of its space and of the educators; nothing when it does not take place."""
        needed = needs_its_space(self.status, self.by_hand, self.taken)
        return RoomUse(
            activity_id=self.activity_id or 0,
            starts_at=self.starts_at,
            free_again=self.ends_at + timedelta(minutes=self.turnaround_minutes or 0),
            space_id=self.space_id if needed and self.kind is not None and self.kind not in SHARING else None,
            is_led=needed and self.kind in LED,
        )


@dataclass(frozen=True, slots=True)
class Occupancy:
    """A slot with its figures: people who bought, people in baskets, places kept, free for the public, arrived."""

    slot: SlotFacts
    held: int
    kept: int
    free: int
    arrived: int

    @property
    def sold(self) -> int:
        """Places taken for good."""
        return max(self.slot.taken - self.held, 0)


@dataclass(frozen=True, slots=True)
class InSlot:
    """A booking that has places in a slot."""

    booking_id: int
    reference: str
    state: State
    channel: Channel
    name: str
    group_name: str
    phone: str
    email: str
    places: int
    confirmed_at: datetime | None
    needs: str
    expected_at: datetime | None


_FACTS = (
    select(
        Slot.id, Slot.activity_id, Activity.kind, Activity.title, Activity.turnaround_minutes, Slot.space_id,
        Space.name, Space.is_house, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.taken, Slot.kept,
        Slot.kept_taken, Slot.release_at, Slot.status, Slot.note, Slot.version,
        Activity.needs_admission, Slot.by_hand,
    )
    .outerjoin(Activity, Activity.id == Slot.activity_id)
    .outerjoin(Space, Space.id == func.coalesce(Slot.space_id, Activity.space_id))  # away with outreach: the road
)  # fmt: skip


def day_bars(start: datetime, end: datetime, only: Only, now: datetime) -> list[Occupancy]:
    """The slots that start in [start, end), and the stretches of the house, in four statements."""
    of_activities: ColumnElement[bool] = Slot.activity_id.is_not(None)
    shown = or_(of_activities, Space.is_house) if only == Only() else of_activities
    rows = run(
        _FACTS.where(Slot.starts_at >= start, Slot.starts_at < end, shown, *only.conditions()).order_by(
            Slot.starts_at, Activity.sort, Slot.id
        )
    )
    slots = as_values(SlotFacts, rows)
    ids = [slot.slot_id for slot in slots if slot.activity_id is not None]
    held, arrived = held_places(start, end), arrived_people(start, end) if start <= now else {}
    free = {slot.slot_id: slot.free if slot.open else 0 for slot in slots_by_id(ids, Channel.PUBLIC, now)}
    return [
        Occupancy(
            slot,
            held.get(slot.slot_id, 0),
            kept := slot.kept_now(now),
            free.get(slot.slot_id, max(slot.capacity - slot.taken - kept, 0)),
            arrived.get(slot.slot_id, 0),
        )
        for slot in slots
    ]


def one_bar(slot_id: int, now: datetime) -> Occupancy | None:
    """One slot with its figures; None when there is none of an activity with this id."""
    slots = as_values(SlotFacts, run(_FACTS.where(Slot.id == slot_id, Slot.activity_id.is_not(None))))
    if not slots:
        return None
    (slot,) = slots
    come = run(select(func.sum(Ticket.admitted)).where(Ticket.slot_id == slot_id, Ticket.void.is_(False))).scalar()
    held = run(
        select(func.sum(Claim.places))
        .join(Booking, Booking.id == Claim.booking_id)
        .where(Claim.slot_id == slot_id, Booking.held_until.is_not(None))
    ).scalar()
    (free,) = slots_by_id([slot_id], Channel.PUBLIC, now)
    return Occupancy(slot, int(held or 0), slot.kept_now(now), free.free if free.open else 0, int(come or 0))


def held_places(start: datetime, end: datetime) -> dict[int, int]:
    """Places in baskets that are not bought yet, by slot: read from the few bookings that are held."""
    rows = run(
        select(Claim.slot_id, func.sum(Claim.places))
        .select_from(Booking)
        .join(Claim, Claim.booking_id == Booking.id)
        .join(Slot, Slot.id == Claim.slot_id)
        .where(Booking.held_until.is_not(None), Slot.starts_at >= start, Slot.starts_at < end)
        .group_by(Claim.slot_id)
    )
    return {slot_id: int(places) for slot_id, places in rows}


def arrived_people(start: datetime, end: datetime) -> dict[int, int]:
    """People let in on tickets of the slots that start in [start, end), by slot."""
    rows = run(
        select(Ticket.slot_id, func.sum(Ticket.admitted))
        .join(Slot, Slot.id == Ticket.slot_id)
        .where(Slot.starts_at >= start, Slot.starts_at < end, Ticket.void.is_(False))
        .group_by(Ticket.slot_id)
    )
    return {slot_id: int(heads) for slot_id, heads in rows}


def sessions_between(start: datetime, end: datetime) -> dict[int, RoomUse]:
    """All that runs in [start, end), also what the reader has filtered out: clashes count all the same."""
    rows = run(_FACTS.where(Slot.starts_at >= start, Slot.starts_at < end, Slot.activity_id.is_not(None)))
    return {slot.slot_id: slot.session for slot in as_values(SlotFacts, rows)}


def in_slot(slot_id: int) -> list[InSlot]:
    """The bookings that have places in a slot, groups first, then those who bought last."""
    rows = run(
        select(
            Booking.id, Booking.reference, Booking.state, Booking.channel, Booking.name, Booking.group_name,
            Booking.phone, Booking.email, Claim.places, Booking.confirmed_at, Booking.needs, Booking.expected_at,
        )
        .select_from(Claim)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(Claim.slot_id == slot_id)
        .order_by(case((Booking.channel == Channel.SCHOOL, 0), else_=1), Booking.id.desc())
        .limit(MOST_BOOKINGS)
    )  # fmt: skip
    return as_values(InSlot, rows)


def too_many(bookings: Sequence[InSlot], taken: int, wanted: int) -> set[int]:
    """Whom it would hit if a slot had only so many places: those who bought last, groups last of all."""
    by_lateness = sorted(bookings, key=lambda booking: (booking.channel is Channel.SCHOOL, -booking.booking_id))
    hit: set[int] = set()
    for booking in by_lateness:
        if taken <= wanted:
            break
        if booking.state is State.CONFIRMED:
            hit.add(booking.booking_id)
            taken -= booking.places
    return hit


def activity_names() -> list[tuple[int, Texts]]:
    """Every activity that is active, in order, for a filter."""
    rows = run(select(Activity.id, Activity.title).where(Activity.active).order_by(Activity.sort, Activity.id))
    return [(activity_id, title) for activity_id, title in rows]


def space_names() -> list[tuple[int, Texts, bool]]:
    """Every space in the house's order: (id, name, whether it is the house)."""
    rows = run(select(Space.id, Space.name, Space.is_house).order_by(Space.is_house.desc(), Space.sort, Space.id))
    return [(space_id, name, is_house) for space_id, name, is_house in rows]
