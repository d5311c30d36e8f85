"""The waiting list: a whole party that would come at any of several times."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, select, update

from booking.bookings.basket import Pick, price
from booking.bookings.details import Contact, make_findable
from booking.bookings.hold import drop, hold
from booking.bookings.limits.combinations import check_combination
from booking.bookings.limits.places import Keeper, check_waiting, person_of
from booking.bookings.models import Booking, State, Waiting, WaitingSlot, WaitingState
from booking.bookings.refusals import NotFull, Nothing
from booking.capacity.availability import Availability, slots_by_id
from booking.capacity.models import Channel, Slot
from booking.catalogue.models import FOR_THE_PUBLIC, Activity
from booking.centre.facts import CentreFacts
from booking.kernel.codes import new_secret
from booking.kernel.database import as_values, db, run, unit_of_work
from booking.outbox.promises import promise
from booking.records.audit import note
from booking.waiting.serving import Turn, serve

MOST_SHOWN = 50
Party = Collection[tuple[int, int]]  # (ticket type id, quantity)


@dataclass(frozen=True, slots=True)
class WaitingFacts:
    """A party in the list, as it sees itself."""

    id: int
    secret: str
    state: WaitingState
    lang: str
    name: str
    email: str
    people: int
    times: tuple[datetime, ...]


def wait(
    slot_ids: Collection[int],
    party: Party,
    contact: Contact,
    *,
    centre: CentreFacts,
    lang: str,
    now: datetime,
    channel: Channel = Channel.PUBLIC,
    holder: str = "",
) -> str:
    """Put a party in the list for any of these slots; call inside a unit of work. Returns the secret that leaves it.

    Only for times that have no room for them: NotFull names one that has. A mailbox stands in line for a time once:
    AlreadyWaiting. `holder` is an opaque mark of the visitor as in `hold`: TooManyHolds. Raises what `basket.price`
    and `check_combination` raise too, so that nobody waits for what they could not buy.
    """
    if not slot_ids:
        raise Nothing
    people = 0
    ids = sorted(set(slot_ids))
    for slot_id in ids:
        basket = price([Pick(slot_id, kind, quantity) for kind, quantity in party], channel, centre, now)
        if channel is Channel.PUBLIC:
            check_combination(basket.lines, centre)
        people = basket.people
    for slot in slots_by_id(ids, channel, now):
        if slot.free >= people:
            raise NotFull(slot.slot_id)
    keeper = Keeper(holder, person_of(contact.email))
    check_waiting(keeper, people, ids, centre, now)
    waiting = Waiting(
        secret=new_secret(),
        state=WaitingState.WAITING,
        lang=lang,
        name=contact.name,
        email=contact.email,
        picks=[[kind, quantity] for kind, quantity in party],
        people=people,
        created_at=now,
        holder=holder,
        person=keeper.person,
    )
    db.session.add(waiting)
    db.session.flush()
    db.session.execute(
        insert(WaitingSlot),
        [{"waiting_id": waiting.id, "slot_id": slot_id} for slot_id in ids],
    )
    promise("mail.waiting", f"waiting:{waiting.id}", {"waiting_id": waiting.id})
    return waiting.secret


def leave(secret: str, now: datetime) -> bool:
    """Off the list, places that were kept free again; False for an unknown secret. Call inside a unit of work."""
    waiting = db.session.scalar(select(Waiting).where(Waiting.secret == secret).with_for_update(key_share=True))
    if waiting is None:
        return False
    if waiting.state is WaitingState.OFFERED and waiting.booking_id is not None:
        drop(waiting.booking_id, now)
    waiting.state = WaitingState.ENDED
    return True


def offer_places(centre: CentreFacts, now: datetime) -> int:
    """Keep places for those in line where there is room, and end what is over. Not inside a unit of work."""
    offered = serve(
        lambda in_vain: next_offers(now, in_vain=in_vain),
        lambda waiting_id, slot_id: offer(waiting_id, slot_id, centre=centre, now=now),
        _hinder,
    )
    with unit_of_work():
        end_answered(now)
        forget_past(now)
    return offered


def next_offers(now: datetime, most: int = 20, in_vain: Collection[Turn] = ()) -> list[Turn]:
    """Who could get places now, first come first: (waiting id, slot id). Only reads; `offer` decides.

    Those tried `in_vain` are left out.
    """
    rows = db.session.execute(
        select(Waiting.id, WaitingSlot.slot_id, Waiting.people)
        .join(WaitingSlot, WaitingSlot.waiting_id == Waiting.id)
        .join(Slot, Slot.id == WaitingSlot.slot_id)
        .where(Waiting.state == WaitingState.WAITING, Slot.starts_at > now)
        .order_by(Waiting.created_at, Waiting.id, Slot.starts_at)
    )
    wishes = list(rows)
    slots = {slot.slot_id: slot for slot in slots_by_id({slot_id for _, slot_id, _ in wishes}, Channel.PUBLIC, now)}
    free = {slot_id: slot.free for slot_id, slot in slots.items()}
    offers: list[tuple[int, int]] = []
    served: set[int] = set()
    for waiting_id, slot_id, people in wishes:
        buyable = slots[slot_id].standing(people, 0, now) is Availability.FREE
        if waiting_id in served or (waiting_id, slot_id) in in_vain or not buyable or free[slot_id] < people:
            continue
        served.add(waiting_id)
        free[slot_id] -= people
        offers.append((waiting_id, slot_id))
        if len(offers) == most:
            break
    return offers


def offer(waiting_id: int, slot_id: int, *, centre: CentreFacts, now: datetime) -> bool:
    """Hold the places for the first in line and promise the mail; call inside a unit of work.

    The places are kept for the centre's offer_hours, at most until the sale ends. Raises Full when somebody was faster.
    """
    waiting = db.session.scalar(
        select(Waiting).where(Waiting.id == waiting_id).with_for_update(skip_locked=True, key_share=True)
    )
    slot = db.session.get(Slot, slot_id)
    if waiting is None or slot is None or waiting.state is not WaitingState.WAITING:
        return False
    until = min(now + timedelta(hours=centre.offer_hours), slot.closes_at or slot.starts_at)
    held = hold(
        [Pick(slot_id, kind, quantity) for kind, quantity in waiting.picks],
        centre=centre,
        now=now,
        lang=waiting.lang,
        channel=_channel_of(slot),
        keep_for=until - now,
        holder=waiting.holder,
        person=waiting.person if waiting.holder else "",
    )
    booking = db.session.get_one(Booking, held.booking_id)
    booking.name, booking.email = waiting.name, waiting.email
    make_findable(booking)
    waiting.state, waiting.booking_id = WaitingState.OFFERED, held.booking_id
    promise("mail.offer", f"offer:{waiting.id}:{held.booking_id}", {"booking_id": held.booking_id})
    return True


def _channel_of(slot: Slot) -> Channel:
    """Through which door its places are had: what the public cannot buy is for schools and teachers."""
    activity = db.session.get(Activity, slot.activity_id)
    return Channel.PUBLIC if activity is None or activity.kind in FOR_THE_PUBLIC else Channel.SCHOOL


def _hinder(waiting_id: int, why: str) -> None:
    """Note for the staff why a place in line cannot be served: the name of the refusal."""
    run(update(Waiting).where(Waiting.id == waiting_id, Waiting.hindered.is_distinct_from(why)).values(hindered=why))


def end_answered(now: datetime) -> int:
    """Let offers that were bought or let go leave the list; returns how many. Call inside a unit of work."""
    done = db.session.scalars(
        select(Waiting)
        .join(Booking, Booking.id == Waiting.booking_id)
        .where(
            Waiting.state == WaitingState.OFFERED,
            Booking.state.in_((State.CONFIRMED, State.CANCELLED, State.EXPIRED)),
        )
        .limit(100)
        .with_for_update(of=Waiting, skip_locked=True, key_share=True)
    ).all()
    for waiting in done:
        waiting.state = WaitingState.ENDED
    return len(done)


@dataclass(frozen=True, slots=True)
class Hindered:
    """A place in line that cannot be served as it stands; `hindered` is the name of the refusal."""

    id: int
    name: str
    email: str
    people: int
    since: datetime
    hindered: str


def hindered() -> list[Hindered]:
    """Those in line who could have had places but for something of their own, the longest waiting first."""
    columns = (Waiting.id, Waiting.name, Waiting.email, Waiting.people, Waiting.created_at, Waiting.hindered)
    stuck = select(*columns).where(Waiting.state == WaitingState.WAITING, Waiting.hindered.is_not(None))
    return as_values(Hindered, run(stuck.order_by(Waiting.created_at, Waiting.id).limit(MOST_SHOWN)))


def take_off(waiting_id: int, actor: str) -> bool:
    """Staff end a place in line that cannot be served, and who waited is told; call inside a unit of work.

    False where it no longer waits, or nothing stands in its way.
    """
    place = db.session.scalar(select(Waiting).where(Waiting.id == waiting_id).with_for_update(key_share=True))
    if place is None or place.state is not WaitingState.WAITING or place.hindered is None:
        return False
    place.state = WaitingState.ENDED
    note(actor, "waiting.take_off", f"waiting:{waiting_id}", None, {"reason": place.hindered})
    promise("mail.waiting_over", f"waiting_over:{waiting_id}", {"waiting_id": waiting_id})
    return True


def by_secret(secret: str) -> WaitingFacts | None:
    """The place in the list that a secret opens."""
    return _facts(Waiting.secret == secret)


def by_id(waiting_id: int) -> WaitingFacts | None:
    """The place in the list with this id."""
    return _facts(Waiting.id == waiting_id)


def forget_past(now: datetime) -> None:
    """End the waiting of those for whom every time has passed; call inside a unit of work."""
    still = select(WaitingSlot.waiting_id).join(Slot, Slot.id == WaitingSlot.slot_id).where(Slot.starts_at > now)
    past = select(Waiting.id).where(Waiting.state == WaitingState.WAITING, Waiting.id.not_in(still))
    for waiting in db.session.scalars(select(Waiting).where(Waiting.id.in_(past)).limit(100)):
        waiting.state = WaitingState.ENDED


def _facts(condition: ColumnElement[bool]) -> WaitingFacts | None:
    waiting = db.session.scalar(select(Waiting).where(condition))
    if waiting is None:
        return None
    times = db.session.scalars(
        select(Slot.starts_at)
        .join(WaitingSlot, WaitingSlot.slot_id == Slot.id)
        .where(WaitingSlot.waiting_id == waiting.id)
        .order_by(Slot.starts_at)
    ).all()
    return WaitingFacts(
        waiting.id,
        waiting.secret,
        waiting.state,
        waiting.lang,
        waiting.name,
        waiting.email,
        waiting.people,
        tuple(times),
    )
