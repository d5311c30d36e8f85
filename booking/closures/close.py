"""Close: sale stops at once for all slots in one unit of work, and whoever is hit is listed by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Row, Select, exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import aliased

from booking.bookings.models import Booking, State
from booking.capacity.change_slot import SlotChangedMeanwhile
from booking.capacity.closed_hours import LONGEST_SLOT, is_under_closure
from booking.capacity.models import Channel, Claim, Slot, SlotStatus
from booking.capacity.planning import at
from booking.centre.facts import CentreFacts
from booking.centre.models import DayException
from booking.closures.models import ClosedReason, Closure, ClosureHit, ClosureSlot
from booking.kernel.database import Texts, db, run
from booking.kernel.refusals import Refusal
from booking.outbox import long_work
from booking.records.audit import note

WORDS = {
    ClosedReason.WEATHER: {"nb": "Uvær", "nn": "Uvêr", "en": "Bad weather", "lv": "Slikti laikapstākļi"},
    ClosedReason.POWER: {
        "nb": "Strømbrudd",
        "nn": "Straumbrot",
        "en": "Power cut",
        "lv": "Elektrības padeves pārtraukums",
    },
    ClosedReason.ILLNESS: {"nb": "Sykdom", "nn": "Sjukdom", "en": "Illness", "lv": "Slimība"},
    ClosedReason.OTHER: {"nb": "Stengt", "nn": "Stengt", "en": "Closed", "lv": "Slēgts"},
}


class NothingToClose(Refusal):
    """No slot runs then, or all are closed that way already."""


class NotClosed(Refusal):
    """No such closure, or it was opened again."""


@dataclass(frozen=True, slots=True)
class ClosureRequest:
    """What to close: all that goes on in [starts_at, ends_at), or of a space, of an activity, or one slot alone.

    `days` are whole days on which nothing shall be made any more; only for the whole house. `reason` is what visitors
    read of them in the calendar, `words` are told to those who have booked, each in the language that they
    read. Of the days `announced` the calendar says so
    already; they open with the closure. With `only` just these slots are closed, and no hours.
    """

    starts_at: datetime
    ends_at: datetime
    why: ClosedReason
    words: Texts = field(default_factory=dict)
    space_id: int | None = None
    activity_id: int | None = None
    slot_id: int | None = None
    days: tuple[date, ...] = ()
    reason: Texts | None = None
    only: tuple[int, ...] | None = None
    announced: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class ClosureImpact:
    """What a closure would hit."""

    slots: int
    bookings: int
    people: int
    groups: int
    baskets: int


def whole_days(first: date, last: date, centre: CentreFacts) -> tuple[datetime, datetime, tuple[date, ...]]:
    """The bounds of the days from `first` to `last`, both closed, and the days themselves."""
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    return at(first, time(0), centre.zone), at(last + timedelta(days=1), time(0), centre.zone), days


def look_ahead(wish: ClosureRequest) -> ClosureImpact:
    """What would be hit, in two statements; changes nothing."""
    slots = select(Slot.id).where(*meant(wish))
    count = run(select(func.count()).select_from(slots.subquery())).scalar_one()
    hit = (
        select(Booking.state, Booking.channel, Booking.people)
        .join(Claim, Claim.booking_id == Booking.id)
        .where(Claim.slot_id.in_(slots))
        .group_by(Booking.id)
        .subquery()
    )
    rows = run(
        select(hit.c.state, hit.c.channel, func.count(), func.sum(hit.c.people)).group_by(hit.c.state, hit.c.channel)
    ).all()
    sure = [row for row in rows if row[0] is State.CONFIRMED]
    return ClosureImpact(
        slots=count,
        bookings=sum(row[2] for row in sure),
        people=sum(int(row[3]) for row in sure),
        groups=sum(row[2] for row in sure if row[1] is Channel.SCHOOL),
        baskets=sum(row[2] for row in rows if row[0] is not State.CONFIRMED),
    )


def close_down(
    wish: ClosureRequest, *, now: datetime, account_id: int | None, actor: str, version: int | None = None
) -> int:
    """Stop the sale, list who is hit and have them written to; call inside a unit of work. Returns the closure's id.

    What other closures have cancelled belongs to this one too, and opens with the last of them. With `version` the one
    slot must still be at it (ChangedMeanwhile). Raises NothingToClose, also where the same is closed already.
    """
    run(select(Slot.id).where(*scope(wish)).order_by(Slot.id).with_for_update(key_share=True)).all()
    slots = _standing(wish)  # read when all are locked: who waited for another closing sees what it did
    if version is not None and slots and slots[0].version != version:
        raise SlotChangedMeanwhile(slots[0].version)
    if not (slots or wish.days) or _is_closed(wish):
        raise NothingToClose
    closed_days = sorted({*_close_days(wish), *(day.isoformat() for day in wish.announced)})
    closure_id: int = run(
        insert(Closure).returning(Closure.id),
        {
            "starts_at": wish.starts_at,
            "until": wish.ends_at,
            "ends_at": max([wish.ends_at, *(slot.ends_at for slot in slots)]),
            "space_id": wish.space_id,
            "activity_id": wish.activity_id,
            "slot_id": wish.slot_id,
            "why": wish.why,
            "words": wish.words,
            "closed_days": closed_days,
            "listed": wish.only is not None,
            "closed_at": now,
            "account_id": account_id,
        },
    ).scalar_one()
    if slots:
        run(
            insert(ClosureSlot),
            [{"closure_id": closure_id, "slot_id": slot.id, "was": slot.was or slot.status} for slot in slots],
        )
    _cancel([slot.id for slot in slots if slot.status is not SlotStatus.CANCELLED])
    hits = len(list_hits(closure_id))
    about = {"closure_id": closure_id}
    work_id = long_work.begin("closure.letters", about, account_id, total=hits)
    run(update(Closure).where(Closure.id == closure_id).values(work_id=work_id))
    facts = {"slots": len(slots), "bookings": hits, "why": wish.why.value, "days": closed_days}
    note(actor, "closure.close", f"closure:{closure_id}", None, facts)
    if wish.slot_id is not None:
        before, after = {"status": slots[0].status.value}, {"status": "cancelled", "version": slots[0].version + 1}
        note(actor, "slot.cancelled", f"slot:{wish.slot_id}", before, after)
    return closure_id


def _standing(wish: ClosureRequest) -> Sequence[Row[int, SlotStatus, datetime, int, SlotStatus | None]]:
    """What the wish means, as it stands; of what is cancelled only that on which a closure is left.

    `was` is how such a slot stood before the first of those closures.
    """
    was = (
        select(ClosureSlot.was)
        .join(Closure, Closure.id == ClosureSlot.closure_id)
        .where(ClosureSlot.slot_id == Slot.id, Closure.reopened_at.is_(None))
        .order_by(Closure.id)
        .limit(1)
        .correlate(Slot)
        .scalar_subquery()
    )
    closable = or_(Slot.status != SlotStatus.CANCELLED, is_under_closure())
    return run(
        select(Slot.id, Slot.status, Slot.ends_at, Slot.version, was.label("was"))
        .where(*scope(wish), closable)
        .order_by(Slot.id)
    ).all()


def _is_closed(wish: ClosureRequest) -> bool:
    """Whether the very same is closed already: the button was pressed twice."""
    if wish.only is not None:
        return False
    within = (Closure.starts_at <= wish.starts_at, Closure.until >= wish.ends_at)
    same = select(Closure.id).where(
        Closure.reopened_at.is_(None),
        *(within if wish.slot_id is None else ()),
        Closure.space_id.is_not_distinct_from(wish.space_id),
        Closure.activity_id.is_not_distinct_from(wish.activity_id),
        Closure.slot_id.is_not_distinct_from(wish.slot_id),
        Closure.listed.is_(False),
    )
    return run(same.limit(1)).first() is not None


def list_hits(closure_id: int) -> list[int]:
    """Write down who is hit and is not on the list yet; inside a unit of work. Returns who came to it."""
    new = insert(ClosureHit).from_select(["closure_id", "booking_id"], missing_hits(closure_id))
    return list(run(new.returning(ClosureHit.booking_id)).scalars())


def missing_hits(closure_id: int) -> Select[int, int]:
    """Confirmed bookings with places in a closure's slots, whom no closure of the slot has: (closure id, booking id).

    Who is on the list of another closure has a letter and a choice by that one.
    """
    beside = aliased(ClosureSlot)
    listed = exists(
        select(ClosureHit.booking_id)
        .join(Closure, (Closure.id == ClosureHit.closure_id) & Closure.reopened_at.is_(None))
        .join(beside, beside.closure_id == Closure.id)
        .where(beside.slot_id == ClosureSlot.slot_id, ClosureHit.booking_id == Booking.id)
    )
    hit = bookings_in(closure_id, State.CONFIRMED).where(Booking.changes_id.is_(None), ~listed)
    return hit.with_only_columns(literal(closure_id), Booking.id).order_by(Booking.id)


def bookings_in(closure_id: int, state: State) -> Select[int]:
    """The ids of bookings in this state with places in what the closure has cancelled."""
    return (
        select(Booking.id)
        .select_from(ClosureSlot)
        .join(Slot, Slot.id == ClosureSlot.slot_id)
        .join(Claim, Claim.slot_id == Slot.id)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(
            ClosureSlot.closure_id == closure_id,
            Slot.status == SlotStatus.CANCELLED,
            Booking.state == state,
        )
        .group_by(Booking.id)
    )


def scope(wish: ClosureRequest) -> list[ColumnElement[bool]]:
    """Which slots the wish is about, however they stand: those of activities that start in it or are still going on."""
    if wish.only is not None:
        return [Slot.id.in_(wish.only), Slot.activity_id.is_not(None)]
    if wish.slot_id is not None:
        return [Slot.id == wish.slot_id, Slot.activity_id.is_not(None)]
    conditions: list[ColumnElement[bool]] = [
        Slot.starts_at < wish.ends_at,
        Slot.starts_at > wish.starts_at - LONGEST_SLOT,
        Slot.ends_at > wish.starts_at,
        Slot.activity_id.is_not(None),
    ]
    if wish.space_id is not None:
        conditions.append(Slot.space_id == wish.space_id)
    if wish.activity_id is not None:
        conditions.append(Slot.activity_id == wish.activity_id)
    return conditions


def meant(wish: ClosureRequest) -> list[ColumnElement[bool]]:
    """Which slots it would stop that are not cancelled yet."""
    return [*scope(wish), Slot.status != SlotStatus.CANCELLED]


def _cancel(slot_ids: Sequence[int]) -> None:
    if slot_ids:
        cancelled = update(Slot).where(Slot.id.in_(slot_ids))
        run(cancelled.values(status=SlotStatus.CANCELLED, version=Slot.version + 1))


def _close_days(wish: ClosureRequest) -> list[str]:
    """Make closing days of these dates, those left alone that have hours or a reason of their own."""
    made: list[str] = []
    if wish.days:
        known = set(run(select(DayException.on_date).where(DayException.on_date.in_(wish.days))).scalars())
        for day in wish.days:
            if day not in known:
                db.session.add(DayException(on_date=day, reason=wish.reason or WORDS[wish.why]))
                made.append(day.isoformat())
        db.session.flush()
    return made
