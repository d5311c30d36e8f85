"""Staff give money back, in part or whole, without cancelling anything: out of goodwill, for a day that went wrong."""

from __future__ import annotations

from sqlalchemy import select

from booking.bookings.models import Booking, Sold, what_is_sold
from booking.bookings.purse import purses
from booking.bookings.store import lock
from booking.kernel.database import db
from booking.kernel.refusals import Refusal
from booking.outbox.promises import promise
from booking.payments.models import Refund
from booking.records.audit import note

KEY = "staff:"  # what the keys of such refunds begin with


class MoreThanPaid(Refusal):
    """More than was paid and not yet paid back; `left` is what may be given, in minor units."""

    def __init__(self, left: int) -> None:
        super().__init__(f"at most {left}")
        self.left = left


def refundable(booking_id: int) -> int:
    """What was paid for a booking and its changes and may be paid back, in minor units.

    Nothing of what bought a gift card: whoever has the card would have it twice.
    """
    if _is_gift_card(booking_id):
        return 0
    return purses.purse.holding(booking_id).left


def give_back(booking_id: int, amount: int, reason: str, mark: str, actor: str) -> bool:
    """Promise money back and a letter about it; call inside a unit of work.

    `mark` is the form's own: the same form sent twice pays once, and False is answered. Raises MoreThanPaid.
    """
    # Locked in this order by whoever refunds: the booking, what was paid, what of it went back.
    lock(booking_id)
    left = 0 if _is_gift_card(booking_id) else purses.purse.locked(booking_id).left
    before = select(Refund.id).where(
        Refund.booking_id == booking_id, Refund.idempotency_key.startswith(f"{KEY}{mark}:", autoescape=True)
    )
    if db.session.scalar(before.limit(1)) is not None:
        return False
    if not 0 < amount <= left:
        raise MoreThanPaid(left)
    sent = purses.purse.give_back(booking_id, amount, reason, f"{KEY}{mark}")
    about = {"booking_id": booking_id, "refund": amount, "in_till": sent.in_till, "mark": mark} | sent.of_cards
    promise("mail.refund", f"refund:{mark}", about)
    note(actor, "refund.by_staff", f"booking:{booking_id}", {"left": left}, {"amount": amount, "reason": reason})
    return True


def _is_gift_card(booking_id: int) -> bool:
    row = db.session.execute(select(Booking.sells, Booking.people).where(Booking.id == booking_id)).first()
    return row is not None and what_is_sold(*row) is Sold.GIFT_CARD


def reason_of(booking_id: int, mark: str) -> str:
    """Why the refund with this mark was given."""
    query = select(Refund.reason).where(
        Refund.booking_id == booking_id, Refund.idempotency_key.startswith(f"{KEY}{mark}:", autoescape=True)
    )
    return db.session.scalar(query.limit(1)) or ""
