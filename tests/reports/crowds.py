"""A centre in Oslo with a few weeks of bookings around a clock change, made at random with a fixed seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, update

from booking.bookings.models import Booking, Line, State, Ticket
from booking.capacity.models import Channel, Slot
from booking.catalogue.models import Kind
from booking.door.models import CheckIn, CheckInLine, EntryWay
from booking.kernel.codes import new_reference, new_secret
from booking.kernel.database import db, unit_of_work
from booking.payments.models import TILL, Payment, PaymentState, Refund, RefundState
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity

BEGINS = datetime(2026, 3, 20, tzinfo=UTC)  # the clock goes forward on 29 March
DAYS = 16


@dataclass(frozen=True)
class Made:
    """One booking as it was made, to count by hand."""

    id: int
    state: State
    channel: Channel
    starts_at: datetime
    created_at: datetime
    people: int
    total: int
    lines: tuple[tuple[int, int, int, int, int], ...]  # (activity, ticket type, quantity, unit price, VAT rate)
    till: bool
    paid: int
    paid_at: datetime | None
    refunded: int
    refunded_at: datetime | None
    came: int

    @property
    def given(self) -> int:
        """What went back although it stands."""
        return self.refunded if self.state is State.CONFIRMED else 0


def times() -> list[datetime]:
    """When there is entry: in the morning and late, so that days of the wall clock are others than those of UTC."""
    return [BEGINS + timedelta(days=n // 3, hours=(9, 22, 23)[n % 3], minutes=30) for n in range(DAYS * 3)]


def a_crowd(seed: int = 7, bookings: int = 150) -> list[Made]:
    """Make it all."""
    chance = random.Random(seed)
    a_centre(timezone="Europe/Oslo")
    entry, show = an_activity(title="Inngang"), an_activity(Kind.SHOW, title="Bobler", needs_admission=True)
    types = {
        entry: [
            (a_ticket_type(entry, 21000, "Voksen"), 21000, 1200),
            (a_ticket_type(entry, 17050, "Barn"), 17050, 1200),
        ],
        show: [(a_ticket_type(show, 4990, "Plass", vat_rate=2500), 4990, 2500)],
    }
    slots: list[tuple[int, int, datetime]] = []
    for at in times():
        slots.append((a_slot(entry, 400, at), a_slot(show, 100, at + timedelta(minutes=31)), at))
    with unit_of_work():
        return [_one(chance, types, chance.choice(slots), (entry, show)) for _ in range(bookings)]


def _one(
    chance: random.Random,
    types: dict[int, list[tuple[int, int, int]]],
    times: tuple[int, int, datetime],
    activities: tuple[int, int],
) -> Made:
    entry_slot, show_slot, at = times
    entry, show = activities
    lines: list[tuple[int, int, int, int, int]] = []
    chosen = chance.sample(types[entry], chance.randint(1, 2))
    for ticket_type, price, rate in chosen:
        lines.append((entry, ticket_type, chance.randint(1, 4), chance.choice([price, 0, 3333]), rate))
    people = sum(line[2] for line in lines)
    if chance.random() < 0.3:
        ticket_type, price, rate = types[show][0]
        lines.append((show, ticket_type, people, price, rate))
    total = sum(line[2] * line[3] for line in lines)
    state = chance.choice([State.CONFIRMED] * 7 + [State.CANCELLED, State.EXPIRED, State.HELD])
    channel = chance.choice(list(Channel))
    created = at - timedelta(hours=chance.randint(1, 24 * 100))
    is_paid = total > 0 and state in (State.CONFIRMED, State.CANCELLED) and chance.random() < 0.6
    till = state is State.CONFIRMED and not is_paid and chance.random() < 0.3
    paid_at = created + timedelta(minutes=5) if is_paid else None
    refunded = chance.choice([0, 0, total // 3, total]) if is_paid else 0
    refunded_at = at + timedelta(hours=chance.randint(-40, 40)) if refunded else None
    booking = {
        "reference": new_reference(), "secret": new_secret(), "code": new_secret(), "state": state, "channel": channel,
        "lang": "nb", "currency": "NOK", "total": total, "people": people, "starts_at": at, "created_at": created,
        "held_until": at if state is State.HELD else None, "confirmed_at": created,
        "till_receipt": "17" if till else "", "name": "Kari", "search": "kari",
    }  # fmt: skip
    booking_id = db.session.scalars(insert(Booking).returning(Booking.id), [booking]).one()
    for activity, ticket_type, quantity, price, rate in lines:
        slot = entry_slot if activity == entry else show_slot
        db.session.execute(
            insert(Line).values(
                booking_id=booking_id, slot_id=slot, ticket_type_id=ticket_type, activity_title={"nb": "x"},
                ticket_title={"nb": "y"}, quantity=quantity, admits=1, unit_price=price, vat_rate=rate,
            )
        )  # fmt: skip
    came = _come(chance, booking_id, entry_slot, lines, at) if state is State.CONFIRMED else 0
    if is_paid:
        _pay(booking_id, total, paid_at or at, refunded, refunded_at)
    if till and total:
        _pay(booking_id, total, created, 0, None, TILL)
    if state is State.CONFIRMED:
        for slot, places in ((entry_slot, people), (show_slot, sum(line[2] for line in lines if line[0] == show))):
            db.session.execute(update(Slot).where(Slot.id == slot).values(taken=Slot.taken + places))
    return Made(
        booking_id, state, channel, at, created, people, total, tuple(lines), till, total if is_paid else 0, paid_at,
        refunded, refunded_at, came,
    )  # fmt: skip


def _come(
    chance: random.Random, booking_id: int, slot: int, lines: list[tuple[int, int, int, int, int]], at: datetime
) -> int:
    heads = 0
    for _activity, ticket_type, quantity, _price, _rate in lines[:1]:
        came = chance.randint(0, quantity)
        ticket = Ticket(
            booking_id=booking_id, slot_id=slot, ticket_type_id=ticket_type, code=new_secret(), admits=quantity,
            admitted=came,
        )  # fmt: skip
        db.session.add(ticket)
        db.session.flush()
        if came:
            check_in = CheckIn(mark=new_secret(), booking_id=booking_id, at=at, way=EntryWay.LIST, heads=came)
            db.session.add(check_in)
            db.session.flush()
            db.session.add(CheckInLine(check_in_id=check_in.id, ticket_id=ticket.id, heads=came))
        heads += came
    return heads


def _pay(
    booking_id: int, amount: int, paid_at: datetime, refunded: int, refunded_at: datetime | None, provider: str = "demo"
) -> None:
    payment = Payment(
        booking_id=booking_id, provider=provider, state=PaymentState.PAID, amount=amount, refunded=refunded,
        currency="NOK", idempotency_key=new_secret(), begun_at=paid_at, expires_at=paid_at, paid_at=paid_at,
    )  # fmt: skip
    db.session.add(payment)
    db.session.flush()
    if refunded:
        db.session.add(
            Refund(
                payment_id=payment.id, booking_id=booking_id, state=RefundState.DONE, amount=refunded, currency="NOK",
                idempotency_key=new_secret(), requested_at=refunded_at, done_at=refunded_at,
            )
        )  # fmt: skip
