"""Take places, give them back, swap them: the one statement that everything with a limit goes through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    TextClause,
    and_,
    bindparam,
    case,
    delete,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm.util import AliasedClass

from booking.capacity.models import Channel, Claim, Draw, Slot, SlotStatus
from booking.kernel.database import UTCDateTime, as_values, db, run
from booking.kernel.refusals import Refusal
from booking.kernel.writing import NewRow, write, write_last


@dataclass(frozen=True, slots=True)
class Want:
    """Places that one buyer wants in one slot.

    `parties` says who they are, where the same people want places in several slots: {number of the party: people}. In
    what those slots draw on they are counted once at a time.
    """

    slot_id: int
    places: int  # people, not tickets: a family ticket is four
    parties: Mapping[str, int] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Held:
    """Places that a living booking has in one slot."""

    booking_id: int
    slot_id: int
    places: int
    channel: Channel
    shared: Mapping[str, int] | None = None  # as in capacity.models.Claim
    parties: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Becoming:
    """What a booking has and keeps until its change is paid, and all that it wants then."""

    had: Collection[Held]
    wants: Collection[Want]


# Built once: building a statement costs more than running it.
_CLAIMS = select(Claim.booking_id, Claim.slot_id, Claim.places, Claim.channel, Claim.shared, Claim.parties).where(
    Claim.booking_id.in_(bindparam("bookings", expanding=True))
)
_DRAWS = select(Draw.slot_id, Draw.on_slot_id).where(Draw.slot_id.in_(bindparam("slots", expanding=True)))
_LOCK = (
    select(Slot.id)
    .where(Slot.id.in_(bindparam("slots", expanding=True)))
    .order_by(Slot.id)
    .with_for_update(key_share=True)
)


class Full(Refusal):
    """A slot cannot take so many. `free` is how many more this buyer could have there."""

    def __init__(self, slot_id: int, free: int) -> None:
        super().__init__(f"slot {slot_id} has {free} free")
        self.slot_id = slot_id
        self.free = free


class Closed(Refusal):
    """A slot, or something it draws on, is closed or cancelled."""

    def __init__(self, slot_id: int) -> None:
        super().__init__(f"slot {slot_id} is closed")
        self.slot_id = slot_id


def take(booking_id: int, wants: Sequence[Want], channel: Channel, now: datetime) -> None:
    """Take all places or none; call inside a unit of work, last before it ends.

    Raises Full or Closed for the first slot that cannot take them.
    """
    swap(booking_id, wants, channel, now, giving=())


def give_back(held: Collection[Held], now: datetime) -> None:
    """Give places back and end their claims; always possible, also where the slot is closed."""
    swap(0, (), Channel.PUBLIC, now, giving=held)


def swap(
    booking_id: int | NewRow,
    wants: Sequence[Want],
    channel: Channel,
    now: datetime,
    giving: Collection[Held],
    own: Collection[int] = (),
    becoming: Becoming | None = None,
    mine: Collection[int] = (),
    draws: Mapping[int, list[int]] | None = None,
) -> dict[int, int]:
    """Take `wants` for one booking and give back `giving` in one statement, so that neither is ever at risk.

    What the booking (and those in `own`) holds in the same slots is re-used: only the difference moves. `giving` may
    also hold claims of others that have run out. `becoming` is said when the places are those of a change that waits
    for its money: what it draws on together with what stays until then counts the same people once. Where `wants` name
    their parties, so do those: and then all of a booking's claims are given and wanted together, since what they share
    is written on one of them. `mine` are slots that draw on nothing and that this unit of work has made, or written to
    in ascending id: of those nothing is asked again. Returns how many places are taken now in each slot whose
    counter moved. Raises Full or Closed; the caller's unit of work then ends without a commit.
    """
    wanted: dict[int, int] = defaultdict(int)
    for want in wants:
        wanted[want.slot_id] += want.places
    known = set(wanted) | {held.slot_id for held in giving}
    if becoming is not None:
        known |= {held.slot_id for held in becoming.had} | {want.slot_id for want in becoming.wants}
    drawn = {slot_id: list[int]() for slot_id in mine} | dict(draws or {})
    draws = _draws_of(known - drawn.keys()) | drawn
    parties = {want.slot_id: dict(want.parties) for want in wants if want.parties}
    shared = _shared(wanted, becoming, draws)
    for touched, places in counted_twice(parties, draws).items():
        shared[touched] = shared.get(touched, 0) + places
    _end_claims(giving)
    if wanted:
        rows: list[dict[str, object]] = [
            {
                "booking_id": booking_id,
                "slot_id": slot_id,
                "places": places,
                "channel": channel,
                "shared": None,
                "parties": parties.get(slot_id),
            }
            for slot_id, places in sorted(wanted.items())
        ]
        if shared:
            rows[0]["shared"] = {str(touched): places for touched, places in shared.items()}
        write(Claim, rows)
    moves: dict[int, _Move] = defaultdict(_Move)
    for slot_id, places in wanted.items():
        for touched in (slot_id, *draws[slot_id]):
            moves[touched].add(places, channel, own=True)
    for touched, places in shared.items():
        moves[touched].add(-places, channel, own=True)
    for held in giving:
        is_own = held.booking_id == booking_id or held.booking_id in own
        for touched in (held.slot_id, *draws[held.slot_id]):
            moves[touched].add(-held.places, held.channel, own=is_own)
        for name, places in (held.shared or {}).items():
            moves[int(name)].add(places, held.channel, own=is_own)
    moves = {slot_id: move for slot_id, move in moves.items() if move.matters}
    moved = _apply(moves, channel, now, is_locked=moves.keys() <= set(mine))
    missed = moves.keys() - moved.keys()
    if missed:
        raise _refusal(missed, wanted, draws, channel, now)
    return moved


def _shared(wanted: Mapping[int, int], becoming: Becoming | None, draws: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Places that people have already in what is drawn on.

    They are there once: at each stretch as many as they are before or after, whichever are more.
    """
    if becoming is None:
        return {}
    before, beyond, after = defaultdict[int, int](int), defaultdict[int, int](int), defaultdict[int, int](int)
    for places_at, pairs in (
        (before, [(held.slot_id, held.places) for held in becoming.had]),
        (beyond, wanted.items()),
        (after, [(want.slot_id, want.places) for want in becoming.wants]),
    ):
        for slot_id, places in pairs:
            for touched in draws[slot_id]:
                places_at[touched] += places
    shared = {touched: places - max(after[touched] - before[touched], 0) for touched, places in beyond.items()}
    return {touched: places for touched, places in shared.items() if places > 0}


def counted_twice(parties: Mapping[int, Mapping[str, int]], draws: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Heads that would be counted more than once in a slot, by slot.

    A party is there once, however many of its slots draw on the same stretch, or are it.
    """
    there: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for slot_id, sizes in parties.items():
        for touched in (slot_id, *draws[slot_id]):
            for name, people in sizes.items():
                there[touched][name].append(people)
    beyond = {
        touched: sum(sum(counts) - max(counts) for counts in by_party.values()) for touched, by_party in there.items()
    }
    return {touched: places for touched, places in beyond.items() if places}


def lock_slots(slot_ids: Collection[int]) -> None:
    """Lock these slots in ascending id, so that no two buyers wait in a circle; inside a unit of work.

    Without the key, which leaves room for the foreign keys of claims.
    """
    if slot_ids and db.engine.dialect.name == "postgresql":
        run(_LOCK, {"slots": list(slot_ids)}).all()


def claims_of(booking_ids: Collection[int]) -> list[Held]:
    """The places that these bookings have now."""
    if not booking_ids:
        return []
    return as_values(Held, run(_CLAIMS, {"bookings": list(booking_ids)}))


def withheld(
    channel: Channel, now: datetime | BindParameter[datetime], slot: type[Slot] | AliasedClass[Slot] = Slot
) -> ColumnElement[int]:
    """Places of a slot that this channel may not have now: what is still kept for schools and not taken by them."""
    if channel is Channel.SCHOOL:
        return literal(0)
    still_kept = and_(slot.kept > slot.kept_taken, slot.release_at > now)
    return case((still_kept, slot.kept - slot.kept_taken), else_=0)


@dataclass(slots=True)
class _Move:
    """What happens to one slot's counters. `needed` is what the buyer needs here beyond what it had."""

    places: int = 0
    kept: int = 0
    needed: int = 0

    def add(self, places: int, channel: Channel, own: bool) -> None:
        self.places += places
        if channel is Channel.SCHOOL:
            self.kept += places
        if own:
            self.needed += places

    @property
    def matters(self) -> bool:
        return self.places != 0 or self.kept != 0 or self.needed > 0


# The rows are locked first, in ascending id by the CTE `in_order`, so that no two buyers wait in a circle. It names the
# slots as a list: joined to `move` instead it lost rows that it had waited for (commit 56517c9).
_MOVE = """
WITH move (slot_id, places, kept, needed) AS (VALUES {rows}){in_order}
UPDATE slot
SET taken = slot.taken + move.places, kept_taken = slot.kept_taken + move.kept
FROM move{locked}
WHERE slot.id = move.slot_id{is_locked}
  AND (
    move.needed <= 0
    OR (slot.status = 'open' AND slot.taken + move.places <= slot.capacity - {withheld})
  )
RETURNING slot.id, slot.taken
"""
_WITHHELD = """
CASE WHEN slot.kept > slot.kept_taken + move.kept AND slot.release_at > :now
THEN slot.kept - slot.kept_taken - move.kept ELSE 0 END
"""


_IN_ORDER = ", in_order AS (SELECT slot.id FROM slot WHERE slot.id IN ({slots}) ORDER BY slot.id FOR NO KEY UPDATE)"


@lru_cache
def _statement(rows: int, is_school: bool, locks: bool) -> TextClause:
    """The UPDATE for so many slots. As text, because it is built once and the builder would be built each time."""
    sql = _MOVE.format(
        rows=", ".join(f"(:slot{n}, :places{n}, :kept{n}, :needed{n})" for n in range(rows)),
        in_order=_IN_ORDER.format(slots=", ".join(f":slot{n}" for n in range(rows))) if locks else "",
        locked=", in_order" if locks else "",
        is_locked=" AND slot.id = in_order.id" if locks else "",
        withheld="0" if is_school else _WITHHELD,
    )
    return text(sql) if is_school else text(sql).bindparams(bindparam("now", type_=UTCDateTime))


def _apply(moves: Mapping[int, _Move], channel: Channel, now: datetime, *, is_locked: bool) -> dict[int, int]:
    """Move the counters of all these slots in one conditional UPDATE; returns those that allowed it, as taken now."""
    if not moves:
        return {}
    values: dict[str, object] = {} if channel is Channel.SCHOOL else {"now": now}
    for n, (slot_id, move) in enumerate(sorted(moves.items())):
        values |= {
            f"slot{n}": slot_id,
            f"places{n}": move.places,
            f"kept{n}": move.kept,
            f"needed{n}": move.needed,
        }
    locks = len(moves) > 1 and not is_locked and db.engine.dialect.name == "postgresql"
    return {
        slot_id: taken
        for slot_id, taken in write_last(Slot, _statement(len(moves), channel is Channel.SCHOOL, locks), values)
    }


def _refusal(
    missed: Iterable[int],
    wanted: Mapping[int, int],
    draws: Mapping[int, Sequence[int]],
    channel: Channel,
    now: datetime,
) -> Refusal:
    """Why the first wanted slot that missed, by itself or through what it draws on, said no."""
    missed = set(missed)
    left = case((Slot.status == SlotStatus.OPEN, Slot.capacity - Slot.taken - withheld(channel, now)))
    free = {slot_id: free for slot_id, free in db.session.execute(select(Slot.id, left).where(Slot.id.in_(missed)))}
    for slot_id in sorted(wanted):
        frees = [free.get(touched) for touched in (slot_id, *draws[slot_id]) if touched in missed]
        open_frees = [places for places in frees if places is not None]
        if len(open_frees) < len(frees):
            return Closed(slot_id)
        if open_frees:
            return Full(slot_id, max(min(open_frees), 0))
    raise AssertionError("a slot refused that nobody asked of")


def _draws_of(slot_ids: Collection[int]) -> dict[int, list[int]]:
    draws: dict[int, list[int]] = {slot_id: [] for slot_id in slot_ids}
    if slot_ids:
        for slot_id, on_slot_id in run(_DRAWS, {"slots": sorted(slot_ids)}):
            draws[slot_id].append(on_slot_id)
    return draws


def _end_claims(giving: Collection[Held]) -> None:
    if giving:
        pairs = [(held.booking_id, held.slot_id) for held in giving]
        db.session.execute(
            delete(Claim)
            .where(tuple_(Claim.booking_id, Claim.slot_id).in_(pairs))
            .execution_options(synchronize_session=False)
        )
