"""What a party that was hit may choose: new times free of charge, the closed part's money back, or all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from booking.bookings import change
from booking.bookings.at_the_desk import move_booking
from booking.bookings.basket import Pick
from booking.bookings.models import Booking, State, Ticket
from booking.bookings.purse import purses
from booking.bookings.queries import BookingFacts
from booking.bookings.refusals import AlreadyUsed, WrongState
from booking.bookings.rules import settle_in_full
from booking.bookings.store import lines_of, lock
from booking.capacity.availability import Free, slots_between
from booking.capacity.closed_hours import closed_of
from booking.capacity.places import claims_of
from booking.catalogue.queries import ActivityFacts, activities
from booking.centre.facts import CentreFacts, the_centre
from booking.closures.models import ClosedReason, ClosureChoice, ClosureHit
from booking.courses import cancel as enrolments
from booking.courses.move import keep_terms
from booking.courses.read import is_enrolment
from booking.kernel.database import Texts, db, run
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.visits.read import is_visit

AHEAD = (timedelta(days=14), timedelta(days=60))  # where the nearer weeks have nothing, the farther are read too
MOST_OFFERED = 24


class MovesByPlan(Refusal):
    """A class has a whole day's plan: it is moved by another one, not out of one of its slots."""


@dataclass(frozen=True, slots=True)
class ClosedFor:
    """What was closed for a booking: which of its slots, why, and what is said of it."""

    slot_ids: frozenset[int]
    why: ClosedReason
    words: Texts


@dataclass(frozen=True, slots=True)
class NewTimes:
    """One way to come another time: each slot that must change and the new one for it; `first` is the visit's start."""

    first: Free
    moves: Mapping[int, Free]


@dataclass(frozen=True, slots=True)
class HitPart:
    """What a party has in one slot."""

    slot_id: int
    activity_id: int
    starts_at: datetime
    places: int
    needs_admission: bool


@dataclass(frozen=True, slots=True)
class HitParty:
    """All parts of a booking in order; `main` is what the others hang on."""

    parts: tuple[HitPart, ...]
    main: HitPart
    kinds: Mapping[int, ActivityFacts]
    centre: CentreFacts


def closed_for(booking_id: int) -> ClosedFor | None:
    """What of this booking is closed and waits for its answer; None when nothing does. One statement."""
    slots = closed_of(booking_id)
    if not slots:
        return None
    return ClosedFor(frozenset(slot.slot_id for slot in slots), slots[-1].why, slots[-1].words)


def choices(facts: BookingFacts, closed: Collection[int], centre: CentreFacts, now: datetime) -> list[NewTimes]:
    """The nearest times with room for the whole party, a statement for each of its activities and two more.

    The same day only what is closed moves; to another day all of the visit moves along, but for a pass, which is for
    the days that it is for.
    """
    visit = _visit(facts, closed, centre)
    earliest = max(now, facts.starts_at)
    begin = max(now, facts.starts_at - AHEAD[0])
    for ahead in AHEAD:
        until = earliest + ahead
        free = {
            activity: [
                slot for slot in slots_between(activity, begin, until, facts.channel, now) if _can_come(slot, now)
            ]
            for activity in visit.kinds
        }
        offers = _ways(visit, closed, free)
        if offers:
            return offers
        begin = until
    return []


def move(facts: BookingFacts, times: NewTimes, *, now: datetime, actor: str = "buyer") -> None:
    """Take new times: no fee, the price kept; call inside a unit of work.

    Raises Full, Closed, WrongState, AlreadyUsed, and MovesByPlan for a school's visit.
    """
    if is_visit(facts.id):
        raise MovesByPlan
    booking = _lock(facts.id, times.moves)
    before = {"starts_at": booking.starts_at.isoformat()}
    answered(booking.id, ClosureChoice.MOVED, now)
    moves = {old: new.slot_id for old, new in times.moves.items()}
    note(actor, "booking.move", f"booking:{booking.id}", before, {"starts_at": times.first.starts_at.isoformat()})
    keep_terms(booking.id, booking.starts_at, times.first.starts_at, the_centre())
    move_booking(booking, moves, now)


def all_back(facts: BookingFacts, *, centre: CentreFacts, now: datetime, actor: str = "buyer") -> None:
    """Cancel at no cost and promise back whatever was paid, whatever the deadlines; call inside a unit of work.

    Places on a course are given up by their own rule, which asks nothing for what we have closed and pays back nothing
    that an invoice was to ask for. Doing it twice is doing it once. Raises WrongState, AlreadyUsed.
    """
    answered(facts.id, ClosureChoice.ALL_BACK, now)
    by = "closure" if actor == "buyer" else actor
    if is_enrolment(facts.id):
        enrolments.cancel(facts.id, centre=centre, now=now, actor=by)
    else:
        change.cancel(facts.id, centre=centre, now=now, actor=by, whole_refund=True)


def part_back(
    facts: BookingFacts, closed: Collection[int], *, centre: CentreFacts, now: datetime, actor: str = "buyer"
) -> int:
    """Give up what is closed, keep the rest, and promise the closed part's money back; as `all_back` otherwise.

    Raises what `basket.price` raises when the rest cannot stand alone.
    """
    booking = _lock(facts.id, closed)
    change.drop_waiting_changes(booking.id, now)
    goes = given_up(facts, closed, centre)
    kept = [line for line in lines_of(booking.id) if line.slot_id not in goes]
    picks = [Pick(line.slot_id, line.ticket_type_id, line.quantity) for line in kept]
    basket = change.price_change(booking, picks, centre, now, without=goes)
    money = settle_in_full(change.agreed(booking), basket.total, purses.purse.locked(booking.id))
    answered(booking.id, ClosureChoice.PART_BACK, now)
    return change.make_smaller(booking, basket, money, change.CLOSURE, actor, now).refund


def given_up(facts: BookingFacts, closed: Collection[int], centre: CentreFacts) -> set[int]:
    """What is closed, and what hangs on the day of a pass that is: who stays away that day is at nothing of it."""
    day_of = {line.slot_id: centre.local(line.starts_at).date() for line in facts.lines}
    shut = {day_of[line.slot_id] for line in facts.lines if line.of_pass and line.slot_id in closed}
    return {*closed, *(line.slot_id for line in facts.lines if line.needs_admission and day_of[line.slot_id] in shut)}


def answered(booking_id: int, choice: ClosureChoice, now: datetime) -> None:
    """Note what a party chose of what is closed for it, where nothing is noted yet; call inside a unit of work.

    The booking is locked first, as by everybody: two windows that answer wait for one another, not in a circle.
    """
    lock(booking_id)
    run(
        update(ClosureHit)
        .where(ClosureHit.booking_id == booking_id, ClosureHit.choice.is_(None))
        .values(choice=choice, chosen_at=now)
    )


def can_stand_alone(facts: BookingFacts, closed: Collection[int]) -> bool:
    """Whether something of the visit is left that needs no other: an entry, a class's programme."""
    left = {line.activity_id for line in facts.lines if line.slot_id not in closed}
    return any(not kind.needs_admission for kind in activities(left).values()) if left else False


def _lock(booking_id: int, slot_ids: Collection[int]) -> Booking:
    (booking,) = lock(booking_id)
    if booking.state is not State.CONFIRMED or booking.changes_id is not None:
        raise WrongState(booking.state.value)
    there = {held.slot_id for held in claims_of([booking_id])}
    if not set(slot_ids) <= there:
        raise WrongState("moved")  # answered in another window meanwhile
    came = select(func.sum(Ticket.admitted)).where(
        Ticket.booking_id == booking_id, Ticket.slot_id.in_(slot_ids), Ticket.void.is_(False)
    )
    if db.session.scalar(came):
        raise AlreadyUsed
    return booking


def _can_come(slot: Free, now: datetime) -> bool:
    return bool(slot.open) and slot.free > 0 and slot.starts_at > now


def _ways(visit: HitParty, closed: Collection[int], free: Mapping[int, Sequence[Free]]) -> list[NewTimes]:
    """The ways that fit, of those nearest to what was booked, in order of time."""
    local = visit.centre.local
    closed_parts = [part for part in visit.parts if part.slot_id in closed]
    anchor = visit.main if visit.main.slot_id in closed or not closed_parts else closed_parts[0]
    home = local(anchor.starts_at).date()
    has_pass = len({local(part.starts_at).date() for part in visit.parts}) > 1
    if has_pass:
        closed_parts = [part for part in closed_parts if local(part.starts_at).date() == home]
    ways: list[tuple[HitPart, Free, Sequence[HitPart]]] = [
        (anchor, slot, closed_parts) for slot in free[anchor.activity_id] if local(slot.starts_at).date() == home
    ]
    ways += [
        (visit.main, slot, visit.parts)
        for slot in free[visit.main.activity_id]
        if local(slot.starts_at).date() != home and not has_pass
    ]
    offers: list[NewTimes] = []
    for part, first, moving in sorted(ways, key=lambda way: abs(way[1].starts_at - way[0].starts_at)):
        moves = _fit(visit, part, first, moving, free)
        if moves is not None:
            offers.append(NewTimes(first, moves))
        if len(offers) == MOST_OFFERED:
            break
    return sorted(offers, key=lambda times: times.first.starts_at)


def _visit(facts: BookingFacts, closed: Collection[int], centre: CentreFacts) -> HitParty:
    places: dict[int, int] = defaultdict(int)
    for held in claims_of([facts.id]):
        places[held.slot_id] += held.places
    kinds = activities({line.activity_id for line in facts.lines})
    by_slot = {line.slot_id: line for line in facts.lines}
    parts = [
        HitPart(
            line.slot_id,
            line.activity_id,
            line.starts_at,
            places[line.slot_id],
            kinds[line.activity_id].needs_admission,
        )
        for line in sorted(by_slot.values(), key=lambda line: (line.starts_at, line.slot_id))
    ]
    main = next((part for part in parts if not part.needs_admission), parts[0])
    return HitParty(tuple(parts), main, kinds, centre)


def _fit(
    visit: HitParty, anchor: HitPart, first: Free, moving: Sequence[HitPart], free: Mapping[int, Sequence[Free]]
) -> dict[int, Free] | None:
    """Where each moving part goes when `anchor` goes to `first`; None when one finds no room that day."""
    day = visit.centre.local(first.starts_at).date()
    taken = {part.slot_id for part in visit.parts}
    if first.free < anchor.places or first.slot_id in taken:
        return None
    moves = {anchor.slot_id: first}
    taken.add(first.slot_id)
    for part in moving:
        if part is anchor:
            continue
        wished = part.starts_at + (first.starts_at - anchor.starts_at)
        fitting = [
            slot
            for slot in free[part.activity_id]
            if slot.free >= part.places
            and slot.slot_id not in taken
            and visit.centre.local(slot.starts_at).date() == day
            and (anchor.needs_admission or not part.needs_admission or slot.starts_at >= first.starts_at)
        ]
        if not fitting:
            return None
        moves[part.slot_id] = min(fitting, key=lambda slot: abs(slot.starts_at - wished))
        taken.add(moves[part.slot_id].slot_id)
    return moves if _entry_comes_first(visit, moves) else None


def _entry_comes_first(visit: HitParty, moves: Mapping[int, Free]) -> bool:
    """Nobody is at a show before they come in."""
    new = {slot_id: slot.starts_at for slot_id, slot in moves.items()}
    entries = [new.get(part.slot_id, part.starts_at) for part in visit.parts if not part.needs_admission]
    others = [new.get(part.slot_id, part.starts_at) for part in visit.parts if part.needs_admission]
    return not entries or all(start >= min(entries) for start in others)
