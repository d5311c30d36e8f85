"""Promises of money: a refund is sent through its provider."""

from __future__ import annotations

from dataclasses import dataclass

from booking.bookings.store import lock
from booking.kernel.database import unit_of_work
from booking.outbox.keepers import PromiseKeeper, read
from booking.outbox.models import Rank
from booking.outbox.promises import Leased
from booking.payments import refunds
from booking.payments.reserved.capture import take
from booking.settings import Settings


@dataclass(frozen=True, slots=True)
class PromisedMoney:
    """So much of a booking's payments, to be written as refunds."""

    booking_id: int
    amount: int
    reason: str


@dataclass(frozen=True, slots=True)
class PromisedRefund:
    """A refund that is written already, to be sent."""

    refund_id: int


@dataclass(frozen=True, slots=True)
class PromisedCapture:
    """A payment that was approved, to be taken."""

    payment_id: int


def _capture(leased: Leased, _settings: Settings) -> None:
    """What is refused is tried again by the sweep, which has more patience."""
    take(read(PromisedCapture, leased.about).payment_id)


def _request(leased: Leased, _settings: Settings) -> None:
    """As it was promised before refunds were written at once."""
    about = read(PromisedMoney, leased.about)
    with unit_of_work():
        lock(about.booking_id)
        refunds.request(f"promise:{leased.id}", about.booking_id, about.amount, about.reason)


def _send(leased: Leased, _settings: Settings) -> None:
    refunds.send(read(PromisedRefund, leased.about).refund_id)


KEEPERS = (
    PromiseKeeper("payment.refund", _request, Rank.TODAY),
    PromiseKeeper("payment.send_refund", _send, Rank.TODAY),
    PromiseKeeper("payment.capture", _capture, Rank.TODAY),
)
