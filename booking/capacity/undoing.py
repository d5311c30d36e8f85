"""Undo what a piece of work did to slots: what it made goes, what it changed, closed or took away comes back.

Only as far as no booking stands in the way and nobody has changed the slot since; what stays is said, and why. What was
taken away comes back with the stretches that it drew on, and although there are fewer educators now: it was so before,
and the day's page says where too many sessions go on at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from booking.capacity.apply_patterns import AT_ONCE, take_away, write_if_untouched
from booking.capacity.closed_hours import ClosureSlot
from booking.capacity.educators import NoEducator, check_made
from booking.capacity.models import Claim, Draw, Slot, SlotBefore, SlotStatus, Trace
from booking.capacity.planning import LED, SHARING, PlannedSlot, RoomUse, Staffing, has_room
from booking.capacity.timetable import key_of, sessions_there, slots_there, the_house, write
from booking.capacity.undo_log import times_of
from booking.catalogue.models import Activity, Kind
from booking.kernel.database import attempt, db, unit_of_work

MOST_SAID = 100


class WhyLeft(StrEnum):
    """Why something was not undone."""

    BOOKED = "booked"
    CHANGED = "changed"
    OVER = "over"
    REPLACED = "replaced"
    NO_ROOM = "no_room"
    GONE = "gone"


@dataclass(slots=True)
class Undone:
    """How many of what, and what stays: (activity id or None for a space, start, why)."""

    done: Counter[str] = field(default_factory=Counter)
    left: list[tuple[int | None, datetime, WhyLeft]] = field(default_factory=list)
    more: bool = False

    def leave(self, activity_id: int | None, starts_at: datetime, why: WhyLeft) -> None:
        """Say that something stays as it is; spaces are only counted."""
        self.done["left" if activity_id is not None else "spaces_left"] += 1
        if activity_id is not None:
            self.left.append((activity_id, starts_at, why))


def undo(work_id: int, now: datetime) -> Undone:
    """Undo some of what a piece of work did; opens its own unit of work. `more` says whether to call again."""
    with unit_of_work():
        undone = Undone()
        undone.more = _take_back(work_id, now, undone) or _restore(work_id, now, undone)
        if not undone.more:
            _say_what_stays(work_id, now, undone)
    return undone


def _take_back(work_id: int, now: datetime, undone: Undone) -> bool:
    """Some of the slots to come that it made and nobody has booked; then stretches that nothing draws on any more."""
    shut = and_(Slot.status == SlotStatus.CANCELLED, Slot.version == 1)  # made in closed hours
    free = select(Slot.id).where(
        Slot.made_by == work_id, Slot.starts_at > now, Slot.taken == 0, or_(Slot.status == SlotStatus.OPEN, shut)
    )
    ids = list(db.session.scalars(free.where(Slot.activity_id.is_not(None)).order_by(Slot.id).limit(AT_ONCE)))
    if ids:
        unclaimed = select(Slot.id).where(Slot.id.in_(ids), shut, ~exists().where(Claim.slot_id == Slot.id))
        db.session.execute(delete(ClosureSlot).where(ClosureSlot.slot_id.in_(unclaimed)))
        gone, closed = take_away(ids)
        undone.done.update(removed=len(gone), closed=len(closed))
        return bool(gone or closed)
    drawn = exists(select(Draw.slot_id).where(Draw.on_slot_id == Slot.id))
    ids = list(db.session.scalars(free.where(Slot.activity_id.is_(None), ~drawn).order_by(Slot.id).limit(AT_ONCE)))
    return bool(take_away(ids)[0])


def _restore(work_id: int, now: datetime, undone: Undone) -> bool:
    """Some of what it changed, closed or took away, as it was."""
    before = select(SlotBefore).where(SlotBefore.work_id == work_id).order_by(SlotBefore.id).limit(AT_ONCE)
    rows = list(db.session.scalars(before))
    if not rows:
        return False
    back = _Back(rows, now, undone)
    for of_spaces in (True, False):  # stretches first, since the others draw on them
        for row in rows:
            if (row.facts["activity_id"] is None) is of_spaces:
                back.put(row)
        back.write()
    db.session.execute(delete(SlotBefore).where(SlotBefore.id.in_([row.id for row in rows])))
    db.session.expunge_all()
    return True


class _Back:
    """Puts slots back, each checked against what is there now and what was put back before it."""

    def __init__(self, rows: Sequence[SlotBefore], now: datetime, undone: Undone) -> None:
        self.now, self.undone = now, undone
        first = min(row.starts_at for row in rows) - timedelta(days=1)
        last = max(row.starts_at for row in rows) + timedelta(days=1)
        self.sessions: list[RoomUse] = sessions_there(first, last)
        self.house = the_house()
        self.span = first, last
        self.known = slots_there(first, last)
        ids = {row.facts["activity_id"] for row in rows if row.facts["activity_id"] is not None}
        columns = select(Activity.id, Activity.kind, Activity.turnaround_minutes)
        self.kinds: dict[int, tuple[Kind, int]] = {
            activity_id: (kind, minutes)
            for activity_id, kind, minutes in db.session.execute(columns.where(Activity.id.in_(ids)))
        }
        self.planned: list[tuple[PlannedSlot, int | None]] = []

    def put(self, row: SlotBefore) -> None:
        """One slot as it was, or a word of why not."""
        activity_id = row.facts["activity_id"]
        if row.starts_at <= self.now:
            why: WhyLeft | None = WhyLeft.OVER
        elif activity_id is not None and activity_id not in self.kinds:
            why = WhyLeft.GONE
        elif row.trace is Trace.REMOVED:
            why = self._make_again(row)
        elif row.trace is Trace.CHANGED:
            why = self._change_back(row)
        else:
            why = self._open(row)
        if why is not None:
            self.undone.leave(activity_id, row.starts_at, why)

    def write(self) -> None:
        """Make those that were taken away."""
        for made_by in {made_by for _slot, made_by in self.planned}:
            slots = [slot for slot, by in self.planned if by == made_by]
            try:
                with attempt():
                    write(slots, self.known, made_by=made_by)
            except NoEducator:
                self._write_each(slots, made_by)
        self.planned.clear()
        self.known = slots_there(*self.span)

    def _write_each(self, slots: Sequence[PlannedSlot], made_by: int | None) -> None:
        """One by one, those left out whose educator has been sent to a school meanwhile."""
        for slot in slots:
            try:
                with attempt():
                    write([slot], self.known, made_by=made_by)
            except NoEducator:
                self.undone.done["brought_back"] -= 1
                self.undone.leave(slot.activity_id, slot.starts_at, WhyLeft.NO_ROOM)

    def _make_again(self, row: SlotBefore) -> WhyLeft | None:
        facts, times = row.facts, times_of(row.facts)
        key = key_of(facts["activity_id"], facts["space_id"], row.starts_at)
        if key in self.known:
            return WhyLeft.REPLACED
        session = self._session(facts)
        draws = tuple((space_id, datetime.fromisoformat(start)) for space_id, start in row.draws)
        if not self._has_stretches(draws, facts["made_by"]) or not self._fits(session, self.sessions):
            return WhyLeft.NO_ROOM
        slot = PlannedSlot(
            facts["activity_id"], facts["space_id"], row.starts_at, times["ends_at"] or row.starts_at,
            facts["capacity"], facts["kept"], times["release_at"], times["opens_at"], times["closes_at"], draws,
        )  # fmt: skip
        self.planned.append((slot, facts["made_by"]))
        if session is not None:
            self.sessions.append(session)
            self.undone.done["brought_back"] += 1
        return None

    def _has_stretches(self, draws: Sequence[tuple[int, datetime]], made_by: int | None) -> bool:
        """Whether what it draws on is there, or can be made again where later work has taken it away."""
        capacities = {space.space_id: space.capacity for space in self.house.spaces}
        missing = [draw for draw in draws if ("space", *draw) not in self.known]
        if any(space_id not in capacities for space_id, _start in missing):
            return False
        long = timedelta(minutes=self.house.centre.slot_minutes)
        stretches = [
            PlannedSlot(None, space_id, start, start + long, capacities[space_id]) for space_id, start in missing
        ]
        if stretches:
            write(stretches, self.known, made_by=made_by)
            self.known = slots_there(*self.span)
        return True

    def _change_back(self, row: SlotBefore) -> WhyLeft | None:
        facts, names = row.facts, ("ends_at", "release_at", "opens_at", "closes_at")
        session = self._session(facts)
        given_up = facts["status"] == SlotStatus.CLOSED
        itself = (facts["activity_id"], row.starts_at)
        others = [session for session in self.sessions if (session.activity_id, session.starts_at) != itself]
        if not given_up and not self._fits(session, others):
            return WhyLeft.NO_ROOM
        columns = {name: facts[name] for name in ("space_id", "capacity", "kept")} | times_of(facts, names)
        columns["status"] = SlotStatus(facts["status"])
        still = select(Slot.id).where(*_same(row), Slot.version == row.version)
        if (
            db.session.scalar(still) is None
            or write_if_untouched(row.slot_id, session is None, columns, row.version) is None
        ):
            return self._why_not(row)
        if session is not None:
            self.sessions = others if given_up else [*others, session]
            self.undone.done["changed_back"] += 1
        return None

    def _open(self, row: SlotBefore) -> WhyLeft | None:
        session = self._session(row.facts)
        if not self._fits(session, self.sessions):
            return WhyLeft.NO_ROOM
        opening = (
            update(Slot)
            .where(*_same(row), Slot.version == row.version, Slot.status == SlotStatus.CLOSED)
            .values(status=SlotStatus.OPEN, version=Slot.version + 1)
            .returning(Slot.activity_id, Slot.starts_at, Slot.ends_at)
            .execution_options(synchronize_session=False)
        )
        try:
            with attempt():
                opened = db.session.execute(opening).first()
                check_made([(opened.activity_id, opened.starts_at, opened.ends_at)] if opened and session else [])
        except NoEducator:
            return WhyLeft.NO_ROOM
        if opened is None:
            return self._why_not(row)
        if session is not None:
            self.sessions.append(session)
        self.undone.done["opened_again"] += 1
        return None

    def _why_not(self, row: SlotBefore) -> WhyLeft:
        now = db.session.execute(select(Slot.taken, Slot.version).where(*_same(row))).first()
        if now is None:
            return WhyLeft.GONE
        return WhyLeft.CHANGED if now.version != row.version else WhyLeft.BOOKED

    def _session(self, facts: dict[str, Any]) -> RoomUse | None:
        """What it occupies; None for a stretch."""
        if facts["activity_id"] is None:
            return None
        kind, turnaround = self.kinds[facts["activity_id"]]
        times = times_of(facts, ("starts_at", "ends_at"))
        start, end = times["starts_at"] or self.now, times["ends_at"] or self.now
        space_id = None if kind in SHARING else facts["space_id"]
        return RoomUse(facts["activity_id"], start, end + timedelta(minutes=turnaround), space_id, kind in LED)

    def _fits(self, session: RoomUse | None, others: Sequence[RoomUse]) -> bool:
        return session is None or has_room(session, others, Staffing(self.house.centre.zone))


def _same(row: SlotBefore) -> list[ColumnElement[bool]]:
    """The slot itself: a database may give the number of one that is gone to another."""
    return [
        Slot.id == row.slot_id,
        Slot.starts_at == row.starts_at,
        Slot.activity_id.is_not_distinct_from(row.facts["activity_id"]),
    ]


def _say_what_stays(work_id: int, now: datetime, undone: Undone) -> None:
    """What it made and somebody has booked since."""
    booked = select(Slot.activity_id, Slot.starts_at).where(
        Slot.made_by == work_id, Slot.starts_at > now, Slot.taken > 0, Slot.activity_id.is_not(None)
    )
    for activity_id, starts_at in db.session.execute(booked.order_by(Slot.starts_at)):
        undone.leave(activity_id, starts_at, WhyLeft.BOOKED)
