"""What a basket had of a card when its buyer withdrew, and has given back since, goes to the buyer as well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from booking.bookings.change import agreed, settle_up
from booking.bookings.purse import purses
from booking.bookings.rules import Agreed, settle
from booking.bookings.store import lock, next_version
from booking.gift_cards.spend import RELEASED
from booking.gift_cards.withdraw import buyer_of, take_released
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.outbox.keepers import PromiseKeeper, read
from booking.outbox.models import Rank
from booking.outbox.promises import Leased, promise
from booking.records.audit import note
from booking.settings import Settings
from booking.withdrawals.declare import REASON
from booking.withdrawals.models import Withdrawal


@dataclass(frozen=True, slots=True)
class PromisedReleased:
    """So much of a withdrawn card that a basket has given back; `key` is that of the basket's part of it."""

    card_id: int
    amount: int
    key: str


def give_back_released(about: PromisedReleased, now: datetime) -> int:
    """Give it to the buyer, as far as it is still on the card; how much. Opens a unit of work of its own."""
    booking_id = buyer_of(about.card_id)
    end_reading()
    with unit_of_work():
        (booking,) = lock(booking_id)
        part = take_released(about.card_id, about.amount, about.key, now)
        if not part:
            return 0
        stood, holding = agreed(booking), purses.purse.locked(booking_id)
        before = Agreed(0, kept=stood.kept, held=stood.held)
        money = settle(before, Agreed(0, kept=stood.kept - part), part, holding)
        next_version(booking)
        settle_up(booking, money, REASON)
        withdrawal = db.session.scalars(select(Withdrawal).where(Withdrawal.booking_id == booking_id)).one()
        withdrawal.back += money.due
        withdrawal.in_baskets = max(withdrawal.in_baskets - part, 0)
        more = {"booking_id": booking_id, "more": money.due}
        promise("mail.withdrawal", f"withdrawal:{booking_id}:{booking.version}", more)
        note("worker", "booking.withdraw_rest", f"booking:{booking_id}", None, {"refund": money.due})
    return part


def _keep(leased: Leased, _settings: Settings) -> None:
    give_back_released(read(PromisedReleased, leased.about), clock.now())


KEEPERS = (PromiseKeeper(RELEASED, _keep, Rank.TODAY),)
