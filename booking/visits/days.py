"""What some days have to offer a visit, read for the planner in a fixed number of statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from sqlalchemy import bindparam, select

from booking.capacity.models import Draw, Slot, SlotStatus
from booking.capacity.places import claims_of
from booking.capacity.timetable import at
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import CentreFacts
from booking.centre.models import Space
from booking.centre.opening import Hours, Open, hours_on, load_hours
from booking.kernel.database import UTCDateTime, as_values, run
from booking.planner.wish import Admission, PlannedSession, PlanningDay, Seating, Stretch, StretchKind
from booking.programmes.offered import OfferedProgramme
from booking.programmes.sale import is_shut, opens_by_rule


@dataclass(frozen=True, slots=True)
class _Row:
    slot_id: int
    activity_id: int | None
    space_id: int | None
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    status: SlotStatus
    opens_at: datetime | None
    closes_at: datetime | None
    kind: Kind | None
    turnaround_minutes: int | None
    is_house: bool | None
    own: int = 0

    @property
    def free(self) -> int:
        """What can be had; of what is closed for sale only what one has already."""
        if self.status is SlotStatus.OPEN:
            return self.capacity - self.taken
        return self.own if self.status is SlotStatus.CLOSED else 0

    def on_sale(self, now: datetime, on_the_day: bool) -> bool:
        """Whether it can be had; `on_the_day` until it begins, for those who are on their way."""
        if self.own:
            return self.starts_at > now
        ends = self.starts_at if on_the_day else self.closes_at or self.starts_at
        return (self.opens_at is None or self.opens_at <= now) and ends > now


_SLOTS = (
    select(
        Slot.id, Slot.activity_id, Slot.space_id, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.taken, Slot.status,
        Slot.opens_at, Slot.closes_at, Activity.kind, Activity.turnaround_minutes, Space.is_house,
    )
    .outerjoin(Activity, Activity.id == Slot.activity_id)
    .outerjoin(Space, Space.id == Slot.space_id)
    .where(
        Slot.starts_at >= bindparam("start", type_=UTCDateTime), Slot.starts_at < bindparam("end", type_=UTCDateTime)
    )
    .order_by(Slot.starts_at, Slot.id)
)  # fmt: skip
_DRAWS = select(Draw.slot_id, Draw.on_slot_id).where(Draw.slot_id.in_(bindparam("slots", expanding=True)))
_EXHIBITION = (
    select(Activity.space_id, Activity.id, Activity.on_sale_days)
    .where(Activity.kind == Kind.ADMISSION)
    .order_by(Activity.sort, Activity.id)
    .limit(1)
)


def load_days(
    dates: Sequence[date],
    arrival: time,
    departure: time,
    programmes: Collection[OfferedProgramme],
    centre: CentreFacts,
    now: datetime,
    moving: int | None = None,
    *,
    entries: bool = False,
    on_the_day: bool = False,
) -> list[PlanningDay]:
    """The days between these dates' wall-clock times, in five statements (two more with a booking).

    Only sessions of these programmes are offered; what is closed or not yet on sale has no places. The places of a
    booking that is `moving` count as free, since it gives them back. With `entries`, which those need who come for the
    exhibition alone, nobody sees it without one. `on_the_day`: whatever has not begun can still be had.
    """
    row = run(_EXHIBITION).first()
    exhibition = _Exhibition(row[0], row[1], entries, row[2]) if row else _Exhibition(None, None, entries)
    facts = {programme.activity_id: programme for programme in programmes}
    rows, hours = _by_date(dates, centre, _places_of(moving)), load_hours()
    offered = {
        on: [slot for slot in of_day if _is_offered(slot, facts, exhibition) and slot.on_sale(now, on_the_day)]
        for on, of_day in rows.items()
    }
    ahead = {programme.activity_id: programme.on_sale_days for programme in programmes}
    if entries and exhibition.activity_id is not None:
        ahead[exhibition.activity_id] = exhibition.on_sale_days
    draws = _draws(slot.slot_id for of_day in offered.values() for slot in of_day)
    return [
        PlanningDay(
            on=on,
            arrival=at(on, arrival, centre.zone),
            departure=at(on, departure, centre.zone),
            exhibition_space_id=exhibition.space_id,
            needs_entry=exhibition.entries,
            opening=_opening(on, hours, centre),
            opens={} if is_shut(on, hours) else dict(_opens(on, rows[on], offered[on], ahead, centre, now)),
            **_offers(rows[on], offered[on], draws, facts, exhibition),
        )
        for on in dates
    ]


def _opens(
    on: date,
    rows: Sequence[_Row],
    offered: Sequence[_Row],
    ahead: Mapping[int, int | None],
    centre: CentreFacts,
    now: datetime,
) -> Iterator[tuple[int, datetime]]:
    """What of these activities has nothing on sale yet that day, with when it opens.

    As the first of its times says; where none are made yet, by the rule that they will be made by.
    """
    on_sale = {slot.activity_id for slot in offered}
    for activity_id, days in ahead.items():
        its = [slot for slot in rows if slot.activity_id == activity_id]
        moments = [slot.opens_at for slot in its if slot.status is SlotStatus.OPEN and slot.opens_at is not None]
        if not its:
            moments = [opens_by_rule(on, days, centre)]
        to_come = [moment for moment in moments if moment > now]
        if activity_id not in on_sale and to_come:
            yield activity_id, min(to_come)


def _by_date(dates: Sequence[date], centre: CentreFacts, own: Mapping[int, int]) -> dict[date, list[_Row]]:
    """The slots of each date, in one statement; `own` places count as free."""
    by_date: dict[date, list[_Row]] = {on: [] for on in dates}
    if not by_date:
        return by_date
    bounds = [
        (at(on, time(0), centre.zone), at(on + timedelta(days=1), time(0), centre.zone), on) for on in sorted(by_date)
    ]
    values = as_values(_Row, run(_SLOTS, {"start": bounds[0][0], "end": bounds[-1][1]}))
    coming = iter(bounds)
    begins, ends, on = next(coming)
    for slot in values:  # in order of time
        while slot.starts_at >= ends:
            begins, ends, on = next(coming)
        if slot.starts_at >= begins:
            places = own.get(slot.slot_id, 0)
            by_date[on].append(replace(slot, taken=slot.taken - places, own=places) if places else slot)
    return by_date


def _draws(slot_ids: Iterable[int]) -> Mapping[int, Sequence[int]]:
    """What each of these slots draws on, in one statement."""
    draws: dict[int, list[int]] = defaultdict(list)
    ids = sorted(slot_ids)
    for slot_id, on_slot_id in run(_DRAWS, {"slots": ids}) if ids else ():
        draws[slot_id].append(on_slot_id)
    return draws


def _opening(on: date, hours: Hours, centre: CentreFacts) -> tuple[datetime, datetime] | None:
    """From when to when the house is open; None on a day of which nothing is said, or that is closed by the week."""
    opening = hours_on(on, *hours)
    if not isinstance(opening, Open):
        return None
    return at(on, opening.opens, centre.zone), at(on, opening.closes, centre.zone)


@dataclass(frozen=True, slots=True)
class _Exhibition:
    """Where it is, and by which activity people enter; `entries` whether a visit needs such an entry."""

    space_id: int | None
    activity_id: int | None
    entries: bool
    on_sale_days: int | None = None  # of entry, before it; None: as the centre says


def _places_of(booking_id: int | None) -> Mapping[int, int]:
    """What a booking takes in each slot, drawn ones included, where its people count once."""
    places: Counter[int] = Counter()
    held = claims_of([booking_id]) if booking_id is not None else []
    by_slot = {claim.slot_id: claim.places for claim in held}
    places.update(by_slot)
    for slot_id, on_slot_id in run(_DRAWS, {"slots": sorted(by_slot)}) if by_slot else ():
        places[on_slot_id] += by_slot[slot_id]
    for claim in held:
        places.subtract({int(slot_id): people for slot_id, people in (claim.shared or {}).items()})
    return places


class _Offers(TypedDict):
    """What a day has to offer."""

    sessions: tuple[PlannedSession, ...]
    seatings: tuple[Seating, ...]
    entries: tuple[Admission, ...]
    stretches: tuple[Stretch, ...]


def _offers(
    rows: Sequence[_Row],
    offered: Sequence[_Row],
    drawn: Mapping[int, Sequence[int]],
    facts: Mapping[int, OfferedProgramme],
    exhibition: _Exhibition,
) -> _Offers:
    by_id = {slot.slot_id: slot for slot in rows}
    draws = {slot.slot_id: tuple(drawn.get(slot.slot_id, ())) for slot in offered}

    def free(row: _Row) -> int:
        below = [by_id[drawn_id].free for drawn_id in draws[row.slot_id] if drawn_id in by_id]
        return max(0, min([row.free, *below]))

    return _Offers(
        sessions=tuple(
            PlannedSession(
                slot_id=slot.slot_id,
                activity_id=slot.activity_id,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                free=free(slot),
                space_id=slot.space_id,
                grades=(facts[slot.activity_id].grade_from, facts[slot.activity_id].grade_to),
                language=facts[slot.activity_id].language or None,
                shared=facts[slot.activity_id].shared,
                taken=slot.taken,
                turnaround_minutes=slot.turnaround_minutes or 0,
                draws=draws[slot.slot_id],
            )
            for slot in offered
            if slot.activity_id is not None and slot.activity_id in facts
        ),
        seatings=tuple(
            Seating(slot.slot_id, slot.starts_at, slot.ends_at, free(slot), slot.space_id, draws[slot.slot_id])
            for slot in offered
            if slot.kind is Kind.LUNCH
        ),
        entries=tuple(
            Admission(slot.slot_id, slot.starts_at, slot.ends_at, free(slot), draws[slot.slot_id], slot.activity_id)
            for slot in offered
            if exhibition.entries and slot.activity_id == exhibition.activity_id
        ),
        stretches=tuple(
            Stretch(slot.slot_id, _room(slot, exhibition.space_id), slot.starts_at, slot.ends_at, max(0, slot.free))
            for slot in rows
            if slot.activity_id is None
        ),
    )


def _is_offered(row: _Row, facts: Mapping[int, OfferedProgramme], exhibition: _Exhibition) -> bool:
    if row.activity_id in facts or row.kind is Kind.LUNCH:
        return True
    return exhibition.entries and row.activity_id is not None and row.activity_id == exhibition.activity_id


def _room(row: _Row, exhibition: int | None) -> StretchKind:
    if row.is_house:
        return StretchKind.HOUSE
    return StretchKind.EXHIBITION if row.space_id is not None and row.space_id == exhibition else StretchKind.OTHER
