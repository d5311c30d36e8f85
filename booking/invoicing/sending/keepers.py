"""Promises of sending: a document goes out, and it is looked at what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from booking.invoicing.sending.look import look
from booking.invoicing.sending.send import carry
from booking.outbox.keepers import PromiseKeeper, read
from booking.outbox.models import Rank
from booking.outbox.promises import Leased
from booking.settings import Settings


@dataclass(frozen=True, slots=True)
class PromisedSending:
    """A document on its way."""

    invoice_id: int


def _send(leased: Leased, settings: Settings) -> None:
    carry(read(PromisedSending, leased.about).invoice_id, settings)


def _look(leased: Leased, settings: Settings) -> None:
    look(read(PromisedSending, leased.about).invoice_id, settings)


KEEPERS = (PromiseKeeper("invoice.send", _send, Rank.BULK), PromiseKeeper("invoice.look", _look, Rank.BULK))
