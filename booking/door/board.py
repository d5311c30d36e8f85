"""Today at a glance: which times come, who is expected and who has arrived, groups, and what needs a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import groupby

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import aliased

from booking.bookings.models import Booking, State, Ticket
from booking.capacity.models import Channel, Slot, SlotStatus
from booking.catalogue.models import FOR_THE_PUBLIC, Activity, Kind
from booking.centre.models import Space
from booking.door.models import CheckIn, Trouble
from booking.door.visits import VisitToday, visits_today
from booking.kernel.database import Texts, UTCDateTime, as_values, db
from booking.kernel.prepared import ReadyStatement
from booking.outreach.models import Outreach
from booking.staff.models import Account


@dataclass(frozen=True, slots=True)
class SlotToday:
    """One time: people booked, arrived, still to come. `free` is what its own capacity has left."""

    slot_id: int
    kind: Kind
    needs_admission: bool
    title: Texts
    space_id: int | None
    space: Texts | None
    starts_at: datetime
    ends_at: datetime
    status: SlotStatus
    note: str
    capacity: int
    taken: int
    booked: int
    arrived: int

    @property
    def to_come(self) -> int:
        """People still expected."""
        return self.booked - self.arrived

    @property
    def is_running(self) -> bool:
        """Whether somebody comes, or can still come to it by themselves."""
        return self.booked > 0 or (self.status is not SlotStatus.CANCELLED and self.kind in FOR_THE_PUBLIC)


@dataclass(frozen=True, slots=True)
class PartOfVisit:
    """What a group does at one time."""

    slot_id: int
    kind: Kind
    title: Texts
    space: Texts | None
    starts_at: datetime
    booked: int
    arrived: int


@dataclass(frozen=True, slots=True)
class GroupToday:
    """A class that comes today, with all that the desk and the educator must know. `more` came than were booked."""

    booking_id: int
    reference: str
    name: str
    group_name: str
    phone: str
    needs: str
    expected_at: datetime | None
    starts_at: datetime
    people: int
    more: int
    parts: tuple[PartOfVisit, ...]
    visit: VisitToday | None = None

    @property
    def arrived(self) -> int:
        """How many were counted in; of a booking that is no visit the most at any one thing."""
        if self.visit is not None and self.visit.ways_in:
            return sum(part.arrived for part in self.parts if part.slot_id in self.visit.ways_in)
        return max((part.arrived for part in self.parts), default=0)

    @property
    def booked(self) -> int:
        """How many are to come."""
        return self.people if self.visit is not None and self.visit.ways_in else self.parts[0].booked

    def misses(self, part: PartOfVisit) -> bool:
        """Whether something begins before the late bus comes."""
        return self.expected_at is not None and self.expected_at > part.starts_at

    @property
    def lunch_at(self) -> datetime | None:
        """When they have their table in the lunch room."""
        return next((part.starts_at for part in self.parts if part.kind is Kind.LUNCH), None)

    @property
    def programme(self) -> tuple[PartOfVisit, ...]:
        """What they do besides lunch."""
        return tuple(part for part in self.parts if part.kind is not Kind.LUNCH)


@dataclass(frozen=True, slots=True)
class TroubleToday:
    """People let in without the network whose ticket does not hold for them, and who was let in on it before."""

    mark: str
    trouble: Trouble
    booking_id: int
    reference: str
    uncounted: int
    at: datetime
    by: str
    first_at: datetime | None
    first_by: str | None


UNSEEN = (Trouble.TWICE, Trouble.CANCELLED)  # what nobody could know when it happened
# A class that we go to does not come.
_goes_out = exists().where(Outreach.activity_id == Slot.activity_id)
_START, _END = bindparam("start", type_=UTCDateTime), bindparam("end", type_=UTCDateTime)
_SLOTS = (
    select(
        Slot.id, Activity.kind, Activity.needs_admission, Activity.title, Slot.space_id, Space.name, Slot.starts_at,
        Slot.ends_at, Slot.status, Slot.note, Slot.capacity, Slot.taken, func.coalesce(func.sum(Ticket.admits), 0),
        func.coalesce(func.sum(Ticket.admitted), 0),
    )
    .join(Activity, Activity.id == Slot.activity_id)
    .outerjoin(Space, Space.id == Slot.space_id)
    .outerjoin(Ticket, (Ticket.slot_id == Slot.id) & Ticket.void.is_(False))
    .where(Slot.starts_at >= _START, Slot.starts_at < _END, ~_goes_out)
    .group_by(Slot.id, Activity.id, Space.id)
    .order_by(Slot.starts_at, Activity.sort, Slot.id)
)  # fmt: skip
_more = (
    select(func.coalesce(func.sum(CheckIn.uncounted), 0))
    .where(CheckIn.booking_id == Booking.id, CheckIn.trouble == Trouble.MORE, CheckIn.undone_at.is_(None))
    .correlate(Booking)
    .scalar_subquery()
)
_GROUPS = (
    select(
        Booking.id, Booking.reference, Booking.name, Booking.group_name, Booking.phone, Booking.needs,
        Booking.expected_at, Booking.starts_at, Booking.people, _more,
        Slot.id, Activity.kind, Activity.title, Space.name, Slot.starts_at,
        func.sum(Ticket.admits), func.sum(Ticket.admitted),
    )
    .join(Ticket, (Ticket.booking_id == Booking.id) & Ticket.void.is_(False))
    .join(Slot, Slot.id == Ticket.slot_id)
    .join(Activity, Activity.id == Slot.activity_id)
    .outerjoin(Space, Space.id == Slot.space_id)
    .where(
        Booking.starts_at >= _START,
        Booking.starts_at < _END,
        Booking.channel == Channel.SCHOOL,
        Booking.state == State.CONFIRMED,
        ~_goes_out,
    )
    .group_by(Booking.id, Slot.id, Activity.id, Space.id)
    .order_by(Booking.starts_at, Booking.id, Slot.starts_at)
)  # fmt: skip


def slots_today(start: datetime, end: datetime) -> list[SlotToday]:
    """Every time that starts in [start, end), in order, in one statement."""
    return as_values(SlotToday, db.session.execute(_SLOTS, {"start": start, "end": end}))


def groups_today(start: datetime, end: datetime) -> list[GroupToday]:
    """The groups whose visit starts in [start, end), in order, in three statements."""
    visits = visits_today(start, end)
    rows = db.session.execute(_GROUPS, {"start": start, "end": end}).all()
    return [
        as_values(
            GroupToday, [(*about, tuple(as_values(PartOfVisit, [row[10:] for row in parts])), visits.get(about[0]))]
        )[0]
        for about, parts in groupby(rows, key=lambda row: tuple(row[:10]))
    ]


def who_eats(slots: Sequence[SlotToday], groups: Sequence[GroupToday]) -> list[SlotToday]:
    """The same times, those in the lunch room with the people who are in the house and eat then.

    A table has no door of its own: who came in with their class is here, and nobody of them is still to come.
    """
    here: dict[int, int] = defaultdict(int)
    for group in groups:
        left = group.arrived
        for part in group.parts:
            if part.kind is Kind.LUNCH:
                at_table = min(part.booked, left)
                here[part.slot_id] += at_table
                left -= at_table
    return [replace(slot, arrived=here[slot.slot_id]) if slot.kind is Kind.LUNCH else slot for slot in slots]


@dataclass(frozen=True, slots=True)
class PeopleToday:
    """Heads, not tickets: who has a show too or eats here is one, and so is a class that has two programmes."""

    booked: int
    arrived: int


def people_today(slots: Sequence[SlotToday], groups: Sequence[GroupToday]) -> PeopleToday:
    """Everybody who comes into the house today, each once."""
    entries = {slot.slot_id: slot for slot in slots if not slot.needs_admission and slot.kind is not Kind.LUNCH}
    parts = [part for group in groups for part in group.parts if part.slot_id in entries]
    return PeopleToday(
        booked=sum(slot.booked for slot in entries.values())
        - sum(part.booked for part in parts)
        + sum(group.booked for group in groups),
        arrived=sum(slot.arrived for slot in entries.values())
        - sum(part.arrived for part in parts)
        + sum(group.arrived for group in groups),
    )


@cache
def _troubles() -> ReadyStatement:
    """Asked for each answer of the scan page: built once."""
    first, first_by = aliased(CheckIn), aliased(Account)
    return ReadyStatement(
        select(
            CheckIn.mark, CheckIn.trouble, Booking.id, Booking.reference, CheckIn.uncounted, CheckIn.at, Account.name,
            func.min(first.at), func.min(first_by.name),
        )
        .join(Booking, Booking.id == CheckIn.booking_id)
        .outerjoin(Account, Account.id == CheckIn.account_id)
        .outerjoin(first, (first.booking_id == CheckIn.booking_id) & (first.heads > 0) & first.undone_at.is_(None))
        .outerjoin(first_by, first_by.id == first.account_id)
        .where(CheckIn.at >= _START, CheckIn.trouble.in_(UNSEEN), CheckIn.undone_at.is_(None))
        .group_by(CheckIn.at, CheckIn.id, Booking.id, Account.id)  # so that the index on `at` is used
        .order_by(CheckIn.at.desc())
        .limit(20)
    )  # fmt: skip


def troubles_today(start: datetime) -> list[TroubleToday]:
    """What could not be counted since `start` and nobody has undone, the latest first."""
    return as_values(TroubleToday, _troubles().rows({"start": start}))
