"""Apply the weekly patterns, or some slots at once, to a stretch of days: look first, then do, then perhaps undo."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, exists, or_, select, update

from booking.capacity.differences import Differences, There, differences, staying
from booking.capacity.models import Claim, Draw, Slot, SlotStatus
from booking.capacity.planning import Habit, PlannedSlot, at
from booking.capacity.timetable import House, key_of, the_house, write
from booking.catalogue.models import Activity
from booking.centre.opening import days_between
from booking.kernel import clock
from booking.kernel.database import Model, as_values, db, unit_of_work

MOST_DAYS = 400
AT_ONCE = 500
IDS_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days, and what may happen there. `extra` are slots at once instead of the centre's own patterns."""

    start: date
    end: date  # not itself among them
    change: bool = True
    remove: bool = True
    extra: tuple[Habit, ...] | None = None

    def as_facts(self) -> dict[str, Any]:
        """As long work keeps it; extra habits go beside it."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "change": self.change,
            "remove": self.remove,
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
    booked_some: Sequence[There]
    clashes_some: Sequence[tuple[int, datetime]]
    remove_some: Sequence[There]

    @property
    def is_nothing(self) -> bool:
        """Whether all is as it should be."""
        return not (self.make or self.change or self.remove or self.stretches)


def foresee(wanted: Wanted, now: datetime) -> Foreseen:
    """What applying would do; changes nothing."""
    found = _differences(the_house(), wanted, now)
    make = [slot for slot in found.make if slot.activity_id is not None]
    change = [one for one, _slot in found.change if not one.is_stretch] if wanted.change else []
    remove = [one for one in found.remove if not one.is_stretch] if wanted.remove else []
    all_of_it = len(found.make) + (len(found.change) if wanted.change else 0)
    return Foreseen(
        make=len(make),
        change=len(change),
        remove=len(remove),
        booked=len(found.booked),
        clashes=len(found.clashes),
        stretches=all_of_it - len(make) - len(change),
        by_activity=Counter(slot.activity_id or 0 for slot in make),
        booked_some=found.booked[:20],
        clashes_some=found.clashes[:20],
        remove_some=remove[:20],
    )


def apply(wanted: Wanted, made_by: int, now: datetime) -> Counter[str]:
    """Do it for these days; opens its own unit of work. Doing it again changes nothing. Says how many of what."""
    house = the_house()
    with unit_of_work():
        found = _differences(house, wanted, now)
        _lock(found)
        there = _known(house, wanted)
        done = Counter(made=sum(slot.activity_id is not None for slot in found.make), clashes=len(found.clashes))
        if wanted.remove:
            gone = take_away([one.id for one in found.remove if not one.is_stretch])
            done.update(gone)
            take_away([one.id for one in found.remove if one.is_stretch])
        write(found.make, there, made_by=made_by, by_hand=wanted.extra is not None)
        if wanted.change:
            there = _known(house, wanted)
            done["changed"] = sum(_change(one, slot, there) for one, slot in found.change)
        done["booked"] = len(found.booked)
    return done


def undo(made_by: int, now: datetime) -> tuple[Counter[str], bool]:
    """Take away some of the slots to come that a piece of work made and nobody has booked; opens its own unit of work.

    Says how many of what, and whether there may be more.
    """
    with unit_of_work():
        free = select(Slot.id).where(
            Slot.made_by == made_by, Slot.starts_at > now, Slot.taken == 0, Slot.status == SlotStatus.OPEN
        )
        ids = list(db.session.scalars(free.where(Slot.activity_id.is_not(None)).order_by(Slot.id).limit(AT_ONCE)))
        done = Counter(take_away(ids))
        if ids:
            return done, True
        drawn = exists(select(Draw.slot_id).where(Draw.on_slot_id == Slot.id))
        ids = list(db.session.scalars(free.where(Slot.activity_id.is_(None), ~drawn).order_by(Slot.id).limit(AT_ONCE)))
        take_away(ids)
    return done, bool(ids)


def _lock(found: Differences) -> None:
    """Take every slot that may change in the order in which buyers take them, so that neither waits for the other."""
    ids = sorted([one.id for one, _slot in found.change] + [one.id for one in found.remove])
    for begin in range(0, len(ids), IDS_AT_ONCE):
        some = ids[begin : begin + IDS_AT_ONCE]
        db.session.execute(select(Slot.id).where(Slot.id.in_(some)).order_by(Slot.id).with_for_update())


def take_away(slot_ids: Sequence[int]) -> Counter[str]:
    """Delete these slots unless somebody has places in them; one that once had is closed instead.

    Call inside a unit of work. A stretch that others draw on stays.
    """
    done: Counter[str] = Counter()
    for begin in range(0, len(slot_ids), AT_ONCE):
        some = slot_ids[begin : begin + AT_ONCE]
        locked = set(
            db.session.scalars(
                select(Slot.id).where(Slot.id.in_(some), Slot.taken == 0).order_by(Slot.id).with_for_update()
            )
        )
        traced = _traced(locked)
        free = sorted(locked - traced)
        if free:
            db.session.execute(delete(Draw).where(Draw.slot_id.in_(free)))
            db.session.execute(delete(Slot).where(Slot.id.in_(free)))
        if traced:
            drawn = select(Draw.on_slot_id).where(Draw.on_slot_id == Slot.id).exists()
            closed = update(Slot).where(Slot.id.in_(sorted(traced)), ~drawn).values(status=SlotStatus.CLOSED)
            db.session.execute(closed.execution_options(synchronize_session=False))
        done.update(removed=len(free), closed=len(traced))
    return done


def _traced(slot_ids: set[int]) -> set[int]:
    """Those that something else still names: claims, old lines, waiting lists, other slots that draw on them."""
    found: set[int] = set()
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            names_slot = any(key.column.table.name == "slot" for key in column.foreign_keys)
            if names_slot and (table.name, column.name) != ("draw", "slot_id") and slot_ids:
                found |= set(db.session.scalars(select(column).where(column.in_(slot_ids)).distinct()))
    return found


def _differences(house: House, wanted: Wanted, now: datetime) -> Differences:
    there = _there(house, wanted)
    days = days_between(wanted.start, wanted.end)
    if wanted.extra is None:
        return differences(house.plan(days, staying(there, now)), there, now)
    everything = [one.session() for one in there if not one.is_stretch]
    found = differences(house.plan(days, everything, wanted.extra), there, now)
    return Differences(found.make, clashes=found.clashes)


def _span(house: House, wanted: Wanted) -> tuple[datetime, datetime]:
    zone = house.centre.zone
    return at(wanted.start, time(0), zone), at(wanted.end, time(0), zone)


def _known(house: House, wanted: Wanted) -> dict[tuple[str, int, datetime], int]:
    first, last = _span(house, wanted)
    rows = db.session.execute(
        select(Slot.id, Slot.activity_id, Slot.space_id, Slot.starts_at).where(
            Slot.starts_at >= first, Slot.starts_at < last
        )
    )
    return {key_of(activity_id, space_id, starts_at): slot_id for slot_id, activity_id, space_id, starts_at in rows}


def _there(house: House, wanted: Wanted) -> list[There]:
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
        asked = select(Draw.slot_id, Draw.on_slot_id).where(Draw.slot_id.in_(ids[begin : begin + IDS_AT_ONCE]))
        for slot_id, on_slot_id in db.session.execute(asked):
            if on_slot_id in stretches:
                draws[slot_id].add(stretches[on_slot_id])
    return draws


_COLUMNS = (
    Slot.id, Slot.activity_id, Slot.space_id, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.taken, Slot.kept,
    Slot.kept_taken, Slot.release_at, Slot.opens_at, Slot.closes_at, Slot.status, Slot.by_hand, Activity.kind,
    Activity.turnaround_minutes,
)  # fmt: skip


def _change(one: There, slot: PlannedSlot, there: Mapping[tuple[str, int, datetime], int]) -> bool:
    """Write a slot as planned unless somebody has taken places in it meanwhile.

    Draws are never changed: somebody may be taking places by them at this moment. Such a slot is made anew.
    """
    if not one.is_stretch and one.draws != frozenset(slot.draws):
        if _traced({one.id}) or not take_away([one.id])["removed"]:
            return False
        write([slot], there)
        return True
    untouched = Slot.taken <= slot.capacity if one.is_stretch else Slot.taken == 0
    kept_fits = Slot.kept_taken <= slot.kept
    changed = db.session.execute(
        update(Slot)
        .where(Slot.id == one.id, untouched, kept_fits, or_(Slot.activity_id.is_(None), ~_claimed()))
        .values(
            space_id=slot.space_id,
            ends_at=slot.ends_at,
            capacity=slot.capacity,
            kept=slot.kept,
            release_at=slot.release_at,
            opens_at=slot.opens_at,
            closes_at=slot.closes_at,
            version=Slot.version + 1,
        )
        .returning(Slot.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        return False
    return not one.is_stretch


def _claimed() -> Any:  # noqa: ANN401  (a condition)
    return exists(select(Claim.booking_id).where(Claim.slot_id == Slot.id))


def today_at_the_centre() -> date:
    """The date on the centre's wall clock."""
    return clock.now().astimezone(the_house().centre.zone).date()
