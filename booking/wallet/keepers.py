"""Promises of passes: who has one is told that it is newer."""

from __future__ import annotations

from dataclasses import dataclass

from booking.kernel.database import end_reading, unit_of_work
from booking.outbox.keepers import PromiseKeeper, read
from booking.outbox.models import Rank
from booking.outbox.promises import Leased
from booking.settings import Settings
from booking.wallet import phones
from booking.wallet.apple import push
from booking.wallet.changes import KIND


@dataclass(frozen=True, slots=True)
class PromisedPass:
    """The booking whose pass is newer."""

    booking_id: int


def _update(leased: Leased, settings: Settings) -> None:
    """Told twice does no harm. Where the keys were taken away meanwhile nobody is told."""
    booking_id, keys = read(PromisedPass, leased.about).booking_id, settings.apple_wallet
    push_tokens = phones.push_tokens_of(booking_id) if keys is not None else []
    end_reading()
    if keys is None or not push_tokens:
        return
    for answer in push.tell(keys, push_tokens):
        if answer.told is push.Told.GONE:
            with unit_of_work():
                phones.forget_push_token(booking_id, answer.push_token)


KEEPERS = (PromiseKeeper(KIND, _update, Rank.TODAY),)
