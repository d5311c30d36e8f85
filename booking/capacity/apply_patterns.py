"""Apply the weekly patterns, or some slots at once, to a stretch of days: look first, then do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from booking.capacity.differences import Differences, There, differences, staying
from booking.capacity.educators import check_made
from booking.capacity.models import Claim, Draw, Slot, SlotStatus, Trace
from booking.capacity.planning import Habit, PlannedSlot, at
from booking.capacity.timetable import House, slots_there, the_house, write
from booking.capacity.undo_log import Traces
from booking.catalogue.models import Activity
from booking.centre.opening import days_between
from booking.kernel.database import Model, as_values, db, unit_of_work

MOST_DAYS = 400
AT_ONCE = 500
IDS_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """Which days, and what may happen there. `extra` are slots at once instead of the centre's own patterns.

    Sessions are only taken away from the activities in `remove_of`; None: from all.
    """

    start: date
    end: date  # not itself among them
    change: bool = True
    remove: bool = True
    extra: tuple[Habit, ...] | None = None
    remove_of: frozenset[int] | None = None

    def may_remove(self, slot: There) -> bool:
        """Whether it may go where the patterns no longer have it; stretches that nothing draws on are only rubbish."""
        return self.remove and (slot.is_stretch or self.remove_of is None or slot.activity_id in self.remove_of)

    def as_facts(self) -> dict[str, Any]:
        """As long work keeps it; extra habits go beside it."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "change": self.change,
            "remove": self.remove,
            "remove_of": None if self.remove_of is None else sorted(self.remove_of),
        }


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What applying would do, in figures and with some examples of each. Stretches of spaces are counted apart."""

    make: int
    change: int
    remove: int
    booked: int
    clashes: int
    stretches: int
    by_activity: Mapping[int, int]
    no_longer_fit: Mapping[int, int]  # by activity, whether or not they may be taken away
    first_booked: Sequence[There]
    first_clashes: Sequence[tuple[int, datetime]]
    first_removed: Sequence[There]

    @property
    def is_nothing(self) -> bool:
        """Whether all is as it should be."""
        return not (self.make or self.change or self.remove or self.stretches)


def foresee(wanted: ApplyRequest, now: datetime) -> Foreseen:
    """What applying would do; changes nothing."""
    diff = _differences(the_house(), wanted, now)
    make = [slot for slot in diff.make if slot.activity_id is not None]
    change = [slot for slot, _planned in diff.change if not slot.is_stretch] if wanted.change else []
    no_longer_fit = [slot for slot in diff.remove if not slot.is_stretch]
    remove = [slot for slot in no_longer_fit if wanted.may_remove(slot)]
    all_of_it = len(diff.make) + (len(diff.change) if wanted.change else 0)
    return Foreseen(
        make=len(make),
        change=len(change),
        remove=len(remove),
        booked=len(diff.booked),
        clashes=len(diff.clashes),
        stretches=all_of_it - len(make) - len(change),
        by_activity=Counter(slot.activity_id or 0 for slot in make),
        no_longer_fit=Counter(slot.activity_id or 0 for slot in no_longer_fit),
        first_booked=diff.booked[:20],
        first_clashes=diff.clashes[:20],
        first_removed=remove[:20],
    )


def apply(wanted: ApplyRequest, made_by: int, now: datetime) -> Counter[str]:
    """Do it for these days; opens its own unit of work. Doing it again changes nothing. Says how many of what."""
    house = the_house()
    with unit_of_work():
        diff = _differences(house, wanted, now)
        _lock(diff)
        there = slots_there(*_span(house, wanted))
        done = Counter(made=sum(slot.activity_id is not None for slot in diff.make), clashes=len(diff.clashes))
        traces = Traces(made_by)
        removing = [slot for slot in diff.remove if wanted.may_remove(slot)]
        done.update(_remove([slot for slot in removing if not slot.is_stretch], traces))
        write(diff.make, there, made_by=made_by, by_hand=wanted.extra is not None)
        if wanted.change:
            there = slots_there(*_span(house, wanted))
            done["changed"] = sum(_change(slot, planned, there, traces) for slot, planned in diff.change)
            given_up = [
                (slot.activity_id or 0, slot.starts_at, slot.ends_at) for slot, _ in diff.change if slot.was_given_up
            ]
            check_made([session for session in given_up if session[0]])  # they take their educators again
        # At last, since what was changed above may have drawn on them until now.
        _remove([slot for slot in removing if slot.is_stretch], traces)
        done["booked"] = len(diff.booked)
        traces.write(now)
    return done


def _lock(diff: Differences) -> None:
    """Take every slot that may change in the order in which buyers take them, so that neither waits for the other."""
    ids = sorted([slot.id for slot, _planned in diff.change] + [slot.id for slot in diff.remove])
    for begin in range(0, len(ids), IDS_AT_ONCE):
        batch = ids[begin : begin + IDS_AT_ONCE]
        db.session.execute(select(Slot.id).where(Slot.id.in_(batch)).order_by(Slot.id).with_for_update())


def _remove(standing: Sequence[There], traces: Traces) -> Counter[str]:
    """Take these away and write down what they were; says how many."""
    known = {slot.id: slot for slot in standing}
    gone, closed = take_away(list(known))
    for slot_id in gone:
        traces.add(known[slot_id], Trace.REMOVED)
    for slot_id, version in closed.items():
        traces.add(known[slot_id], Trace.CLOSED, version)
    return Counter(removed=len(gone), closed=len(closed))


def take_away(slot_ids: Sequence[int]) -> tuple[list[int], dict[int, int]]:
    """Delete these slots unless somebody has places in them; one that once had is closed instead.

    Call inside a unit of work. A stretch that others draw on stays. Returns those deleted, and those closed with the
    version they are at now.
    """
    gone: list[int] = []
    shut: dict[int, int] = {}
    for begin in range(0, len(slot_ids), AT_ONCE):
        batch = slot_ids[begin : begin + AT_ONCE]
        locked = set(
            db.session.scalars(
                select(Slot.id).where(Slot.id.in_(batch), Slot.taken == 0).order_by(Slot.id).with_for_update()
            )
        )
        traced = _traced(locked)
        free = sorted(locked - traced)
        if free:
            db.session.execute(delete(Draw).where(Draw.slot_id.in_(free)))
            db.session.execute(delete(Slot).where(Slot.id.in_(free)))
        if traced:
            drawn = select(Draw.on_slot_id).where(Draw.on_slot_id == Slot.id).exists()
            closed = update(Slot).where(Slot.id.in_(sorted(traced)), Slot.status == SlotStatus.OPEN, ~drawn)
            closed = closed.values(status=SlotStatus.CLOSED, version=Slot.version + 1)
            returned = closed.returning(Slot.id, Slot.version).execution_options(synchronize_session=False)
            shut |= {slot_id: version for slot_id, version in db.session.execute(returned)}
        gone += free
    return gone, shut


def _traced(slot_ids: set[int]) -> set[int]:
    """Those that something else still names: claims, old lines, waiting lists, other slots that draw on them."""
    traced: set[int] = set()
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            names_slot = any(key.column.table.name == "slot" for key in column.foreign_keys)
            if names_slot and (table.name, column.name) != ("draw", "slot_id") and slot_ids:
                traced |= set(db.session.scalars(select(column).where(column.in_(slot_ids)).distinct()))
    return traced


def _differences(house: House, wanted: ApplyRequest, now: datetime) -> Differences:
    there = _there(house, wanted)
    days = days_between(wanted.start, wanted.end)
    if wanted.extra is None:
        return differences(house.plan(days, staying(there, now, wanted.may_remove)), there, now)
    everything = [slot.session() for slot in there if not slot.is_stretch]
    diff = differences(house.plan(days, everything, wanted.extra), there, now)
    return Differences(diff.make, clashes=diff.clashes)


def _span(house: House, wanted: ApplyRequest) -> tuple[datetime, datetime]:
    zone = house.centre.zone
    return at(wanted.start, time(0), zone), at(wanted.end, time(0), zone)


def _there(house: House, wanted: ApplyRequest) -> list[There]:
    first, last = _span(house, wanted)
    rows = db.session.execute(
        select(*_COLUMNS)
        .outerjoin(Activity, Activity.id == Slot.activity_id)
        .where(Slot.starts_at >= first, Slot.starts_at < last)
        .order_by(Slot.starts_at, Slot.id)
    ).all()
    draws = _draws(rows)
    return as_values(There, [(*row[:-1], row[-1] or 0, frozenset(draws.get(row[0], ()))) for row in rows])


def _draws(rows: Sequence[Any]) -> dict[int, set[tuple[int, datetime]]]:
    """What each of these slots draws on."""
    stretches = {row.id: (row.space_id, row.starts_at) for row in rows if row.activity_id is None}
    ids = [row.id for row in rows if row.activity_id is not None]
    draws: dict[int, set[tuple[int, datetime]]] = defaultdict(set)
    for begin in range(0, len(ids), IDS_AT_ONCE):
        query = select(Draw.slot_id, Draw.on_slot_id).where(Draw.slot_id.in_(ids[begin : begin + IDS_AT_ONCE]))
        for slot_id, on_slot_id in db.session.execute(query):
            if on_slot_id in stretches:
                draws[slot_id].add(stretches[on_slot_id])
    return draws


_COLUMNS = (
    Slot.id, Slot.activity_id, Slot.space_id, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.taken, Slot.kept,
    Slot.kept_taken, Slot.release_at, Slot.opens_at, Slot.closes_at, Slot.status, Slot.by_hand, Slot.made_by,
    Activity.kind, Activity.turnaround_minutes,
)  # fmt: skip


def _change(old: There, planned: PlannedSlot, there: Mapping[tuple[str, int, datetime], int], traces: Traces) -> bool:
    """Write a slot as planned unless somebody has taken places in it meanwhile.

    Draws are never changed: somebody may be taking places by them at this moment. Such a slot is made anew.
    """
    if not old.is_stretch and old.draws != frozenset(planned.draws):
        if _traced({old.id}) or not take_away([old.id])[0]:
            return False
        traces.add(old, Trace.REMOVED)
        write([planned], there, made_by=traces.work_id)
        return True
    version = write_if_untouched(old.id, old.is_stretch, _columns(planned))
    if version is None:
        return False
    traces.add(old, Trace.CHANGED, version)
    return not old.is_stretch


def write_if_untouched(
    slot_id: int, is_stretch: bool, columns: Mapping[str, Any], version: int | None = None
) -> int | None:
    """Write these columns unless somebody has taken places in the slot, or more of a stretch than it would have.

    With `version` only if it is still at that, else unless staff have set it by hand. Returns its new version; None
    when it was left as it is.
    """
    untouched = Slot.taken <= columns["capacity"] if is_stretch else Slot.taken == 0
    as_read = or_(Slot.activity_id.is_(None), Slot.by_hand.is_(False)) if version is None else Slot.version == version
    where = [Slot.id == slot_id, untouched, Slot.kept_taken <= columns["kept"], as_read]
    changed = db.session.execute(
        update(Slot)
        .where(*where, or_(Slot.activity_id.is_(None), ~_claimed()))
        .values(**columns, version=Slot.version + 1)
        .returning(Slot.version)
        .execution_options(synchronize_session=False)
    ).first()
    return None if changed is None else int(changed.version)


def _columns(slot: PlannedSlot) -> dict[str, Any]:
    return {
        "status": SlotStatus.OPEN,  # one that was given up is wanted again
        "space_id": slot.space_id,
        "ends_at": slot.ends_at,
        "capacity": slot.capacity,
        "kept": slot.kept,
        "release_at": slot.release_at,
        "opens_at": slot.opens_at,
        "closes_at": slot.closes_at,
    }


def _claimed() -> ColumnElement[bool]:
    return exists(select(Claim.booking_id).where(Claim.slot_id == Slot.id))
