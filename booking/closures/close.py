"""Close and open again: sale stops at once for all slots in one unit of work, and whoever is hit is listed by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, literal, select, update

from booking.bookings.models import Booking, State
from booking.capacity.change_slot import ChangedMeanwhile
from booking.capacity.closed_hours import LONGEST_SLOT
from booking.capacity.educators import check_made
from booking.capacity.models import Channel, Claim, Slot, SlotStatus
from booking.capacity.planning import at
from booking.centre.facts import CentreFacts
from booking.centre.models import DayException
from booking.closures.models import Closure, ClosureHit, ClosureSlot, Why
from booking.kernel.database import db, run
from booking.kernel.refusals import Refusal
from booking.outbox import long_work
from booking.outbox.promises import promise
from booking.staff.audit import note

WORDS = {
    Why.WEATHER: {"nb": "Uvær", "nn": "Uvêr", "en": "Bad weather", "lv": "Slikti laikapstākļi"},
    Why.POWER: {"nb": "Strømbrudd", "nn": "Straumbrot", "en": "Power cut", "lv": "Elektrības padeves pārtraukums"},
    Why.ILLNESS: {"nb": "Sykdom", "nn": "Sjukdom", "en": "Illness", "lv": "Slimība"},
    Why.OTHER: {"nb": "Stengt", "nn": "Stengt", "en": "Closed", "lv": "Slēgts"},
}


class NothingToClose(Refusal):
    """No slot runs then, or all are closed that way already."""


class NotClosed(Refusal):
    """No such closure, or it was opened again."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to close: all that goes on in [starts_at, ends_at), or of a space, of an activity, or one slot alone.

    `days` are whole days on which nothing shall be made any more; only for the whole house.
    """

    starts_at: datetime
    ends_at: datetime
    why: Why
    words: str = ""
    space_id: int | None = None
    activity_id: int | None = None
    slot_id: int | None = None
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
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


def look_ahead(wish: Wish) -> Hit:
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
    return Hit(
        slots=count,
        bookings=sum(row[2] for row in sure),
        people=sum(int(row[3]) for row in sure),
        groups=sum(row[2] for row in sure if row[1] is Channel.SCHOOL),
        baskets=sum(row[2] for row in rows if row[0] is not State.CONFIRMED),
    )


def close_down(wish: Wish, *, now: datetime, account_id: int | None, actor: str, version: int | None = None) -> int:
    """Stop the sale, list who is hit and have them written to; call inside a unit of work. Returns the closure's id.

    With `version` the one slot must still be at it (ChangedMeanwhile). Raises NothingToClose.
    """
    slots = run(
        select(Slot.id, Slot.status, Slot.ends_at, Slot.version)
        .where(*meant(wish))
        .order_by(Slot.id)
        .with_for_update(key_share=True)
    ).all()
    if version is not None and slots and slots[0].version != version:
        raise ChangedMeanwhile(slots[0].version)
    if not slots:
        raise NothingToClose
    closed_days = _close_days(wish)
    closure_id: int = run(
        insert(Closure).returning(Closure.id),
        {
            "starts_at": wish.starts_at,
            "until": wish.ends_at,
            "ends_at": max(wish.ends_at, *(slot.ends_at for slot in slots)),
            "space_id": wish.space_id,
            "activity_id": wish.activity_id,
            "slot_id": wish.slot_id,
            "why": wish.why,
            "words": wish.words,
            "closed_days": closed_days,
            "closed_at": now,
            "account_id": account_id,
        },
    ).scalar_one()
    run(
        insert(ClosureSlot),
        [{"closure_id": closure_id, "slot_id": slot.id, "was": slot.status} for slot in slots],
    )
    _set_status([slot.id for slot in slots], SlotStatus.CANCELLED)
    hits = list_hits(closure_id)
    about = {"closure_id": closure_id}
    work_id = long_work.begin("closure.letters", about, account_id, total=hits)
    run(update(Closure).where(Closure.id == closure_id).values(work_id=work_id))
    facts = {"slots": len(slots), "bookings": hits, "why": wish.why.value, "days": closed_days}
    note(actor, "closure.close", f"closure:{closure_id}", None, facts)
    if wish.slot_id is not None:
        before, after = {"status": slots[0].status.value}, {"status": "cancelled", "version": slots[0].version + 1}
        note(actor, "slot.cancelled", f"slot:{wish.slot_id}", before, after)
    return closure_id


def reopen(closure_id: int, *, now: datetime, actor: str) -> int:
    """Let what a closure cancelled be as it was; call inside a unit of work. Returns how many slots.

    Those who were written to and have not chosen are told that they may come after all. Raises NotClosed, and
    NoEducator when one who would lead a session has been sent to a school meanwhile: then nothing is opened.
    """
    closure = db.session.get(Closure, closure_id, with_for_update={"key_share": True}, populate_existing=True)
    if closure is None or closure.reopened_at is not None:
        raise NotClosed
    waiting = run(
        select(ClosureHit.booking_id).where(
            ClosureHit.closure_id == closure_id, ClosureHit.choice.is_(None), ClosureHit.written_at.is_not(None)
        )
    ).scalars()
    told = list(waiting)
    opened = 0
    sessions: list[tuple[int, datetime, datetime]] = []
    for was in SlotStatus:
        mine = select(ClosureSlot.slot_id).where(ClosureSlot.closure_id == closure_id, ClosureSlot.was == was)
        facts = select(Slot.id, Slot.activity_id, Slot.starts_at, Slot.ends_at)
        still = facts.where(Slot.id.in_(mine), Slot.status == SlotStatus.CANCELLED).order_by(Slot.id)
        slots = run(still.with_for_update(key_share=True)).all()
        _set_status([slot.id for slot in slots], was)
        opened += len(slots)
        if was is not SlotStatus.CANCELLED:
            sessions += [(one.activity_id, one.starts_at, one.ends_at) for one in slots if one.activity_id is not None]
    check_made(sessions)
    days = [date.fromisoformat(day) for day in closure.closed_days]
    db.session.execute(delete(DayException).where(DayException.on_date.in_(days), DayException.opens.is_(None)))
    closure.reopened_at = now
    db.session.flush()
    for booking_id in told:
        about = {"booking_id": booking_id, "closure_id": closure_id}
        promise("mail.closure_over", f"closure_over:{closure_id}:{booking_id}", about)
    note(actor, "closure.reopen", f"closure:{closure_id}", None, {"slots": opened, "letters": len(told)})
    return opened


def list_hits(closure_id: int) -> int:
    """Write down who is hit and is not on the list yet; inside a unit of work. Returns how many came to it."""
    new = insert(ClosureHit).from_select(["closure_id", "booking_id"], missing_hits(closure_id))
    return len(run(new.returning(ClosureHit.booking_id)).all())


def missing_hits(closure_id: int) -> Select[int, int]:
    """Confirmed bookings with places in a closure's slots that are not on its list: (closure id, booking id)."""
    listed = exists().where(ClosureHit.closure_id == closure_id, ClosureHit.booking_id == Booking.id)
    return (
        select(literal(closure_id), Booking.id)
        .select_from(ClosureSlot)
        .join(Slot, Slot.id == ClosureSlot.slot_id)
        .join(Claim, Claim.slot_id == Slot.id)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(
            ClosureSlot.closure_id == closure_id,
            Slot.status == SlotStatus.CANCELLED,
            Booking.state == State.CONFIRMED,
            Booking.changes_id.is_(None),
            ~listed,
        )
        .group_by(Booking.id)
        .order_by(Booking.id)
    )


def meant(wish: Wish) -> list[ColumnElement[bool]]:
    """Which slots the wish means: those of activities that start in it or are still going on."""
    if wish.slot_id is not None:
        return [Slot.id == wish.slot_id, Slot.activity_id.is_not(None), Slot.status != SlotStatus.CANCELLED]
    found: list[ColumnElement[bool]] = [
        Slot.starts_at < wish.ends_at,
        Slot.starts_at > wish.starts_at - LONGEST_SLOT,
        Slot.ends_at > wish.starts_at,
        Slot.activity_id.is_not(None),
        Slot.status != SlotStatus.CANCELLED,
    ]
    if wish.space_id is not None:
        found.append(Slot.space_id == wish.space_id)
    if wish.activity_id is not None:
        found.append(Slot.activity_id == wish.activity_id)
    return [and_(*found)]


def _set_status(slot_ids: Sequence[int], status: SlotStatus) -> None:
    if slot_ids:
        run(update(Slot).where(Slot.id.in_(slot_ids)).values(status=status, version=Slot.version + 1))


def _close_days(wish: Wish) -> list[str]:
    """Make closing days of these dates, those left alone that have hours or a reason of their own."""
    made: list[str] = []
    if wish.days:
        known = set(run(select(DayException.on_date).where(DayException.on_date.in_(wish.days))).scalars())
        for day in wish.days:
            if day not in known:
                db.session.add(DayException(on_date=day, reason=WORDS[wish.why]))
                made.append(day.isoformat())
        db.session.flush()
    return made
