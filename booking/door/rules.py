"""Pure decisions at the door: may this party come in here and now, and how many are in the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from booking.bookings.models import State
from booking.capacity.models import Channel
from booking.catalogue.models import Kind
from booking.centre.facts import CentreFacts
from booking.kernel.database import Texts


class DoorVerdict(StrEnum):
    """What the door says to a code."""

    WELCOME = "welcome"
    ASK = "ask"  # a group: count them first
    ALREADY_IN = "already_in"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    WRONG_DAY = "wrong_day"
    ELSEWHERE = "elsewhere"
    CANCELLED = "cancelled"
    UNPAID = "unpaid"
    PASS_BLOCKED = "pass_blocked"  # noqa: S105
    PASS_ENDED = "pass_ended"  # noqa: S105
    PASS_NOT_YET = "pass_not_yet"  # noqa: S105
    PASS_REPLACED = "pass_replaced"  # noqa: S105  (by a new code: this one was lost)
    PASS_NO_ROOM = "pass_no_room"  # noqa: S105  (or no time to come straight in for)
    UNKNOWN = "unknown"
    FOREIGN = "foreign"


# Where staff may still say "let in anyway", with a reason.
OVERRULABLE = frozenset({DoorVerdict.TOO_EARLY, DoorVerdict.TOO_LATE, DoorVerdict.WRONG_DAY, DoorVerdict.ELSEWHERE})


@dataclass(frozen=True, slots=True)
class Post:
    """Where somebody checks tickets: at the entrance (no space), or before one space."""

    space_id: int | None = None

    def checks(self, ticket: TicketAtDoor) -> bool:
        """Whether this post lets people in on the ticket; the entrance takes all that bring one into the house."""
        if self.space_id is None:
            return not ticket.needs_admission
        return ticket.space_id == self.space_id


ENTRANCE = Post()


@dataclass(frozen=True, slots=True)
class TicketAtDoor:
    """One ticket that counts, and what it is for."""

    id: int
    code: str
    slot_id: int
    activity_id: int
    kind: Kind
    needs_admission: bool
    space_id: int | None
    starts_at: datetime
    ends_at: datetime
    ticket_type_id: int
    activity_title: Texts
    ticket_title: Texts
    proof: Texts
    admits: int
    admitted: int

    @property
    def left(self) -> int:
        """How many may still come in on it."""
        return self.admits - self.admitted


@dataclass(frozen=True, slots=True)
class PartyAtDoor:
    """A booking as the door sees it: no mail address, no price."""

    booking_id: int
    reference: str
    state: State
    channel: Channel
    name: str
    group_name: str
    phone: str
    needs: str
    people: int
    starts_at: datetime
    expected_at: datetime | None
    tickets: tuple[TicketAtDoor, ...]
    ways_in: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # of a visit: slot id → classes
    by_pass: int = 0  # so many come on annual passes
    numbers: Sequence[tuple[Texts, str]] = ()  # such as an annual pass's: what it is called, the number

    @property
    def is_group(self) -> bool:
        """Whether heads are counted before they go in; on a course each person has a ticket of their own."""
        return self.channel is Channel.SCHOOL and not all(ticket.kind is Kind.COURSE for ticket in self.tickets)

    def counted_in_by(self, tickets: Sequence[TicketAtDoor]) -> tuple[TicketAtDoor, ...]:
        """Of tickets asked for at the entrance, those that a visit is counted in by: once a class, not once a session.

        All of them where none is such a one, so that a single session's ticket still opens that session.
        """
        entering = tuple(ticket for ticket in tickets if ticket.slot_id in self.ways_in)
        return entering or tuple(tickets)


@dataclass(frozen=True, slots=True)
class Category:
    """So many of one kind of ticket in one slot: booked, in already, still to come."""

    slot_id: int
    ticket_type_id: int
    activity_title: Texts
    ticket_title: Texts
    starts_at: datetime
    booked: int
    admitted: int

    @property
    def left(self) -> int:
        """How many may still come in."""
        return self.booked - self.admitted


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the door says, and to which tickets: those that may come in, or those it is about."""

    verdict: DoorVerdict
    tickets: tuple[TicketAtDoor, ...]


def judge(
    party: PartyAtDoor, tickets: Sequence[TicketAtDoor], post: Post, now: datetime, centre: CentreFacts
) -> Judgement:
    """May these tickets of the party come in at this post now? Early and late by the centre's minutes."""
    if party.state is State.CANCELLED:
        return Judgement(DoorVerdict.CANCELLED, tuple(tickets))
    if party.state is not State.CONFIRMED:
        return Judgement(DoorVerdict.UNPAID, tuple(tickets))
    here = tuple(ticket for ticket in tickets if post.checks(ticket))
    if post.space_id is None:
        here = party.counted_in_by(here)
    if not here:
        return Judgement(DoorVerdict.ELSEWHERE, tuple(tickets))
    left = tuple(ticket for ticket in here if ticket.left)
    if not left:
        return Judgement(DoorVerdict.ALREADY_IN, here)
    due = tuple(ticket for ticket in left if is_due(ticket, now, centre, party))
    if due:
        return Judgement(DoorVerdict.WELCOME, due)
    today = centre.local(now).date()
    todays = tuple(ticket for ticket in here if centre.local(ticket.starts_at).date() == today)
    of_today = tuple(ticket for ticket in todays if ticket.left)
    if todays and not of_today:
        return Judgement(DoorVerdict.ALREADY_IN, todays)  # a pass, whose other days are to come
    if not of_today:
        return Judgement(DoorVerdict.WRONG_DAY, left)
    early = of_today[0].starts_at > now
    return Judgement(DoorVerdict.TOO_EARLY if early else DoorVerdict.TOO_LATE, of_today)


def is_due(ticket: TicketAtDoor, now: datetime, centre: CentreFacts, party: PartyAtDoor | None = None) -> bool:
    """Whether now is the ticket's time, with the minutes before and after that the centre allows.

    A class comes in when its bus comes, whatever it does first, and as long as anything of its visit is to come.
    """
    early, late = timedelta(minutes=centre.door_early_minutes), timedelta(minutes=centre.door_late_minutes)
    starts_at, ends_at = ticket.starts_at, ticket.ends_at
    if party is not None and ticket.slot_id in party.ways_in:
        bus = party.expected_at or party.starts_at
        starts_at = min(starts_at, party.starts_at, bus)
        ends_at = max(bus, *(ticket.ends_at for ticket in party.tickets))
    return starts_at - early <= now <= ends_at + late


def categories(tickets: Sequence[TicketAtDoor]) -> list[Category]:
    """The tickets by slot and kind, in their own order."""
    grouped: dict[tuple[int, int], list[TicketAtDoor]] = {}
    for ticket in tickets:
        grouped.setdefault((ticket.slot_id, ticket.ticket_type_id), []).append(ticket)
    return [
        Category(
            slot_id=doors[0].slot_id,
            ticket_type_id=doors[0].ticket_type_id,
            activity_title=doors[0].activity_title,
            ticket_title=doors[0].ticket_title,
            starts_at=doors[0].starts_at,
            booked=sum(ticket.admits for ticket in doors),
            admitted=sum(ticket.admitted for ticket in doors),
        )
        for doors in grouped.values()
    ]


@dataclass(frozen=True, slots=True)
class Stay:
    """People who came in at one moment and are taken to leave at another."""

    came_at: datetime
    leaves_at: datetime
    people: int


@dataclass(frozen=True, slots=True)
class HouseCount:
    """What staff counted in the house at one moment."""

    at: datetime
    people: int


def people_inside(stays: Sequence[Stay], left: Sequence[HouseCount], counted: HouseCount | None, now: datetime) -> int:
    """How many are in the house now, as well as can be known.

    By check-ins, each taken to stay its time, less those seen leaving. A count by staff replaces all that went before
    it; those counted go home at the pace at which the check-ins of before it would.
    """
    since = counted.at if counted else None
    came_after = [stay for stay in stays if since is None or stay.came_at > since]
    inside = sum(stay.people for stay in came_after if stay.leaves_at > now)
    gone = sum(count.people for count in left if since is None or count.at > since)
    if counted:
        inside += _of_the_counted(counted, stays, now)
    return max(0, inside - gone)


def _of_the_counted(counted: HouseCount, stays: Sequence[Stay], now: datetime) -> int:
    there = [stay for stay in stays if stay.came_at <= counted.at < stay.leaves_at]
    then = sum(stay.people for stay in there)
    still = sum(stay.people for stay in there if stay.leaves_at > now)
    return round(counted.people * still / then) if then else counted.people
