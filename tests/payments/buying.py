"""Buyers for the tests of payments: a basket with a name on it, and how things stand afterwards."""

from __future__ import annotations

from sqlalchemy import select, update

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.catalogue.models import Price
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.outbox.models import Promise
from booking.payments import pay, refunds
from booking.payments.fulfil import fulfil
from booking.payments.models import Payment, Refund
from tests.builders import a_hold, a_sale
from tests.stripe_double.client import Double


def a_basket(quantity: int = 2, capacity: int = 10, price: int = 21000) -> Hold:
    """Places in a new centre, held by somebody with a name and an address."""
    _, slot, adult = a_sale(capacity, price)
    return a_basket_at(slot, adult, quantity)


def a_basket_at(slot_id: int, ticket_type_id: int, quantity: int = 2) -> Hold:
    """The same in a slot that is there."""
    held = a_hold(slot_id, ticket_type_id, quantity)
    with unit_of_work():
        set_details(held.booking_id, Contact("Kari Nordmann", "kari@example.org"), "nb", clock.now())
    return held


def begin(held: Hold) -> Payment:
    """On to the payment; returns the payment as it stands then."""
    pay.begin(held.booking_id)
    return payment_of(held.booking_id)


def ref_of(payment: Payment) -> str:
    """The provider's name of the session, which must be there."""
    assert payment.provider_ref is not None
    return payment.provider_ref


def a_paid_booking(double: Double, held: Hold) -> Payment:
    """Paid by card and fulfilled."""
    payment = begin(held)
    double.pay(ref_of(payment))
    fulfil(payment.id)
    return payment_of(held.booking_id)


def payment_of(booking_id: int) -> Payment:
    """The booking's latest payment."""
    return payments_of(booking_id)[-1]


def payments_of(booking_id: int) -> list[Payment]:
    """Every try to pay, oldest first, as the database has them now."""
    end_reading()
    payments = list(db.session.scalars(select(Payment).where(Payment.booking_id == booking_id).order_by(Payment.id)))
    end_reading()
    return payments


def refunds_of(booking_id: int) -> list[Refund]:
    """Every refund, oldest first, as the database has them now."""
    end_reading()
    refunds = list(db.session.scalars(select(Refund).where(Refund.booking_id == booking_id).order_by(Refund.id)))
    end_reading()
    return refunds


def state_of(booking_id: int) -> State:
    """Where the booking stands."""
    end_reading()
    facts = queries.by_id(booking_id)
    end_reading()
    assert facts is not None
    return facts.state


def tickets_of(booking_id: int) -> int:
    """How many tickets the buyer has."""
    end_reading()
    tickets = len(queries.tickets_of(booking_id))
    end_reading()
    return tickets


def promised(kind: str) -> list[dict[str, object]]:
    """What was promised of a kind."""
    end_reading()
    abouts = list(db.session.scalars(select(Promise.about).where(Promise.kind == kind).order_by(Promise.id)))
    end_reading()
    return abouts


def cancel_booking(held: Hold) -> None:
    """The buyer cancels in good time."""
    with unit_of_work():
        cancel(held.booking_id, centre=the_centre(), now=clock.now())


def change_to(held: Hold, slot_id: int, ticket_type_id: int, quantity: int) -> object:
    """The buyer wants another number of tickets."""
    with unit_of_work():
        return change(held.booking_id, [Pick(slot_id, ticket_type_id, quantity)], centre=the_centre(), now=clock.now())


def an_increase(held: Hold, slot_id: int, ticket_type_id: int, quantity: int) -> Hold:
    """More tickets, which cost something and are to be paid."""
    extra = change_to(held, slot_id, ticket_type_id, quantity)
    assert isinstance(extra, Hold)
    return extra


def paid_in_two(double: Double, quantity: int, becomes: int) -> tuple[Hold, Hold]:
    """A booking of so many tickets at 100 kroner that was paid, and its increase that was paid too."""
    _, slot, adult = a_sale(price=10000)
    held = a_basket_at(slot, adult, quantity)
    a_paid_booking(double, held)
    extra = an_increase(held, slot, adult, becomes)
    a_paid_booking(double, extra)
    return held, extra


def write_refunds() -> list[int]:
    """The refunds that wait for the worker's call to the provider."""
    return [int(str(about["refund_id"])) for about in promised("payment.send_refund")]


def send_refunds() -> None:
    """Do all that the worker does with promised refunds."""
    for refund_id in write_refunds():
        refunds.send(refund_id)


def raise_prices() -> None:
    """Everything costs twice as much from now on."""
    with unit_of_work():
        db.session.execute(update(Price).values(minor=Price.minor * 2))
