"""Make what a test needs, with good defaults: each is one committed unit of work and returns an id or a value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import select

from booking.bookings.basket import Pick
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import Hold, hold
from booking.bookings.models import State
from booking.bookings.store import change_state, lock_held
from booking.capacity.models import Channel, Draw, Slot, SlotStatus
from booking.catalogue.models import Activity, Kind, Offer, Price, TicketType
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.models import Centre, Space
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import Texts, db, unit_of_work
from booking.payments.models import Payment, PaymentState
from booking.payments.receipts import receipt_follows

_number = count(1)


def in_all(word: str) -> Texts:
    """The same word in every language."""
    return dict.fromkeys(("nb", "nn", "en", "lv"), word)


def tomorrow(hour: int = 10, minute: int = 0, days: int = 3) -> datetime:
    """A UTC time some days ahead, far from every deadline."""
    return (clock.now() + timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0)


def a_centre(**rules: object) -> CentreFacts:
    """The centre, in UTC and kroner unless said otherwise."""
    values: dict[str, object] = {
        "name": "Prøvesenteret",
        "legal_name": "Prøvesenteret AS",
        "org_number": "974760673",
        "country": "NO",
        "timezone": "UTC",
        "currency": "NOK",
        "languages": ["nb", "nn", "en", "lv"],
        "email": "post@example.org",
        "newsletter_topics": {"shows": {"nb": "Show", "en": "Shows"}},
    }
    with unit_of_work():
        db.session.add(Centre(**(values | rules)))
    return the_centre()


def a_space(capacity: int = 400, is_house: bool = False) -> int:
    """A space with a limit of people."""
    with unit_of_work():
        number = next(_number)
        space = Space(slug=f"space-{number}", name=in_all(f"Space {number}"), capacity=capacity, is_house=is_house)
        db.session.add(space)
        db.session.flush()
        return space.id


def an_activity(kind: Kind = Kind.ADMISSION, capacity: int = 60, title: str = "Inngang", **more: object) -> int:
    """Something to attend."""
    values: dict[str, object] = {"minutes": 30, "stay_minutes": 120}
    with unit_of_work():
        activity = Activity(
            slug=f"activity-{next(_number)}",
            kind=kind,
            title=in_all(title),
            capacity=capacity,
            **(values | more),
        )
        db.session.add(activity)
        db.session.flush()
        return activity.id


def a_ticket_type(activity_id: int, price: int = 21000, title: str = "Voksen", **more: object) -> int:
    """A ticket type that the activity is sold with; brings an adult and carries 12 % VAT unless said otherwise."""
    values: dict[str, object] = {"brings_adult": True, "vat_rate": 1200}
    with unit_of_work():
        kind = TicketType(slug=f"type-{next(_number)}", title=in_all(title), **(values | more))
        db.session.add(kind)
        db.session.flush()
        db.session.add(Offer(activity_id=activity_id, ticket_type_id=kind.id))
        db.session.add(Price(ticket_type_id=kind.id, minor=price))
        return kind.id


def a_stretch(space_id: int, starts_at: datetime | None = None, capacity: int = 400, **more: object) -> int:
    """Half an hour of a space, for other slots to draw on."""
    return _slot(space_id=space_id, starts_at=starts_at or tomorrow(), capacity=capacity, **more)


def a_slot(
    activity_id: int,
    capacity: int = 10,
    starts_at: datetime | None = None,
    draws_on: Sequence[int] = (),
    **more: object,
) -> int:
    """A slot of an activity, open, three days ahead unless said otherwise."""
    slot_id = _slot(activity_id=activity_id, starts_at=starts_at or tomorrow(), capacity=capacity, **more)
    with unit_of_work():
        db.session.add_all(Draw(slot_id=slot_id, on_slot_id=on) for on in draws_on)
    return slot_id


def a_sale(capacity: int = 10, price: int = 21000, days: int = 3, **rules: object) -> tuple[CentreFacts, int, int]:
    """The least that can be sold, so many days ahead: (centre, slot id, ticket type id)."""
    centre = a_centre(**rules)
    activity_id = an_activity(capacity=capacity)
    slot_id = a_slot(activity_id, capacity, tomorrow(days=days))
    return centre, slot_id, a_ticket_type(activity_id, price)


def a_hold(slot_id: int, ticket_type_id: int, quantity: int = 2, *, channel: Channel = Channel.PUBLIC) -> Hold:
    """Places kept for a buyer."""
    centre, now = the_centre(), clock.now()
    with unit_of_work():
        return hold([Pick(slot_id, ticket_type_id, quantity)], centre=centre, now=now, lang="nb", channel=channel)


def a_confirmed_booking(
    slot_id: int,
    ticket_type_id: int,
    quantity: int = 2,
    *,
    email: str = "kari@example.org",
    name: str = "Kari Nordmann",
    channel: Channel = Channel.PUBLIC,
) -> Hold:
    """A booking with its tickets, as if it had cost nothing; the hold tells its id and secret."""
    held, now = a_hold(slot_id, ticket_type_id, quantity, channel=channel), clock.now()
    with unit_of_work():
        set_details(held.booking_id, Contact(name, email), "nb", now)
    with unit_of_work():
        confirm(held.booking_id, now)
    return held


def paid_for(held: Hold, amount: int | None = None, provider: str = "demo") -> Hold:
    """The same booking with its money: all that it costs unless said otherwise."""
    pay_for(held.booking_id, held.total if amount is None else amount, provider)
    return held


def pay_for(booking_id: int, amount: int, provider: str = "demo") -> int:
    """Money that came for a booking; returns the payment's id."""
    now = clock.now()
    with unit_of_work():
        payment = Payment(
            booking_id=booking_id,
            provider=provider,
            state=PaymentState.PAID,
            amount=amount,
            currency="NOK",
            idempotency_key=new_secret(),
            charge_ref=new_secret(),
            begun_at=now,
            expires_at=now,
            paid_at=now,
        )
        db.session.add(payment)
        db.session.flush()
        receipt_follows(booking_id)
        return payment.id


def taken(slot_id: int) -> int:
    """The slot's counter as the database has it now."""
    db.session.rollback()
    return db.session.scalars(select(Slot.taken).where(Slot.id == slot_id)).one()


def _slot(starts_at: datetime, capacity: int, **more: object) -> int:
    values: dict[str, object] = {"status": SlotStatus.OPEN}
    with unit_of_work():
        slot = Slot(
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30),
            capacity=capacity,
            **(values | more),
        )
        db.session.add(slot)
        db.session.flush()
        return slot.id


def begin_paying(booking_id: int, until: datetime, now: datetime) -> None:
    """Payment goes under way, as `payments.pay` lets it; call inside a unit of work."""
    change_state(lock_held(booking_id, now), State.PENDING, now, held_until=until)


def admission_id() -> int | None:
    """The activity that an ordinary visit is: the first active admission."""
    return db.session.scalar(
        select(Activity.id).where(Activity.kind == Kind.ADMISSION, Activity.active).order_by(Activity.sort).limit(1)
    )
