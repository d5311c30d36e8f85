"""Correct a count: what was counted at one moment becomes another number; latecomers are let in besides, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from booking.bookings.models import Ticket
from booking.bookings.store import lock
from booking.door import read
from booking.door.admit import Admitting, Heads, beyond_of, spread_heads, write_admission
from booking.door.models import CheckIn, CheckInLine, EntryWay, Trouble
from booking.door.more import UNLIMITED, agree, room_in_house
from booking.door.refusals import CountedMeanwhile
from booking.door.undo import booking_of, take_back, undo
from booking.kernel.codes import secret_from
from booking.kernel.database import db
from booking.records.audit import note

COUNTED_AGAIN = "counted again"  # kept in the row; pages say it in the reader's language


def correct(mark: str, heads: Heads, seen: Heads, how: Admitting, more: int | None = None) -> str | None:
    """Let an admission have counted so many of each kind; call inside a unit of work. Returns its new mark.

    Both counts stay in the history; the new one keeps the moment at which the people came, and with nobody left it is
    undone. Sent twice it is done once. `seen` is what the form showed as counted, `more` how many of them are more than
    booked (None: as many as they were). None when there is no such admission. Raises CountedMeanwhile when it is undone
    or other than what was shown, TooManyHeads; of a group what `admit` raises about those beyond the booking.
    """
    booking_id = booking_of(mark)
    if booking_id is None:
        return None
    lock(booking_id)
    wanted = {key: number for key, number in heads.items() if number > 0}
    new_mark = _mark_of(mark, wanted, more)
    if db.session.scalar(select(CheckIn.id).where(CheckIn.mark == new_mark, CheckIn.undone_at.is_(None))) is not None:
        return new_mark
    if not wanted and not more and _is_undone(mark):
        return ""
    if {key: number for key, number in counted(mark).items() if number} != {k: n for k, n in seen.items() if n}:
        raise CountedMeanwhile
    if not wanted and not more:
        undo(mark, COUNTED_AGAIN, how.account_id, how.at)
        return ""
    party = read.party(booking_id)
    if party is None:
        raise LookupError(booking_id)
    room = room_in_house(party, how.at) if party.is_group else UNLIMITED
    before = take_back(mark, COUNTED_AGAIN, how.account_id, how.at)
    if before is None:
        raise CountedMeanwhile
    party = read.party(booking_id)
    if party is None:
        raise LookupError(booking_id)
    # Those that were counted first stay the ones that are in, as far as it goes.
    tickets = sorted(party.tickets, key=lambda ticket: ticket.id not in before.heads)
    check_in = before.check_in
    had = check_in.uncounted if check_in.trouble is Trouble.MORE else 0
    may_be_more = party.is_group and check_in.trouble in (None, Trouble.MORE)
    extra = (had if more is None else more) if may_be_more else 0
    if len(wanted) == 1:  # of one kind the sum is all that counts: who was beyond gets a place that is free now
        ((key, number),) = wanted.items()
        wanted, extra = {key: number + extra}, 0
    spread, beyond = spread_heads(tickets, wanted, more=may_be_more)
    extra_in_all = sum(beyond.values()) + extra
    if extra_in_all:
        entering = sum(spread.values()) + extra_in_all - check_in.heads - check_in.uncounted
        agree(beyond_of(party, wanted, beyond, extra_in_all, entering, had, extra), how.more, room)
    uncounted, trouble = check_in.uncounted, check_in.trouble
    if may_be_more:
        uncounted, trouble = extra_in_all, Trouble.MORE if extra_in_all else None
    now_counted = Admitting(new_mark, check_in.at, EntryWay.LIST, how.account_id, how.device, check_in.reason)
    write_admission(party, spread, now_counted, check_in.moved_from, uncounted, trouble)
    facts = {"heads": sum(spread.values()) + uncounted}
    counted_before = {"heads": check_in.heads + check_in.uncounted}
    note(f"account:{how.account_id}", "door.correct", f"booking:{booking_id}", counted_before, facts)
    return now_counted.mark


def _mark_of(mark: str, wanted: Heads, more: int | None) -> str:
    """The mark of what an admission is corrected to, which tells a second press of the same form.

    Not the form's own: that may be the mark of another admission by now.
    """
    return secret_from(mark, *(f"{slot} {kind} {number}" for (slot, kind), number in sorted(wanted.items())), f"{more}")


def _is_undone(mark: str) -> bool:
    """Whether nobody counts as let in by it any more, under a corrected count neither."""
    row = db.session.execute(
        select(CheckIn.id, CheckIn.booking_id, CheckIn.at).where(CheckIn.mark == mark, CheckIn.undone_at.is_not(None))
    ).first()
    if row is None:
        return False
    later = select(CheckIn.id).where(
        CheckIn.booking_id == row.booking_id,
        CheckIn.at == row.at,
        CheckIn.id > row.id,
        CheckIn.undone_at.is_(None),
    )
    return db.session.scalar(later.limit(1)) is None


def counted(mark: str) -> dict[tuple[int, int], int]:
    """What an admission that still counts has counted of each kind; empty for one that is undone."""
    return counted_by([mark]).get(mark, {})


def counted_by(marks: Sequence[str]) -> Mapping[str, dict[tuple[int, int], int]]:
    """As `counted`, of several admissions in one statement."""
    rows = db.session.execute(
        select(CheckIn.mark, Ticket.slot_id, Ticket.ticket_type_id, CheckInLine.heads)
        .join(CheckInLine, CheckInLine.check_in_id == CheckIn.id)
        .join(Ticket, Ticket.id == CheckInLine.ticket_id)
        .where(CheckIn.mark.in_(marks), CheckIn.undone_at.is_(None))
    )
    counts: dict[str, dict[tuple[int, int], int]] = {}
    for mark, slot_id, ticket_type_id, heads in rows:
        of_mark = counts.setdefault(mark, {})
        of_mark[slot_id, ticket_type_id] = of_mark.get((slot_id, ticket_type_id), 0) + heads
    return counts
