"""Gift cards for tests of withdrawals: bought and paid for, sent, and what stands of it."""

from __future__ import annotations

from sqlalchemy import select

from booking.bookings import queries as bookings
from booking.bookings.queries import BookingFacts
from booking.centre.facts import the_centre
from booking.gift_cards.issue import WantedCard
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.withdrawals.declare import WithdrawalStatement, withdraw
from booking.withdrawals.models import Withdrawal
from tests.builders import a_sale
from tests.gift_cards.given import CARD, an_order, sell_cards
from tests.payments.buying import payment_of, ref_of
from tests.stripe_double.client import Double

KARI = WithdrawalStatement("Kari Nordmann", "kari@example.org", "nb")


def a_paid_card(double: Double, wanted: WantedCard = CARD) -> int:
    """A gift card that is paid for at the provider's; the id of its booking. Needs a sale."""
    order = an_order(wanted)
    pay.begin(order)
    payment = payment_of(order)
    double.pay(ref_of(payment))
    fulfil(payment.id)
    return order


def a_card_shop(double: Double, wanted: WantedCard = CARD) -> int:
    """A house that sells cards, and one of them."""
    a_sale()
    sell_cards()
    return a_paid_card(double, wanted)


def withdraw_from(order: int, shown: int | None = None) -> bool:
    """Kari withdraws from it now."""
    with unit_of_work():
        return withdraw(order, KARI, centre=the_centre(), now=clock.now(), shown=shown)


def withdrawn(order: int) -> Withdrawal:
    """What was written down."""
    end_reading()
    row = db.session.scalars(select(Withdrawal).where(Withdrawal.booking_id == order)).one()
    end_reading()
    return row


def facts_of(order: int) -> BookingFacts:
    """The booking as it is now."""
    end_reading()
    facts = bookings.by_id(order)
    end_reading()
    assert facts is not None
    return facts
