"""What pages, letters and lists read of contests, in a fixed number of statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from booking.bookings.models import Booking, State, Ticket, Waiting, WaitingSlot, WaitingState
from booking.bookings.queries import BookedLine, BookingFacts
from booking.capacity.models import Channel, Slot, SlotStatus
from booking.catalogue.models import Activity, Kind
from booking.contests.models import Contest, ContestEntry, ContestField, ContestMember, EntryState
from booking.contests.room import teams_of
from booking.contests.rules import AskedField, ContestFacts, KeptAnswer, key_of_name
from booking.kernel.database import Texts, as_values, run

BACK, AHEAD = timedelta(days=60), timedelta(days=400)
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """Somebody of an entry."""

    name: str
    birth_year: int | None
    answers: tuple[KeptAnswer, ...]


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """An entry as whoever booked sees it, and who has the list."""

    id: int
    booking_id: int
    activity_id: int
    state: EntryState
    name: str
    size: int
    answers: tuple[KeptAnswer, ...]
    reason: str
    entered_at: datetime
    version: int
    members: tuple[MemberFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class BookedContest:
    """A contest in a booking: who has entered with it, how many it has not told of yet, and who is out.

    `until` is when whoever booked can put them right no more: when the sale ends, at the latest when it begins. Of one
    that they have left, there is nothing to put right.
    """

    activity_id: int
    title: Texts
    is_of_teams: bool
    entries: tuple[EntryFacts, ...]
    missing: int
    out: tuple[EntryFacts, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class ContestRow:
    """One time of a contest in the staff's list."""

    slot_id: int
    activity_id: int
    title: Texts
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime | None
    status: SlotStatus
    capacity: int
    taken: int
    tickets: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """One line of the staff's list: a ticket of the contest with its entry, None where nobody has written it yet."""

    booking_id: int
    reference: str
    booked_by: str
    email: str
    phone: str
    channel: Channel
    ticket_id: int
    admits: int
    admitted: int
    entry: EntryFacts | None
    name_is_shared: bool = False  # another team has it too: its booking ran out and was paid after all


_FIELD = (
    ContestField.id, ContestField.label, ContestField.hint, ContestField.kind, ContestField.asked_of,
    ContestField.required, ContestField.least, ContestField.most, ContestField.choices,
)  # fmt: skip
_CONTEST = (
    Contest.contestants, Contest.least_members, Contest.most_members, Contest.asks_names, Contest.asks_birth_year,
    Contest.least_age, Contest.most_age,
)  # fmt: skip
_ENTRY = (
    ContestEntry.id, ContestEntry.booking_id, ContestEntry.activity_id, ContestEntry.state, ContestEntry.name,
    ContestEntry.size, ContestEntry.answers, ContestEntry.reason, ContestEntry.entered_at, ContestEntry.version,
)  # fmt: skip


def contests_of(activity_ids: Collection[int]) -> dict[int, ContestFacts]:
    """How these contests are entered and what they ask, in two statements; what is no contest is left out."""
    if not activity_ids:
        return {}
    rows = run(
        select(Activity.id, Activity.title, Contest.activity_id, *_CONTEST)
        .outerjoin(Contest, Contest.activity_id == Activity.id)
        .where(Activity.id.in_(sorted(activity_ids)), Activity.kind == Kind.CONTEST)
    ).all()
    fields = fields_of([row[0] for row in rows]) if rows else {}
    contests = {}
    for activity_id, title, has_row, *columns in rows:
        how = dict(zip((column.key for column in _CONTEST), columns, strict=True)) if has_row is not None else {}
        contests[activity_id] = ContestFacts(activity_id, title, **how, fields=tuple(fields.get(activity_id, ())))
    return contests


def fields_of(activity_ids: Collection[int]) -> dict[int, list[AskedField]]:
    """What these contests ask, in order, in one statement."""
    rows = run(
        select(ContestField.activity_id, *_FIELD)
        .where(ContestField.activity_id.in_(sorted(activity_ids)))
        .order_by(ContestField.sort, ContestField.id)
    )
    fields = defaultdict(list)
    for activity_id, *columns in rows:
        fields[activity_id].append(AskedField(*columns))
    return fields


def team_at(slot_id: int) -> int:
    """How many places a team takes at a time of a contest where each ticket is for one; else 1. Two statements."""
    of_contest = (Slot.id == slot_id, Activity.id == Slot.activity_id, Activity.kind == Kind.CONTEST)
    activity_id = run(select(Slot.activity_id).where(*of_contest)).scalar()
    return teams_of([(activity_id, Kind.CONTEST)]).size(activity_id) if activity_id is not None else 1


def wanted_of(lines: Iterable[BookedLine]) -> dict[int, int]:
    """How many entries the lines of a booking want, by contest."""
    wanted = Counter[int]()
    for line in lines:
        if line.is_contest:
            wanted[line.activity_id] += line.quantity
    return dict(wanted)


def entries_of(booking_id: int) -> list[EntryFacts]:
    """All entries of a booking, those that are out too, in the order they were written; two statements."""
    return _entries(ContestEntry.booking_id == booking_id)


def standing_of_booking(booking_id: int, wanted: Mapping[int, int]) -> dict[int, list[EntryFacts]]:
    """The entries of a booking that are in, by contest; no more than it wants, which are the first."""
    entries = [entry for entry in entries_of(booking_id) if entry.state is EntryState.ENTERED]
    return {
        activity_id: [entry for entry in entries if entry.activity_id == activity_id][:many]
        for activity_id, many in wanted.items()
    }


def booked_contests(facts: BookingFacts) -> list[BookedContest]:
    """The contests in a booking, those too that all of its entries have left; five statements, none without one.

    What was never changed has no contest but those of its lines.
    """
    wanted = wanted_of(facts.lines)
    if not wanted and facts.version == 1:
        return []
    written = entries_of(facts.id)
    contests = contests_of(wanted.keys() | {entry.activity_id for entry in written})
    slots = {line.slot_id for line in facts.lines if line.is_contest}
    ends = deadlines(Slot.id.in_(slots)) if slots else {}
    booked = []
    for activity_id, contest in contests.items():
        own, many = [entry for entry in written if entry.activity_id == activity_id], wanted.get(activity_id, 0)
        entries = [entry for entry in own if entry.state is EntryState.ENTERED][:many]
        out = tuple(entry for entry in own if entry.state is not EntryState.ENTERED)
        missing, until = many - len(entries), ends.get(activity_id, facts.starts_at)
        booked.append(
            BookedContest(activity_id, contest.title, contest.is_of_teams, tuple(entries), missing, out, until)
        )
    return booked


def deadlines(*slots: ColumnElement[bool]) -> dict[int, datetime]:
    """Until when whoever booked may put entries right, by contest, where these slots are booked; one statement."""
    rows = run(select(Slot.activity_id, Slot.closes_at, Slot.starts_at).where(*slots))
    ends: dict[int, datetime] = {}
    for activity_id, closes_at, starts_at in rows:
        end = min(closes_at or starts_at, starts_at)
        ends[activity_id] = min(end, ends.get(activity_id, end))
    return ends


def contest_rows(now: datetime, slot_id: int | None = None) -> list[ContestRow]:
    """The times of contests of late and to come, in order; or just one. One statement."""
    tickets = (
        select(func.count())
        .select_from(Ticket)
        .where(Ticket.slot_id == Slot.id, Ticket.void.is_(False))
        .correlate(Slot)
        .scalar_subquery()
    )
    waiting = (
        select(func.coalesce(func.sum(Waiting.people), 0))
        .join(WaitingSlot, WaitingSlot.waiting_id == Waiting.id)
        .where(WaitingSlot.slot_id == Slot.id, Waiting.state == WaitingState.WAITING)
        .correlate(Slot)
        .scalar_subquery()
    )
    query = (
        select(
            Slot.id, Slot.activity_id, Activity.title, Slot.starts_at, Slot.ends_at, Slot.closes_at, Slot.status,
            Slot.capacity, Slot.taken, tickets, waiting,
        )
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Activity.kind == Kind.CONTEST)
        .order_by(Slot.starts_at, Slot.id)
        .limit(MOST_SHOWN)
    )  # fmt: skip
    if slot_id is not None:
        return as_values(ContestRow, run(query.where(Slot.id == slot_id)))
    contests = select(Activity.id).where(Activity.kind == Kind.CONTEST)
    span = (Slot.starts_at > now - BACK, Slot.starts_at < now + AHEAD)
    return as_values(ContestRow, run(query.where(Slot.activity_id.in_(contests), *span)))


def listed(slot_id: int, activity_id: int) -> list[ListedEntry]:
    """A line for each ticket of one time of a contest, in the order of booking; three statements.

    The first entry of a booking belongs to its first ticket, and so on, through all its times of the contest.
    """
    here = select(Ticket.booking_id).where(Ticket.slot_id == slot_id, Ticket.void.is_(False))
    tickets = run(
        select(
            Ticket.slot_id, Booking.id, Booking.reference, Booking.name, Booking.email, Booking.phone,
            Booking.channel, Ticket.id, Ticket.admits, Ticket.admitted,
        )
        .join(Booking, Booking.id == Ticket.booking_id)
        .join(Slot, Slot.id == Ticket.slot_id)
        .where(
            Booking.id.in_(here), Booking.state == State.CONFIRMED, Slot.activity_id == activity_id,
            Ticket.void.is_(False),
        )
        .order_by(Booking.id, Slot.starts_at, Ticket.id)
    ).all()  # fmt: skip
    by_booking = defaultdict(list)
    for entry in _entries(
        ContestEntry.booking_id.in_(here),
        ContestEntry.activity_id == activity_id,
        ContestEntry.state == EntryState.ENTERED,
    ):
        by_booking[entry.booking_id].append(entry)
    lines = []
    for ticket_slot, booking_id, *columns in tickets:
        waiting = by_booking[booking_id]
        own = waiting.pop(0) if waiting else None
        if ticket_slot == slot_id:
            lines.append((booking_id, *columns, own))
    return _with_shared_names(as_values(ListedEntry, lines))


def _with_shared_names(lines: Sequence[ListedEntry]) -> list[ListedEntry]:
    """The same lines, marked where two have a name that counts as one."""
    keys = [key_of_name(line.entry.name) if line.entry is not None and line.entry.name else "" for line in lines]
    many = Counter(filter(None, keys))
    return [replace(line, name_is_shared=many[key] > 1) for line, key in zip(lines, keys, strict=True)]


def _entries(*conditions: Any) -> list[EntryFacts]:  # noqa: ANN401  (conditions of a statement)
    query = select(*_ENTRY).where(*conditions).order_by(ContestEntry.id)
    rows = run(query).all()
    members = _members(select(ContestEntry.id).where(*conditions)) if rows else {}
    return as_values(
        EntryFacts,
        (
            (entry_id, *columns, _kept(answers), reason, entered_at, version, tuple(members.get(entry_id, ())))
            for entry_id, *columns, answers, reason, entered_at, version in rows
        ),
    )


def _members(entries: Select[int]) -> dict[int, list[MemberFacts]]:
    rows = run(
        select(ContestMember.entry_id, ContestMember.name, ContestMember.birth_year, ContestMember.answers)
        .where(ContestMember.entry_id.in_(entries))
        .order_by(ContestMember.id)
    )
    members = defaultdict(list)
    for entry_id, name, birth_year, answers in rows:
        members[entry_id].append(MemberFacts(name, birth_year, _kept(answers)))
    return members


def _kept(rows: Iterable[Mapping[str, Any]]) -> tuple[KeptAnswer, ...]:
    return tuple(map(KeptAnswer.from_row, rows))
