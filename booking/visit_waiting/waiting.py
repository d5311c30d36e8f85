"""The waiting list of schools: for a full session, or for any session of a programme on some weekdays of some weeks.

The first in line whose wish fits gets the places kept for a day by mail; then the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import bindparam, func, select, update

from booking.agreements.rules import load_rules, price_list
from booking.bookings.basket import Basket, PricedLine
from booking.bookings.hold import new_booking
from booking.bookings.limits.places import fold_email
from booking.bookings.models import Booking, State, WaitingState
from booking.bookings.refusals import NotOnSale, TooMany, Unknown
from booking.bookings.store import lock, release, write_lines
from booking.capacity.models import Channel, Slot, SlotStatus
from booking.capacity.places import Full, Want, swap
from booking.capacity.timetable import at
from booking.catalogue.models import Activity
from booking.centre.facts import CentreFacts
from booking.kernel.codes import new_secret
from booking.kernel.database import as_values, db, insert_once, run
from booking.kernel.refusals import Refusal
from booking.outbox.promises import promise
from booking.programmes.models import Programme
from booking.programmes.offered import SessionFree, sessions
from booking.records.audit import note
from booking.releases.openings import NotYetReleased, openings
from booking.visit_waiting.models import VisitWaiting
from booking.waiting.serving import Turn, serve

KEPT_FOR = timedelta(days=1)
MOST_OF_ONE = 12  # living places in line of one address
ANY_DAY = 127
BATCH = 100


class TooManyWaits(Refusal):
    """This address stands in line often enough. `most` is how often it may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most} places in line")
        self.most = most


class PlacesThere(Refusal):
    """A class of this size can have the session as it is, so that nobody need wait for it."""

    def __init__(self, session: SessionFree) -> None:
        super().__init__(f"session {session.slot_id} has places")
        self.session = session


@dataclass(frozen=True, slots=True)
class Days:
    """Any of these weekdays (bits, Monday 1) from one date to another, both included."""

    weekdays: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class InLine:
    """A class in line, as far as it matters for whose turn it is."""

    id: int
    activity_id: int
    slot_id: int | None
    people: int
    weekdays: int
    from_at: datetime
    until_at: datetime

    def fits(self, session: SessionFree, zone: tzinfo) -> bool:
        """Whether the session is what they wait for and takes all of them."""
        return (
            session.activity_id == self.activity_id
            and self.slot_id in (None, session.slot_id)
            and self.from_at <= session.starts_at < self.until_at
            and bool(self.weekdays >> session.starts_at.astimezone(zone).weekday() & 1)
            and session.free >= self.people
        )


_LINE = (
    select(*(getattr(VisitWaiting, name) for name in InLine.__dataclass_fields__))
    .where(VisitWaiting.state == WaitingState.WAITING)
    .order_by(VisitWaiting.created_at, VisitWaiting.id)
)
_OF_ONE = select(func.count()).where(VisitWaiting.email == bindparam("email"), VisitWaiting.state != WaitingState.ENDED)


def wait(slot_id: int, people: int, email: str, lang: str, centre: CentreFacts, now: datetime) -> str:
    """Put a class in line for one session; call inside a unit of work. Returns the secret that shows and leaves it.

    Twice is once, with the later number. Raises Unknown, NotOnSale for what is over, TooMany for more than the session
    ever takes, TooManyWaits, NotYetReleased, PlacesThere.
    """
    slot = db.session.scalar(
        select(Slot).join(Programme, Programme.activity_id == Slot.activity_id).where(Slot.id == slot_id)
    )
    if slot is None or slot.activity_id is None:
        raise Unknown
    if slot.starts_at <= now:
        raise NotOnSale(slot_id, None)
    if people > slot.capacity:
        raise TooMany(slot.capacity)
    closed = openings(now, {slot.activity_id}).closed(slot.activity_id, slot.starts_at, now)
    if closed is not None:
        raise NotYetReleased(closed)
    session = can_have(slot, people, centre, now)
    if session is not None:
        raise PlacesThere(session)
    wish = {"slot_id": slot_id, "from_at": slot.starts_at, "until_at": slot.ends_at, "weekdays": ANY_DAY}
    return _join(slot.activity_id, wish, people, email, lang, now)


def can_have(slot: Slot, people: int, centre: CentreFacts, now: datetime) -> SessionFree | None:
    """The session if a class of this size can still book it; None when it is full *for them*.

    It is full for them when it, or what it draws on, has too few places; when it is for one class alone and one has it;
    when it is no longer or not yet sold; and when another session stands in its space then, or until that is tidy.
    """
    if slot.activity_id is None or slot.starts_at < _tomorrow(centre, now):
        return None
    if slot.closes_at is not None and slot.closes_at <= now:
        return None
    frees = sessions([slot.activity_id], slot.starts_at, slot.starts_at + timedelta(seconds=1), now)
    session = next(
        (free for free in frees if free.slot_id == slot.id and free.free >= people),
        None,
    )
    return None if session is None or (not slot.taken and _space_is_used(slot)) else session


def _space_is_used(slot: Slot) -> bool:
    """Whether another session that somebody has is in the slot's space while it runs or is tidied."""
    if slot.space_id is None:
        return False
    beside = (
        select(Slot.starts_at, Slot.ends_at, Activity.turnaround_minutes)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(Programme, Programme.activity_id == Activity.id)
        .where(Slot.space_id == slot.space_id, Slot.id != slot.id, Slot.taken > 0)
        .where(Slot.starts_at > slot.starts_at - timedelta(days=1), Slot.starts_at < slot.ends_at + timedelta(days=1))
    )
    turnaround = run(select(Activity.turnaround_minutes).where(Activity.id == slot.activity_id)).scalar() or 0
    free_at = slot.ends_at + timedelta(minutes=turnaround)
    return any(
        starts_at < free_at and slot.starts_at < ends_at + timedelta(minutes=minutes or 0)
        for starts_at, ends_at, minutes in run(beside)
    )


def wait_for_days(
    activity_id: int, days: Days, people: int, email: str, lang: str, centre: CentreFacts, now: datetime
) -> str:
    """Put a class in line for any session of a programme on these days; as `wait`."""
    capacity = run(
        select(Activity.capacity)
        .join(Programme, Programme.activity_id == Activity.id)
        .where(Activity.id == activity_id, Activity.active)
    ).scalar()
    if capacity is None:
        raise Unknown
    if people > capacity:
        raise TooMany(capacity)
    from_at, until_at = bounds(days, centre)
    if until_at <= now:
        raise NotOnSale(0, None)
    wish = {"slot_id": None, "from_at": from_at, "until_at": until_at, "weekdays": days.weekdays}
    return _join(activity_id, wish, people, email, lang, now)


def bounds(days: Days, centre: CentreFacts) -> tuple[datetime, datetime]:
    """From the first moment of the days to the first after them."""
    return at(days.first, time(0), centre.zone), at(days.last + timedelta(days=1), time(0), centre.zone)


def free_already(activity_id: int, days: Days, people: int, centre: CentreFacts, now: datetime) -> list[SessionFree]:
    """The sessions of these days that take so many as it is, so that nobody need wait for them."""
    wish = InLine(0, activity_id, None, people, days.weekdays, *bounds(days, centre))
    begin = max(wish.from_at, _tomorrow(centre, now))
    return [
        session for session in _released([activity_id], begin, wish.until_at, now) if wish.fits(session, centre.zone)
    ]


def _released(activity_ids: Collection[int], begin: datetime, end: datetime, now: datetime) -> list[SessionFree]:
    """The sessions that are open to all: what waits for its release day is nobody's yet."""
    released = openings(now, activity_ids)
    frees = sessions(activity_ids, begin, end, now)
    return [session for session in frees if not released.closed(session.activity_id, session.starts_at, now)]


def leave(secret: str, now: datetime) -> bool:
    """Off the list, places that were kept free again; call inside a unit of work. False for an unknown secret."""
    waiting = db.session.scalar(
        select(VisitWaiting).where(VisitWaiting.secret == secret).with_for_update(key_share=True)
    )
    if waiting is None:
        return False
    if waiting.state is WaitingState.OFFERED and waiting.booking_id is not None:
        release([held for held in lock(waiting.booking_id) if held.state is State.HELD], State.CANCELLED, now)
    _end(waiting)
    return True


def take_off(waiting_id: int, actor: str) -> bool:
    """Staff end a place in line that cannot be served, and who waited is told; as waiting.take_off."""
    waiting = db.session.scalar(
        select(VisitWaiting).where(VisitWaiting.id == waiting_id).with_for_update(key_share=True)
    )
    if waiting is None or waiting.state is not WaitingState.WAITING or waiting.hindered is None:
        return False
    _end(waiting)
    note(actor, "waiting.take_off", f"visit_waiting:{waiting_id}", None, {"reason": waiting.hindered})
    promise("mail.visit_waiting_over", f"visit_waiting_over:{waiting_id}", {"waiting_id": waiting_id})
    return True


def offer_next(centre: CentreFacts, now: datetime) -> int:
    """Keep places for those in line where there is room; returns how many got an offer.

    Not inside a unit of work.
    """
    line = as_values(InLine, run(_LINE))
    if not line:
        return 0
    begin = max(min(waiting.from_at for waiting in line), _tomorrow(centre, now))
    free = _released({waiting.activity_id for waiting in line}, begin, max(waiting.until_at for waiting in line), now)
    return serve(
        lambda in_vain: turns(line, free, centre.zone, in_vain),
        lambda waiting_id, slot_id: _offer(waiting_id, slot_id, centre, now),
        _hinder,
    )


def turns(
    line: Sequence[InLine], free: Sequence[SessionFree], zone: tzinfo, in_vain: Collection[Turn] = ()
) -> Iterator[Turn]:
    """Who gets which session (by ids), first come first; each the earliest that fits, no session twice.

    What was tried `in_vain` is left out.
    """
    by_activity: dict[int, list[SessionFree]] = {}
    for session in free:
        if session.free:
            by_activity.setdefault(session.activity_id, []).append(session)
    for waiting in line:
        frees = by_activity.get(waiting.activity_id, [])
        fits = (
            session for session in frees if (waiting.id, session.slot_id) not in in_vain and waiting.fits(session, zone)
        )
        fitting = next(fits, None)
        if fitting is not None:
            frees.remove(fitting)
            yield waiting.id, fitting.slot_id


def end_over(now: datetime) -> int:
    """Let those leave the list whose offer was taken or ran out, or whose days are over; call inside a unit of work."""
    answered = (
        select(VisitWaiting)
        .outerjoin(Booking, Booking.id == VisitWaiting.booking_id)
        .where(
            VisitWaiting.state == WaitingState.OFFERED,
            func.coalesce(Booking.state, State.EXPIRED) != State.HELD,
        )
    )
    past = select(VisitWaiting).where(VisitWaiting.state == WaitingState.WAITING, VisitWaiting.until_at <= now)
    ended = 0
    for query in (answered, past):
        locked = query.limit(BATCH).with_for_update(of=VisitWaiting, skip_locked=True, key_share=True)
        for waiting in db.session.scalars(locked).all():
            _end(waiting)
            ended += 1
    return ended


def kept_booking(secret: str) -> int | None:
    """The booking that keeps places for a teacher who waited; None when it no longer does."""
    query = select(Booking.id).where(
        Booking.secret == secret, Booking.state == State.HELD, Booking.channel == Channel.SCHOOL
    )
    booking_id: int | None = run(query).scalar()
    return booking_id


def _join(activity_id: int, wish: Mapping[str, object], people: int, email: str, lang: str, now: datetime) -> str:
    whose = fold_email(email)  # one mailbox, however its address is written
    facts = (activity_id, wish["slot_id"] or 0, wish["weekdays"], wish["from_at"], wish["until_at"], whose)
    key = hashlib.sha256("|".join(map(str, facts)).encode()).hexdigest()[:40]
    values = {
        "secret": new_secret(), "key": key, "state": WaitingState.WAITING, "lang": lang, "email": email,
        "people": people, "activity_id": activity_id, "created_at": now, **wish,
    }  # fmt: skip
    if not insert_once(VisitWaiting, "key", values):
        same = update(VisitWaiting).where(VisitWaiting.key == key, VisitWaiting.state == WaitingState.WAITING)
        run(same.values(people=people, lang=lang))
    elif run(_OF_ONE, {"email": email}).scalar_one() > MOST_OF_ONE:
        raise TooManyWaits(MOST_OF_ONE)
    waiting_id, secret = run(select(VisitWaiting.id, VisitWaiting.secret).where(VisitWaiting.key == key)).one()
    promise("mail.visit_waiting", f"visit_waiting:{waiting_id}:{people}", {"waiting_id": waiting_id})
    return str(secret)


def _hinder(waiting_id: int, why: str) -> None:
    """Note for the staff why a class in line cannot be served: the name of the refusal."""
    run(
        update(VisitWaiting)
        .where(VisitWaiting.id == waiting_id, VisitWaiting.hindered.is_distinct_from(why))
        .values(hindered=why)
    )


def _end(waiting: VisitWaiting) -> None:
    waiting.state = WaitingState.ENDED
    waiting.key = f"ended:{waiting.id}"


def _tomorrow(centre: CentreFacts, now: datetime) -> datetime:
    """Nobody can plan a visit for today, so nothing is offered before."""
    return at(centre.local(now).date() + timedelta(days=1), time(0), centre.zone)


def _offer(waiting_id: int, slot_id: int, centre: CentreFacts, now: datetime) -> bool:
    waiting = db.session.scalar(
        select(VisitWaiting)
        .where(VisitWaiting.id == waiting_id, VisitWaiting.state == WaitingState.WAITING)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if waiting is None:
        return False  # gone, offered by another worker, or being offered by one
    slot, title, shared = db.session.execute(
        select(Slot, Activity.title, Programme.shared)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(Programme, Programme.activity_id == Slot.activity_id)
        .where(Slot.id == slot_id)
        .execution_options(populate_existing=True)
    ).one()
    if slot.status is not SlotStatus.OPEN or (slot.taken and not shared) or (not slot.taken and _space_is_used(slot)):
        return False
    unit_price, kind = price_list(centre.currency).pupil.minor, load_rules().pupil
    line = PricedLine(
        slot.id, kind.id, title, kind.title, 1, waiting.people, unit_price * waiting.people, kind.vat_rate
    )
    basket = Basket((line,), waiting.people, unit_price * waiting.people, slot.starts_at)
    until = min(now + KEPT_FOR, slot.closes_at or slot.starts_at)
    held = new_booking(basket, centre, now, until, waiting.lang, Channel.SCHOOL, holder="", email=waiting.email)
    write_lines(held.booking_id, basket, replacing=False)
    waiting.state, waiting.offered_at, waiting.booking_id = WaitingState.OFFERED, now, held.booking_id
    promise("mail.visit_offer", f"visit_offer:{held.booking_id}", {"booking_id": held.booking_id})
    lock(held.booking_id)
    swap(held.booking_id, [Want(slot.id, waiting.people)], Channel.SCHOOL, now, giving=())
    if not shared and run(select(Slot.taken).where(Slot.id == slot.id)).scalar_one() != waiting.people:
        raise Full(slot.id, 0)
    return True
