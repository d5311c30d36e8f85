"""What is free, read from the counters: true at the last commit.

Where a page has nothing of its own in a basket, it is used again until the database says that something was
committed, or places that were kept for schools are free for all (`kernel/used_again.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    join,
    literal_column,
    null,
    or_,
    outerjoin,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from booking.capacity.models import Channel, Claim, Draw, Slot, SlotStatus
from booking.capacity.places import withheld
from booking.catalogue.models import EVENTS, Activity, Kind
from booking.kernel.database import Texts, UTCDateTime
from booking.kernel.prepared import ReadyStatement, Row
from booking.kernel.used_again import used_again, used_until
from booking.pictures.facts import PictureFacts

F = TypeVar("F", bound="Free")

_OF_SHOW = (
    Activity.title, Activity.summary, Activity.minutes, Activity.slug, Activity.least_age, Activity.picture,
    Activity.kind, Activity.needs_admission, Activity.gives_entry, Activity.part_of_id, Activity.on_sale_days,
)  # fmt: skip
_KIND = 8 + _OF_SHOW.index(Activity.kind)
RELEASE = 9  # the column of `_free_query` that tells the next one
HOUR = timedelta(hours=1)
_START = ReadyStatement(select(Slot.starts_at).where(Slot.id == bindparam("slot")))


class Availability(StrEnum):
    """How a slot or a day looks to a party of a given size."""

    FREE = "free"
    FEW = "few"
    FULL = "full"
    CLOSED = "closed"
    NOT_YET = "not_yet"
    OVER = "over"


@dataclass(slots=True)
class Free:
    """One slot and how many more people it can take, through all that it draws on.

    Nobody changes it; it is not frozen because a month makes 267, and each would take three times as long to make.
    """

    slot_id: int
    activity_id: int
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    free: int
    open: int

    def standing(self, people: int, few: int, now: datetime) -> Availability:
        """How the slot looks to a party of `people`; with fewer than `few` left it says so."""
        if self.closes_at is not None and self.closes_at <= now:
            return Availability.OVER
        if not self.open:
            return Availability.CLOSED
        if self.opens_at is not None and self.opens_at > now:
            return Availability.NOT_YET
        if self.free < max(people, 1):
            return Availability.FULL
        return Availability.FEW if self.free <= few else Availability.FREE


@dataclass(slots=True)
class FreeShow(Free):
    """A free slot with the words of its activity, for lists of several activities."""

    title: Texts
    summary: Texts
    minutes: int
    slug: str
    least_age: int | None
    picture: PictureFacts | None
    kind: Kind
    needs_admission: bool
    gives_entry: bool
    part_of: int | None  # the festival that it belongs to
    on_sale_days: int | None  # before it; None: as the centre says

    def goes_with(self, activity_id: int, lets_in: bool) -> bool:
        """Whether who has a ticket of an activity, which lets into the house or not, may have this one besides."""
        if self.part_of is not None:
            return self.part_of == activity_id
        return lets_in or not self.needs_admission


def slots_between(
    activity_id: int,
    start: datetime,
    end: datetime,
    channel: Channel,
    now: datetime,
    own: Collection[int] = (),
) -> list[Free]:
    """The slots of one activity that start in [start, end), in order, in one statement (two with a basket).

    `own` are the caller's own held bookings: their places count as free, so that a basket never stands in its own way.
    """
    values = {"activity": activity_id, "start": start, "end": end}
    return _read(Free, _between(channel, bool(own)), values, now, own)


def slots_of(
    activity_ids: Collection[int], start: datetime, end: datetime, channel: Channel, now: datetime
) -> list[Free]:
    """As `slots_between`, for several activities in the one statement, in order of time."""
    values = {"activities": sorted(activity_ids), "start": start, "end": end}
    return _read(Free, _of_several(channel), values, now)


def entry_between(
    start: datetime, end: datetime, channel: Channel, now: datetime, own: Collection[int] = ()
) -> list[Free]:
    """As `slots_between`, for the activity that an ordinary visit is: the first active admission."""
    values = {"start": start, "end": end}
    return _read(Free, _entry(channel, bool(own)), values, now, own)


def slots_by_id(slot_ids: Collection[int], channel: Channel, now: datetime, own: Collection[int] = ()) -> list[Free]:
    """These slots, whichever exist, in the order of their ids."""
    values = {"ids": sorted(slot_ids)}
    return _read(Free, _by_id(channel, bool(own)), values, now, own)


def add_ons_between(
    start: datetime, end: datetime, channel: Channel, now: datetime, own: Collection[int] = ()
) -> list[FreeShow]:
    """Shows, workshops and events that start in [start, end), in order of time."""
    values = {"start": start, "end": end}
    return _read(FreeShow, _add_ons(channel, bool(own)), values, now, own)


def programme_between(
    festival_id: int, start: datetime, end: datetime, channel: Channel, now: datetime
) -> list[FreeShow]:
    """As `add_ons_between`, of what is on the programme of one festival."""
    values = {"festival": festival_id, "start": start, "end": end}
    return _read(FreeShow, _programme(channel), values, now)


def all_between(start: datetime, end: datetime, channel: Channel, now: datetime) -> tuple[list[Free], list[FreeShow]]:
    """What `entry_between` and `add_ons_between` answer, both in order of time, in one statement."""
    rows = _read(_either, _all(channel), {"start": start, "end": end}, now)
    return [slot for slot in rows if not isinstance(slot, FreeShow)], [s for s in rows if isinstance(s, FreeShow)]


def first_choice(slot_id: int, channel: Channel, now: datetime, own: Collection[int] = ()) -> Free | None:
    """What a purchase can begin with: a time of entry, or of an event that one needs no entry for. One statement."""
    times = _read(_entry_or_show, _first_choice(channel, bool(own)), {"slot": slot_id}, now, own)
    return times[0] if times else None


def start_of(slot_id: int) -> datetime | None:
    """When a slot starts; None when there is none with this id."""
    starts_at: datetime | None = used_again((_START, slot_id), lambda: _START.value({"slot": slot_id}))
    return starts_at


def _read(
    kind: Callable[..., F], query: ReadyStatement, values: dict[str, Any], now: datetime, own: Collection[int] = ()
) -> list[F]:
    """Run a query made by `_free_query`, or use its answer again."""
    if own:
        return _slots(kind, query.rows(values | {"now": now, "own": sorted(own)}))
    wide = _by_the_hour(values)
    key = (query, *(tuple(value) if isinstance(value, list) else value for value in wide.values()))
    slots = used_until(key, now, lambda: _with_end(kind, query.rows(wide | {"now": now})))
    if wide is values:
        return [*slots]
    return [slot for slot in slots if values["start"] <= slot.starts_at < values["end"]]


def _by_the_hour(values: dict[str, Any]) -> dict[str, Any]:
    """What is asked from this very moment on, in whole hours: so it is asked again."""
    start, end = values.get("start"), values.get("end")
    if start is None or end is None or end - start <= HOUR:
        return values
    wide = {"start": _whole_hour(start), "end": _whole_hour(end + HOUR - datetime.resolution)}
    return values if (start, end) == tuple(wide.values()) else values | wide


def _with_end(kind: Callable[..., F], rows: Sequence[Row]) -> tuple[list[F], datetime | None]:
    """The slots, and the moment of the next release, wherever it is: from then on more may be free."""
    return _slots(kind, rows), rows[0][RELEASE] if rows else None


def _slots(kind: Callable[..., F], rows: Iterable[Row]) -> list[F]:
    """Of what a slot and what it draws on have free, the least counts."""
    slots = []
    for slot_id, activity_id, starts_at, ends_at, opens_at, closes_at, here, below, is_open, _, *words in rows:
        if below is not None:
            here, is_open = min(here, below >> 1), is_open & below
        free = here if here > 0 else 0
        slots.append(kind(slot_id, activity_id, starts_at, ends_at, opens_at, closes_at, free, is_open, *words))
    return slots


def _whole_hour(moment: datetime) -> datetime:
    """The one that it is in."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _either(*columns: Any) -> Free:  # noqa: ANN401  (of a row)
    """A row of `_all`: of an entry, whose words nobody asked for, or of a show."""
    return Free(*columns[:8]) if columns[8] is None else FreeShow(*columns)


def _entry_or_show(*columns: Any) -> Free:  # noqa: ANN401  (of a row)
    return Free(*columns[:8]) if columns[_KIND] is Kind.ADMISSION else FreeShow(*columns)


# The statements are built once for each kind of caller: building one costs more than running it.
@cache
def _between(channel: Channel, has_own: bool) -> ReadyStatement:
    start, end = bindparam("start", type_=UTCDateTime), bindparam("end", type_=UTCDateTime)
    return ReadyStatement(
        _free_query(channel, has_own)
        .where(Slot.activity_id == bindparam("activity"), Slot.starts_at >= start, Slot.starts_at < end)
        .order_by(Slot.starts_at)
    )


@cache
def _of_several(channel: Channel) -> ReadyStatement:
    start, end = bindparam("start", type_=UTCDateTime), bindparam("end", type_=UTCDateTime)
    of_activities = Slot.activity_id.in_(bindparam("activities", expanding=True))
    return ReadyStatement(
        _free_query(channel, False)
        .where(of_activities, Slot.starts_at >= start, Slot.starts_at < end)
        .order_by(Slot.starts_at, Slot.id)
    )


@cache
def _entry(channel: Channel, has_own: bool) -> ReadyStatement:
    return ReadyStatement(_entry_query(channel, has_own).order_by(Slot.starts_at))


def _entry_query(channel: Channel, has_own: bool) -> Select[tuple[object, ...]]:
    start, end = bindparam("start", type_=UTCDateTime), bindparam("end", type_=UTCDateTime)
    of_entry = (Slot.activity_id == _the_entry(), Slot.starts_at >= start, Slot.starts_at < end)
    return _free_query(channel, has_own).where(*of_entry)


def _the_entry() -> ScalarSelect[int]:
    """The activity that an ordinary visit is."""
    entries = aliased(Activity)
    return (
        select(entries.id)
        .where(entries.kind == Kind.ADMISSION, entries.active)
        .order_by(entries.sort, entries.id)
        .limit(1)
        .scalar_subquery()
    )


@cache
def _by_id(channel: Channel, has_own: bool) -> ReadyStatement:
    return ReadyStatement(
        _free_query(channel, has_own)
        .where(Slot.id.in_(bindparam("ids", expanding=True)), Slot.activity_id.is_not(None))
        .order_by(Slot.id)
    )


@cache
def _add_ons(channel: Channel, has_own: bool) -> ReadyStatement:
    return ReadyStatement(_add_ons_query(channel, has_own).order_by(Slot.starts_at, Slot.id))


@cache
def _programme(channel: Channel) -> ReadyStatement:
    of_festival = Activity.part_of_id == bindparam("festival")
    return ReadyStatement(_add_ons_query(channel, False).where(of_festival).order_by(Slot.starts_at, Slot.id))


def _add_ons_query(channel: Channel, has_own: bool) -> Select[tuple[object, ...]]:
    start, end = bindparam("start", type_=UTCDateTime), bindparam("end", type_=UTCDateTime)
    return (
        _free_query(channel, has_own)
        .add_columns(*_OF_SHOW)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Slot.starts_at >= start, Slot.starts_at < end, Activity.kind.in_(EVENTS), Activity.active)
    )


@cache
def _all(channel: Channel) -> ReadyStatement:
    no_words = [null() for _word in _OF_SHOW]
    both = union_all(_add_ons_query(channel, False), _entry_query(channel, False).add_columns(*no_words))
    return ReadyStatement(both.order_by(both.selected_columns.starts_at, both.selected_columns.id))


@cache
def _first_choice(channel: Channel, has_own: bool) -> ReadyStatement:
    alone = and_(Activity.kind.in_(EVENTS), Activity.needs_admission.is_(False), Activity.active)
    return ReadyStatement(
        _free_query(channel, has_own)
        .add_columns(*_OF_SHOW)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Slot.id == bindparam("slot"), or_(Activity.id == _the_entry(), alone))
    )


def _free_query(channel: Channel, has_own: bool) -> Select[tuple[object, ...]]:
    """For each slot the columns of Free; its free places as two, those of its own and the least of what it draws on.

    And the next moment from which kept places may be free for all, in each row the same: asked once by the database.
    """
    now = bindparam("now", type_=UTCDateTime)
    at_slot: ColumnElement[int] = Slot.capacity - Slot.taken - withheld(channel, now)
    own_places = _places_of_own() if has_own else None
    if own_places is not None:
        of_own = select(own_places.c.places).where(own_places.c.slot_id == Slot.id).scalar_subquery()
        at_slot += func.coalesce(of_own, 0)
    return select(
        Slot.id,
        Slot.activity_id,
        Slot.starts_at,
        Slot.ends_at,
        Slot.opens_at,
        Slot.closes_at,
        at_slot,
        _least_below(channel, now, own_places),
        case((Slot.status == SlotStatus.OPEN, 1), else_=0),
        null() if has_own else _next_release(now),
    )


def _next_release(now: BindParameter[datetime]) -> ScalarSelect[datetime | None]:
    kept = aliased(Slot)
    return (
        select(func.min(kept.release_at))
        .where(kept.kept > literal_column("0"), kept.release_at > now)
        .scalar_subquery()
    )


def _least_below(channel: Channel, now: BindParameter[datetime], own_places: CTE | None) -> ScalarSelect[int]:
    """What the fullest of all that a slot draws on has free, twice, and one more where all of them are open.

    Two numbers in one: asked for each slot by itself they cost half of joining and grouping, and asked twice, the same.
    """
    below = aliased(Slot)
    free: ColumnElement[int] = below.capacity - below.taken - withheld(channel, now, below)
    drawn = join(Draw, below, below.id == Draw.on_slot_id)
    if own_places is not None:
        there = own_places.alias("own_there")
        free += func.coalesce(there.c.places, 0)
        drawn = outerjoin(drawn, there, there.c.slot_id == below.id)
    is_open = case((below.status == SlotStatus.OPEN, 1), else_=0)
    packed = func.min(free) * 2 + func.min(is_open)
    return select(packed).select_from(drawn).where(Draw.slot_id == Slot.id).correlate(Slot).scalar_subquery()


def _places_of_own() -> CTE:
    """What the caller's own bookings take in each slot, drawn ones included."""
    of_ours = Claim.booking_id.in_(bindparam("own", expanding=True))
    touched = union_all(
        select(Claim.slot_id.label("slot_id"), Claim.places.label("places")).where(of_ours),
        select(Draw.on_slot_id, Claim.places).join(Claim, Claim.slot_id == Draw.slot_id).where(of_ours),
    ).subquery()
    return select(touched.c.slot_id, func.sum(touched.c.places).label("places")).group_by(touched.c.slot_id).cte("own")
