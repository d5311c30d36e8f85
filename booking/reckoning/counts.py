"""What the door counted of a visit, class by class. Pure but for one reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from booking.agreements.heads import ClassHeads
from booking.agreements.rules import RulesForSchools
from booking.bookings.models import Ticket
from booking.door.models import CheckIn, CheckInLine, Trouble
from booking.kernel.database import run
from booking.kernel.money import spread
from booking.planner.plans import PartKind, Timetable
from booking.visits.read import VisitFacts


@dataclass(frozen=True, slots=True)
class SlotCount:
    """Who was booked into a slot of a visit, and who was counted in there; `known` when each is of a kind we know."""

    booked: ClassHeads
    counted: ClassHeads
    known: bool = True


@dataclass(frozen=True, slots=True)
class BeyondCount:
    """So many more than booked came in at one moment, with others who were counted in these slots."""

    people: int
    slot_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class DoorCount:
    """All that the door knows of a visit."""

    slots: Mapping[int, SlotCount]
    beyond: Sequence[BeyondCount] = ()


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class as it was counted; `together` with others, whose number was shared out by what they had booked."""

    heads: ClassHeads
    together: bool = False


def counts_of(facts: VisitFacts, rules: RulesForSchools) -> tuple[ClassCount | None, ...]:
    """What was counted of each class of a visit, by its place; None for one that nobody counted."""
    return by_class(facts.timetables, door_count(facts.booking_id, rules))


def door_count(booking_id: int, rules: RulesForSchools) -> DoorCount:
    """What the door has of a booking, in three statements."""
    tickets = run(
        select(Ticket.slot_id, Ticket.ticket_type_id, Ticket.admits, Ticket.admitted).where(
            Ticket.booking_id == booking_id, Ticket.void.is_(False)
        )
    )
    slots: dict[int, SlotCount] = {}
    for slot_id, type_id, admits, admitted in tickets:
        if type_id == rules.lunch.id and type_id not in (rules.pupil.id, rules.adult.id):
            continue
        had = slots.get(slot_id, SlotCount(ClassHeads(0, 0), ClassHeads(0, 0)))
        is_adult = type_id == rules.adult.id
        booked, counted = (
            ClassHeads(heads.pupils + (0 if is_adult else number), heads.adults + (number if is_adult else 0))
            for heads, number in ((had.booked, admits), (had.counted, admitted))
        )
        slots[slot_id] = SlotCount(booked, counted, had.known and type_id in (rules.pupil.id, rules.adult.id))
    more = list(
        run(
            select(CheckIn.id, CheckIn.uncounted).where(
                CheckIn.booking_id == booking_id, CheckIn.trouble == Trouble.MORE, CheckIn.undone_at.is_(None)
            )
        )
    )
    lines = run(
        select(CheckInLine.check_in_id, Ticket.slot_id)
        .join(Ticket, Ticket.id == CheckInLine.ticket_id)
        .where(CheckInLine.check_in_id.in_([check_in for check_in, _people in more]))
    )
    came_with: dict[int, set[int]] = {}
    for check_in, slot_id in lines:
        came_with.setdefault(check_in, set()).add(slot_id)
    beyond = [BeyondCount(people, frozenset(came_with.get(check_in, ()))) for check_in, people in more]
    return DoorCount(slots, beyond)


def by_class(timetables: Sequence[Timetable], door: DoorCount) -> tuple[ClassCount | None, ...]:
    """The count of each class: at its first session, where classes are counted in; else where most of it were.

    Classes that are counted in one number share it in proportion to what each had booked. Those beyond the booking are
    of the kind that is full where they came in, pupils where that says nothing.
    """
    chosen = [_counted_at(timetable, door.slots) for timetable in timetables]
    heads = {slot_id: door.slots[slot_id].counted for slot_id in dict.fromkeys(chosen) if slot_id is not None}
    for beyond in door.beyond:
        slot_id = _came_in_at(beyond, heads, door.slots)
        if slot_id is not None:
            heads[slot_id] = _with_more(heads[slot_id], beyond.people, door.slots[slot_id])
    counts: list[ClassCount | None] = [None] * len(timetables)
    for slot_id, counted in heads.items():
        places = [place for place, chosen_slot in enumerate(chosen) if chosen_slot == slot_id]
        pupils = _shared(counted.pupils, [timetables[place].group.pupils for place in places])
        adults = _shared(counted.adults, [timetables[place].group.adults for place in places])
        for place, of_pupils, of_adults in zip(places, pupils, adults, strict=True):
            counts[place] = ClassCount(ClassHeads(of_pupils, of_adults), together=len(places) > 1)
    return tuple(counts)


def _counted_at(timetable: Timetable, slots: Mapping[int, SlotCount]) -> int | None:
    """The slot whose count is the class's; None when nobody counted it, or not so that we can tell the kinds."""
    held = [part for part in timetable.parts if part.has_own_slot and part.kind is not PartKind.LUNCH]
    # In order of time, as the door lets them in: a show only where there is nothing else.
    own = [part.slot_ids[0] for part in held if part.kind is not PartKind.SHOW] or [part.slot_ids[0] for part in held]
    if not any(slot_id in slots for slot_id in own):
        own = list(slots)  # staff have put the visit elsewhere by hand
    counted = [slot_id for slot_id in own if slot_id in slots and slots[slot_id].counted.people]
    if not counted or not all(slots[slot_id].known for slot_id in counted):
        return None
    if own[0] == counted[0]:
        return own[0]
    return max(counted, key=lambda slot_id: slots[slot_id].counted.people)


def _came_in_at(beyond: BeyondCount, heads: Mapping[int, ClassHeads], slots: Mapping[int, SlotCount]) -> int | None:
    """Where those beyond a booking were counted: with whom they came, else where some kind is full."""
    with_them = [slot_id for slot_id in heads if slot_id in beyond.slot_ids]
    full = [slot_id for slot_id in heads if _full(slots[slot_id]) != (False, False)]
    return next(iter([*with_them, *full, *heads]), None)


def _with_more(heads: ClassHeads, more: int, slot: SlotCount) -> ClassHeads:
    if _full(slot) == (False, True):
        return ClassHeads(heads.pupils, heads.adults + more)
    return ClassHeads(heads.pupils + more, heads.adults)


def _full(slot: SlotCount) -> tuple[bool, bool]:
    """Whether all pupils, and all adults who were booked, are in."""
    return slot.counted.pupils >= slot.booked.pupils, slot.counted.adults >= slot.booked.adults > 0


def _shared(number: int, by: Sequence[int]) -> list[int]:
    return spread(number, by if any(by) else [1] * len(by))
