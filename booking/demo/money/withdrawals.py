"""Two gift cards whose buyers have changed their minds: one has the money back, the other's bank has refused it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from booking.bookings.by_gift_card import order_card
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.models import Booking
from booking.centre.facts import CentreFacts, the_centre
from booking.gift_cards.issue import WantedCard
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.payments.models import Payment, PaymentState, Refund, RefundState
from booking.receipts.issue import issue
from booking.withdrawals.declare import WithdrawalStatement, withdraw

# How many of the centre's steps above its smallest, who bought it, and how the refund ended.
BOUGHT = (
    (8, Contact("Solveig Haugland", "solveig@example.org"), RefundState.DONE),
    (2, Contact("Jānis Bērziņš", "janis@example.org"), RefundState.FAILED),
)
DAYS_AGO = 5


def withdraw_from_cards() -> None:
    """Sell and withdraw, for a centre that sells gift cards; letters about it are history."""
    centre, now = the_centre(), clock.now()
    if not centre.sells_gift_cards:
        return
    last = db.session.scalar(select(func.coalesce(func.max(Promise.id), 0)))
    db.session.rollback()
    for steps, contact, ended in BOUGHT:
        amount = min(centre.gift_card_least + steps * centre.gift_card_step, centre.gift_card_most)
        order = _sell(amount, contact, centre, now - timedelta(days=DAYS_AGO))
        statement = WithdrawalStatement(contact.name, contact.email, centre.languages[0])
        with unit_of_work():
            withdraw(order, statement, centre=centre, now=now)
        with unit_of_work():
            done_at = now if ended is RefundState.DONE else None
            db.session.execute(update(Refund).where(Refund.booking_id == order).values(state=ended, done_at=done_at))
        issue(order)
    with unit_of_work():
        db.session.execute(delete(Promise).where(Promise.id > last, Promise.state == PromiseState.WAITING))


def _sell(amount: int, contact: Contact, centre: CentreFacts, then: datetime) -> int:
    """A card that was bought and paid for then; the id of its booking."""
    lang = centre.languages[0]
    with unit_of_work():
        secret = order_card(WantedCard(amount, giver=contact.name), centre=centre, now=then, lang=lang)
    with unit_of_work():
        order = db.session.scalars(select(Booking.id).where(Booking.secret == secret)).one()
        set_details(order, contact, lang, then)
        confirm(order, then)
        paid = Payment(
            booking_id=order, provider="demo", state=PaymentState.PAID, amount=amount, currency=centre.currency,
            idempotency_key=new_secret(), begun_at=then, expires_at=then, paid_at=then, looked_at=then,
        )  # fmt: skip
        db.session.add(paid)
    return int(order)
