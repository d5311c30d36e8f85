"""Withdraw: what is left is taken at once, the money promised back by the way it came, and a receipt of it all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from booking.bookings.change import agreed, check_shown, settle_up
from booking.bookings.models import Booking, State
from booking.bookings.purse import purses
from booking.bookings.queries import BookingFacts
from booking.bookings.rules import Agreed, Holding, Settlement, settle
from booking.bookings.store import lock, next_version, release
from booking.centre.facts import CentreFacts
from booking.kernel.database import db, run
from booking.outbox.promises import promise
from booking.records.audit import note
from booking.withdrawals.models import Withdrawal
from booking.withdrawals.period import pay_back_by
from booking.withdrawals.products import WithdrawalWorth
from booking.withdrawals.refusals import NoRightToWithdraw, NothingLeftToWithdraw, WithdrawalOver
from booking.withdrawals.right import WithdrawalRight, right_of

REASON = "withdrawal"


@dataclass(frozen=True, slots=True)
class WithdrawalStatement:
    """Who withdraws, in which language, and where the receipt of it goes."""

    name: str
    email: str
    lang: str


_IS_WITHDRAWN = select(Withdrawal.id).where(Withdrawal.booking_id == bindparam("booking"))


def what_comes_back(booking: Booking | BookingFacts, worth: WithdrawalWorth, holding: Holding) -> Settlement:
    """What withdrawing means in money: the rest, less what has gone back before or the payer's bank holds."""
    kept = worth.used + worth.in_baskets
    return settle(agreed(booking), Agreed(total=0, kept=kept), worth.rest, holding)


def withdraw(
    booking_id: int, statement: WithdrawalStatement, *, centre: CentreFacts, now: datetime, shown: int | None = None
) -> bool:
    """Withdraw from a purchase; call inside a unit of work. Doing it twice is doing it once, and False.

    Raises NoRightToWithdraw, WithdrawalOver, NothingLeftToWithdraw, and AnotherSum when what comes back is not what
    was `shown`: somebody has used it meanwhile.
    """
    (booking,) = lock(booking_id)
    if run(_IS_WITHDRAWN, {"booking": booking_id}).first() is not None:
        return False
    right = right_of(booking, centre)
    if right is None:
        raise NoRightToWithdraw
    if not right.is_heard(now):
        raise WithdrawalOver(right.last_day)
    worth = right.product.take(booking_id, now)
    if worth is None or worth.is_used_up:
        raise NothingLeftToWithdraw
    money = what_comes_back(booking, worth, purses.purse.locked(booking_id))
    check_shown(shown, money.due)
    next_version(booking)
    settle_up(booking, money, REASON)
    booking.forgotten_as_of = None  # nothing is to be sent any more
    release([booking], State.CANCELLED, now)
    _write_down(booking, right, worth, statement, money.due, centre, now)
    return True


def _write_down(
    booking: Booking,
    right: WithdrawalRight,
    worth: WithdrawalWorth,
    statement: WithdrawalStatement,
    back: int,
    centre: CentreFacts,
    now: datetime,
) -> None:
    """The declaration, its receipt, and what staff hear of it. What staff read of a buyer they read on its pages."""
    db.session.add(
        Withdrawal(
            booking_id=booking.id, product=right.product.product, declared_at=now, until=right.last_day,
            pay_by=pay_back_by(centre.local(now).date()), name=statement.name, email=statement.email,
            lang=statement.lang, price=worth.price, back=back, used=worth.used, in_baskets=worth.in_baskets,
        )
    )  # fmt: skip
    promise("mail.withdrawal", f"withdrawal:{booking.id}", {"booking_id": booking.id})
    if booking.email and booking.email != statement.email:
        copy = {"booking_id": booking.id, "to_buyer": True}
        promise("mail.withdrawal", f"withdrawal:{booking.id}:buyer", copy)
    promise("mail.withdrawal_told", f"withdrawal_told:{booking.id}", {"booking_id": booking.id})
    note("buyer", "booking.withdraw", f"booking:{booking.id}", {"total": booking.total}, {"refund": back})
