"""Two gift cards whose buyers have changed their minds: one has the money back, the other's bank has refused it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select, update

from booking.bookings.details import Contact
from booking.centre.facts import the_centre
from booking.demo.money.gift_cards import sell_card
from booking.gift_cards.issue import WantedCard
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.payments.models import Refund, RefundState
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
        order = sell_card(WantedCard(amount, giver=contact.name), contact, centre, now - timedelta(days=DAYS_AGO))
        statement = WithdrawalStatement(contact.name, contact.email, centre.languages[0])
        with unit_of_work():
            withdraw(order, statement, centre=centre, now=now)
        with unit_of_work():
            done_at = now if ended is RefundState.DONE else None
            db.session.execute(update(Refund).where(Refund.booking_id == order).values(state=ended, done_at=done_at))
        issue(order)
    with unit_of_work():
        db.session.execute(delete(Promise).where(Promise.id > last, Promise.state == PromiseState.WAITING))
