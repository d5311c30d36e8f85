"""Let people in: one code, one answer; the counter on the ticket moves by one conditional UPDATE."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, insert, select, text

from booking.annual_passes.own import PassFacts
from booking.annual_passes.uses import come_in
from booking.bookings.refusals import Nothing
from booking.centre.facts import CentreFacts, the_centre
from booking.door import read
from booking.door.models import CheckIn, CheckInLine, EntryWay, Trouble
from booking.door.more import Beyond, agree, more_by, room_in_house
from booking.door.present_time import move_to_present, present_slot
from booking.door.refusals import CountedMeanwhile, MarkTaken, NotNow, TooManyHeads
from booking.door.rules import (
    ENTRANCE,
    OVERRULABLE,
    Category,
    DoorVerdict,
    Judgement,
    PartyAtDoor,
    Post,
    TicketAtDoor,
    categories,
    judge,
)
from booking.kernel.database import db
from booking.kernel.prepared import ReadyStatement
from booking.records.audit import note
from booking.visits.rebill import count_moved

Heads = Mapping[tuple[int, int], int]  # (slot id, ticket type id) → people


@dataclass(frozen=True, slots=True)
class Admitting:
    """Who lets in, how, where and when. `mark` is the device's own name for this admission: 26 characters, once.

    `more` is how many beyond those whom their group has booked somebody has said yes to.
    """

    mark: str
    at: datetime
    way: EntryWay
    account_id: int | None
    device: str = ""
    reason: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """What the door says. `let_in` has the people of this very admission, `party` the whole as it stands after it."""

    verdict: DoorVerdict
    party: PartyAtDoor | None = None
    tickets: tuple[TicketAtDoor, ...] = ()
    let_in: tuple[Category, ...] = ()
    heads: int = 0
    mark: str = ""
    moved_from: int | None = None
    earlier: tuple[read.Earlier, ...] = ()
    passes: tuple[PassFacts, ...] = ()  # whose names are looked at


def scan(code: str, post: Post, how: Admitting, centre: CentreFacts, *, ask: bool = False) -> DoorAnswer:
    """Say whether the holder of a code may come in, and let the party in if so; call inside a unit of work.

    A party code lets in all that are due at this post, a single ticket's code its own people. Groups, and everybody
    when `ask`, are not let in but answered ASK, so that heads can be counted first; they are moved to the present time
    only when they are let in. Any number of times with the same mark counts once.
    """
    holder = read.lock_with_code(code)
    if holder is None:
        return DoorAnswer(DoorVerdict.UNKNOWN)
    booking_id, ticket_id = holder
    party, is_repeated = _party(booking_id, how.mark)
    if is_repeated:
        return _as_before(party, how.mark)
    tickets = _of(party, ticket_id)
    if ticket_id and not tickets:
        return DoorAnswer(DoorVerdict.CANCELLED, party, party.tickets)
    judgement = judge(party, tickets, post, how.at, centre)
    moved_from = None
    if may_move(party, judgement, centre):
        has_room = present_slot(party, judgement.tickets, how.at, centre) is not None
        if has_room and ask and sum(ticket.left for ticket in judgement.tickets) > 1:
            return DoorAnswer(DoorVerdict.ASK, party, judgement.tickets)
        moved_from = move_to_present(party, judgement.tickets, how.at, centre)
        if moved_from is not None:
            party, _ = _party(booking_id, how.mark)
            judgement = judge(party, _of(party, ticket_id), post, how.at, centre)
    if judgement.verdict is not DoorVerdict.WELCOME:
        return DoorAnswer(judgement.verdict, party, judgement.tickets, earlier=tuple(read.admissions_of(booking_id)))
    if party.is_group or (ask and sum(ticket.left for ticket in judgement.tickets) > 1):
        return DoorAnswer(DoorVerdict.ASK, party, judgement.tickets)
    return write_admission(party, {ticket.id: ticket.left for ticket in judgement.tickets}, how, moved_from)


def admit(
    booking_id: int,
    heads: Heads,
    how: Admitting,
    centre: CentreFacts,
    only: Collection[int] = (),
    seen: Heads | None = None,
) -> DoorAnswer:
    """Let in so many more of each kind, on these tickets if it says which; call inside a unit of work.

    `seen` is how many of each kind were in when the form was shown. Who comes early or late is moved to the present
    time where that has room and the centre wants it. Raises Nothing, TooManyHeads, CountedMeanwhile, NotNow unless it
    is their time or `how` has a reason why they may all the same; of a group, NoRoomInHouse and MoreThanBooked unless
    `how` has so many more.
    """
    read.lock(booking_id)
    party, is_repeated = _party(booking_id, how.mark)
    if is_repeated:
        return _as_before(party, how.mark)
    if seen is not None and any(number != seen.get(key, number) for key, number in heads_in(party).items()):
        raise CountedMeanwhile
    wanted = {key: number for key, number in heads.items() if number > 0}
    tickets = [ticket for ticket in party.tickets if (ticket.slot_id, ticket.ticket_type_id) in wanted]
    tickets = [ticket for ticket in tickets if not only or ticket.id in only]
    if not tickets:
        raise Nothing
    spread, beyond = spread_heads(tickets, wanted, more=party.is_group)
    # Of a kind that is all in, more come in when it was the time of the others.
    about = [ticket for ticket in tickets if ticket.id in spread] or [replace(ticket, admitted=0) for ticket in tickets]
    judgement = _judge_all(party, about, how.at, centre)
    moved_from = None
    if may_move(party, judgement, centre) and not how.reason:
        moved_from = move_to_present(party, judgement.tickets, how.at, centre)
        if moved_from is not None:
            party, _ = _party(booking_id, how.mark)
            judgement = _judge_all(party, [ticket for ticket in party.tickets if ticket.id in spread], how.at, centre)
    if judgement.verdict is not DoorVerdict.WELCOME and not (judgement.verdict in OVERRULABLE and how.reason):
        raise NotNow(judgement.verdict)
    if judgement.verdict is not DoorVerdict.WELCOME:
        facts = {"verdict": judgement.verdict.value, "heads": sum(spread.values())}
        note(f"account:{how.account_id}", "door.let_in_anyway", f"booking:{booking_id}", None, facts)
    more = sum(beyond.values())
    if more:
        agree(
            beyond_of(party, wanted, beyond, more, sum(spread.values()) + more), how.more, room_in_house(party, how.at)
        )
    return write_admission(party, spread, how, moved_from, more, Trouble.MORE if more else None)


def beyond_of(
    party: PartyAtDoor, wanted: Heads, beyond: Heads, more: int, entering: int, had: int = 0, extra: int = 0
) -> Beyond:
    """What a count beyond the booking says of the kinds that are too many; all that came of them, whenever."""
    kinds = [
        category
        for category in categories(party.tickets)
        if (category.slot_id, category.ticket_type_id) in (beyond or wanted)
    ]
    now = sum(wanted[kind.slot_id, kind.ticket_type_id] for kind in kinds)
    came = now + sum(kind.admitted for kind in kinds) + more_by([party.booking_id]).get(party.booking_id, 0) + extra
    return Beyond(came, sum(kind.booked for kind in kinds), more, entering, had)


def heads_in(party: PartyAtDoor) -> dict[tuple[int, int], int]:
    """How many of each kind are in."""
    return {(category.slot_id, category.ticket_type_id): category.admitted for category in categories(party.tickets)}


def may_move(party: PartyAtDoor, judgement: Judgement, centre: CentreFacts) -> bool:
    """Whether people whom the door judges so may be moved to the present time; a class is bound to its plan."""
    at_another_time = judgement.verdict in (DoorVerdict.TOO_EARLY, DoorVerdict.TOO_LATE)
    return at_another_time and centre.door_moves and not party.is_group


def admit_later(code: str, people: int, how: Admitting, post: Post = ENTRANCE) -> DoorAnswer:
    """Write down people who were let in while the network was gone; call inside a unit of work.

    They are inside already, so nothing is refused: whom the ticket no longer holds for is kept as uncounted, with why.
    Beyond a group's booking as many as the device asked about (`how.more`) are no trouble; more than that came twice.
    Single tickets and parties count what was left of them then, the soonest first. UNKNOWN when no booking has the
    code.
    """
    holder = read.lock_with_code(code)
    if holder is None:
        note(f"account:{how.account_id}", "door.unknown_code", f"mark:{how.mark}", None, {"heads": people})
        return DoorAnswer(DoorVerdict.UNKNOWN)
    booking_id, ticket_id = holder
    party, is_repeated = _party(booking_id, how.mark)
    if is_repeated:
        return _as_before(party, how.mark)
    here = [ticket for ticket in _of(party, ticket_id) if post.checks(ticket)]
    if post.space_id is None:
        here = list(party.counted_in_by(here))
    here = _of_its_day(here, how.at)
    spread, left = {}, people
    for ticket in here:
        part = min(ticket.left, left)
        if part > 0:
            spread[ticket.id] = part
            left -= part
    trouble = None
    if left:
        is_asked = party.is_group and left <= how.more
        trouble = Trouble.CANCELLED if not here else Trouble.MORE if is_asked else Trouble.TWICE
    return write_admission(party, spread, how, None, left, trouble)


def _of_its_day(tickets: list[TicketAtDoor], at: datetime) -> list[TicketAtDoor]:
    """Of a pass only what is for the day that they came on; of all else, all."""
    local = the_centre().local
    if len({local(ticket.starts_at).date() for ticket in tickets}) < 2:
        return tickets
    of_day = [ticket for ticket in tickets if local(ticket.starts_at).date() == local(at).date()]
    return of_day or tickets


def spread_heads(
    tickets: Sequence[TicketAtDoor], wanted: Heads, *, more: bool
) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    """The heads of each kind over the tickets of that kind: ticket id → people, and how many of each kind are beyond.

    Raises TooManyHeads where there may not be more; nowhere inside the house, whose people have come in already.
    """
    spread: dict[int, int] = {}
    beyond: dict[tuple[int, int], int] = {}
    into_house = {(ticket.slot_id, ticket.ticket_type_id) for ticket in tickets if not ticket.needs_admission}
    for key, number in wanted.items():
        left = number
        for ticket in tickets:
            if (ticket.slot_id, ticket.ticket_type_id) != key:
                continue
            part = min(ticket.left, left)
            if part:
                spread[ticket.id] = part
                left -= part
        if left and not (more and key in into_house):
            raise TooManyHeads(number - left)
        if left:
            beyond[key] = left
    return spread, beyond


def move_counters(moves: Mapping[int, int]) -> bool:
    """Let these tickets have admitted so many more (or fewer); False when one of them does not allow it."""
    values: dict[str, int] = {}
    for n, (ticket_id, heads) in enumerate(sorted(moves.items())):
        values |= {f"ticket{n}": ticket_id, f"heads{n}": heads}
    moved = _statement(len(moves)).rows(values)
    return len(moved) == len(moves)


_MOVE = """
WITH move (ticket_id, heads) AS (VALUES {rows})
UPDATE ticket SET admitted = ticket.admitted + move.heads
FROM move
WHERE ticket.id = move.ticket_id
  AND ticket.admitted + move.heads BETWEEN 0 AND ticket.admits
  AND (move.heads < 0 OR NOT ticket.void)
RETURNING ticket.id
"""


_CHECK_IN = ReadyStatement(insert(CheckIn).returning(CheckIn.id))


@lru_cache
def _statement(rows: int) -> ReadyStatement:
    return ReadyStatement(text(_MOVE.format(rows=", ".join(f"(:ticket{n}, :heads{n})" for n in range(rows)))))


@lru_cache
def _lines(rows: int) -> ReadyStatement:
    row: dict[str, object] = {"check_in_id": bindparam("check_in")}
    each = [row | {"ticket_id": bindparam(f"ticket{n}"), "heads": bindparam(f"heads{n}")} for n in range(rows)]
    return ReadyStatement(insert(CheckInLine).values(each))


def _party(booking_id: int, mark: str) -> tuple[PartyAtDoor, bool]:
    """The party, and whether this very admission is known. Asked under the lock, so that two at once take turns."""
    pair = read.party_and_mark(booking_id, mark)
    if pair is None:
        raise LookupError(booking_id)
    party, known = pair
    if known is not None and known != booking_id:
        raise MarkTaken
    return party, known is not None


def _of(party: PartyAtDoor, ticket_id: int) -> tuple[TicketAtDoor, ...]:
    return tuple(ticket for ticket in party.tickets if ticket_id in (0, ticket.id))


def _judge_all(party: PartyAtDoor, tickets: Sequence[TicketAtDoor], now: datetime, centre: CentreFacts) -> Judgement:
    """As `judge`, wherever the tickets are for: who picks them from a list has said where."""
    spaces = {None if not ticket.needs_admission else ticket.space_id for ticket in tickets}
    judgements = [
        judge(party, [ticket for ticket in tickets if Post(space).checks(ticket)], Post(space), now, centre)
        for space in spaces
    ]
    return next((judgement for judgement in judgements if judgement.verdict is not DoorVerdict.WELCOME), judgements[0])


def write_admission(
    party: PartyAtDoor,
    spread: Mapping[int, int],
    how: Admitting,
    moved_from: int | None,
    uncounted: int = 0,
    trouble: Trouble | None = None,
) -> DoorAnswer:
    """Write that people of a locked party came in on these tickets (ticket id → people), and move the counters."""
    heads = sum(spread.values())
    check_in_id = _CHECK_IN.value(
        {
            "mark": how.mark,
            "booking_id": party.booking_id,
            "at": how.at,
            "account_id": how.account_id,
            "device": how.device,
            "way": how.way,
            "heads": heads,
            "uncounted": uncounted,
            "trouble": trouble,
            "reason": how.reason,
            "moved_from": moved_from,
            "undone_reason": "",
        }
    )
    if party.is_group:
        count_moved(party.booking_id)
    if party.by_pass:
        come_in(party.booking_id, the_centre().local(how.at).date())
    if spread:
        if not move_counters(spread):
            raise AssertionError("a locked ticket changed")
        values = {"check_in": check_in_id}
        for n, (ticket_id, number) in enumerate(spread.items()):
            values |= {f"ticket{n}": ticket_id, f"heads{n}": number}
        _lines(len(spread)).rows(values)
    after = tuple(replace(ticket, admitted=ticket.admitted + spread.get(ticket.id, 0)) for ticket in party.tickets)
    came = tuple(
        replace(ticket, admits=spread[ticket.id], admitted=0) for ticket in party.tickets if ticket.id in spread
    )
    verdict = DoorVerdict.WELCOME if trouble in (None, Trouble.MORE) else DoorVerdict.ALREADY_IN
    return DoorAnswer(
        verdict=verdict,
        party=replace(party, tickets=after),
        tickets=tuple(ticket for ticket in after if ticket.id in spread),
        let_in=tuple(categories(came)),
        heads=heads,
        mark=how.mark,
        moved_from=moved_from,
    )


def _as_before(party: PartyAtDoor, mark: str) -> DoorAnswer:
    """The same admission sent again: the same answer."""
    rows = db.session.execute(
        select(CheckInLine.ticket_id, CheckInLine.heads)
        .join(CheckIn, CheckIn.id == CheckInLine.check_in_id)
        .where(CheckIn.mark == mark)
    )
    spread = {ticket_id: heads for ticket_id, heads in rows}
    came = tuple(
        replace(ticket, admits=spread[ticket.id], admitted=0) for ticket in party.tickets if ticket.id in spread
    )
    return DoorAnswer(
        verdict=DoorVerdict.WELCOME if spread else DoorVerdict.ALREADY_IN,
        party=party,
        tickets=tuple(ticket for ticket in party.tickets if ticket.id in spread),
        let_in=tuple(categories(came)),
        heads=sum(spread.values()),
        mark=mark,
    )
