"""Find a party by what a scanner read or somebody typed, with its tickets, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal, select, union_all

from booking.bookings.models import Booking, Line, Ticket
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, TicketType
from booking.door.models import CheckIn, Trouble
from booking.door.rules import PartyAtDoor, TicketAtDoor
from booking.door.visits import ways_in
from booking.kernel.database import Texts, as_values, db
from booking.kernel.prepared import ReadyStatement
from booking.staff.models import Account


@dataclass(frozen=True, slots=True)
class Earlier:
    """An admission that is remembered: when, by whom, how many, on which device."""

    mark: str
    at: datetime
    by: str
    heads: int
    uncounted: int
    trouble: Trouble | None
    device: str
    reason: str
    moved_from: int | None
    moved_back: bool | None
    undone_at: datetime | None
    undone_reason: str

    @property
    def more(self) -> int:
        """How many more than booked were let in."""
        return self.uncounted if self.trouble is Trouble.MORE else 0


_PARTY = (
    Booking.id, Booking.reference, Booking.state, Booking.channel, Booking.name, Booking.group_name, Booking.phone,
    Booking.needs, Booking.people, Booking.starts_at, Booking.expected_at,
)  # fmt: skip
_NUMBERS = (Booking.numbers, TicketType.id, TicketType.number_name, Booking.by_pass)
_TICKET = (
    Ticket.id, Ticket.code, Ticket.slot_id, Slot.activity_id, Activity.kind, Activity.needs_admission, Slot.space_id,
    Slot.starts_at, Slot.ends_at, Ticket.ticket_type_id, Activity.title, TicketType.title, TicketType.proof,
    Ticket.admits, Ticket.admitted,
)  # fmt: skip


# Built once: building a statement costs more than running it.
_LOCK_BY_CODE = ReadyStatement(
    select(Booking.id).where(Booking.code == bindparam("code")).with_for_update(key_share=True)
)
_LOCK_BY_ID = ReadyStatement(
    select(Booking.id).where(Booking.id == bindparam("booking")).with_for_update(key_share=True)
)
_BY_TICKET_OR_REFERENCE = ReadyStatement(
    union_all(
        select(Ticket.booking_id, Ticket.id).where(Ticket.code == bindparam("code")),
        select(Booking.id, literal(0)).where(Booking.reference == bindparam("code")),
    )
)
_WITH_MARK = select(CheckIn.booking_id).where(CheckIn.mark == bindparam("mark")).scalar_subquery()
_BY_ID = ReadyStatement(
    select(_WITH_MARK, *_NUMBERS, *_PARTY, *_TICKET)
    .select_from(Booking)
    .outerjoin(Ticket, (Ticket.booking_id == Booking.id) & Ticket.void.is_(False))
    .outerjoin(Slot, Slot.id == Ticket.slot_id)
    .outerjoin(Activity, Activity.id == Slot.activity_id)
    .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
    .where(Booking.id == bindparam("sought"))
    .order_by(Slot.starts_at, TicketType.sort, Ticket.id)
)
_EARLIER = ReadyStatement(
    select(
        CheckIn.mark, CheckIn.at, func.coalesce(Account.name, ""), CheckIn.heads, CheckIn.uncounted, CheckIn.trouble,
        CheckIn.device, CheckIn.reason, CheckIn.moved_from, CheckIn.moved_back, CheckIn.undone_at,
        CheckIn.undone_reason,
    )
    .outerjoin(Account, Account.id == CheckIn.account_id)
    .where(CheckIn.booking_id == bindparam("booking"))
    .order_by(CheckIn.at.desc(), CheckIn.id.desc())
)  # fmt: skip


def lock_with_code(code: str) -> tuple[int, int] | None:
    """The booking whose code or reference this is, and the ticket if it is a single one's, else 0; None if unknown.

    The booking is locked until the unit of work ends: one admission of a party after the other.
    """
    row = _LOCK_BY_CODE.first({"code": code})
    if row is not None:
        return row[0], 0
    other = _BY_TICKET_OR_REFERENCE.first({"code": code})
    if other is None:
        return None
    lock(other[0])
    return other[0], other[1]


def lock(booking_id: int) -> None:
    """What is read of this party after this is true until the unit of work ends."""
    _LOCK_BY_ID.rows({"booking": booking_id})


def party(booking_id: int) -> PartyAtDoor | None:
    """The party with the tickets that count, by time."""
    pair = party_and_mark(booking_id, "")
    return pair[0] if pair else None


def party_and_mark(booking_id: int, mark: str) -> tuple[PartyAtDoor, int | None] | None:
    """As `party`, and the booking that an admission with this mark was written for, if there is one."""
    rows = _BY_ID.rows({"sought": booking_id, "mark": mark})
    if not rows:
        return None
    first = 1 + len(_NUMBERS)
    begin = first + len(_PARTY)
    tickets = as_values(TicketAtDoor, [row[begin:] for row in rows if row[begin] is not None])
    (at_door,) = as_values(PartyAtDoor, [(*rows[0][first:begin], tuple(tickets))])
    if at_door.is_group:
        at_door = replace(at_door, ways_in=ways_in(booking_id))
    if rows[0][4]:
        at_door = replace(at_door, by_pass=rows[0][4])
    if rows[0][1]:
        at_door = replace(at_door, numbers=_numbers(rows))
    return at_door, rows[0][0]


def _numbers(rows: Sequence[Sequence[Any]]) -> list[tuple[Texts, str]]:
    """The numbers that the tickets have, each with what it is called."""
    called = {str(kind): name for _mark, _numbers, kind, name, *_ in rows}
    return [(called[kind], number) for kind, numbers in rows[0][1].items() if kind in called for number in numbers]


def admissions_of(booking_id: int) -> list[Earlier]:
    """Who was let in on the booking before, the latest first."""
    return as_values(Earlier, _EARLIER.rows({"booking": booking_id}))


def lunch_of(booking_id: int) -> datetime | None:
    """When the party has its table in the lunch room; None without one."""
    return db.session.scalar(
        select(Slot.starts_at)
        .join(Line, Line.slot_id == Slot.id)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Line.booking_id == booking_id, Activity.kind == "lunch")
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Noted:
    """What the desk has noted on a booking."""

    expected_at: datetime | None
    till_receipt: str


def noted(booking_id: int) -> Noted:
    """When a late party says it comes, and the number of a sale in the till."""
    row = db.session.execute(select(Booking.expected_at, Booking.till_receipt).where(Booking.id == booking_id)).one()
    return Noted(*row)
