"""What Vipps tells us of a payment: believed in nothing but that it is time to look.

Its events have no id and come in any order, more than once, for a month: the digest of a body makes it one.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from sqlalchemy import select

from booking.kernel import clock
from booking.kernel.database import db, end_reading, insert_once, unit_of_work
from booking.payments import refunds
from booking.payments.fulfil import fulfil
from booking.payments.models import OF_VIPPS, Payment, ProviderEvent
from booking.payments.reserved.capture import has_run_out, is_being_taken, take

MOST_BYTES = 65_536
_REFERENCE = re.compile(r"[a-zA-Z0-9-]{8,64}")
_KIND = re.compile(r"[A-Z_]{1,40}")
BEGUN = "CREATED"  # by ourselves: asking now would only keep the buyer waiting who is about to come back
LET_GO_OF = "CANCELLED"
MONEY_MOVED = {"REFUNDED", LET_GO_OF}


class NoNews(ValueError):
    """The body is none of Vipps', or of another sales unit."""


@dataclass(frozen=True, slots=True)
class VippsNews:
    """Something has become of a payment; `ref` is the body's own name."""

    ref: str
    kind: str
    reference: str


def read(body: bytes, merchant: str) -> VippsNews:
    """What a verified body says. Raises NoNews."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoNews("no JSON") from error
    match told:
        case {"msn": str() | int() as unit, "reference": str(reference), "name": str(kind)} if _REFERENCE.fullmatch(
            reference
        ) and _KIND.fullmatch(kind):
            if str(unit) != merchant:
                raise NoNews("another sales unit")
            return VippsNews(f"vipps:{hashlib.sha256(body).hexdigest()}", kind, reference)
    raise NoNews("no event")


def receive(news: VippsNews) -> bool:
    """Look at the payment that is told of; False when that was done before. Not inside a unit of work.

    A payment that is not ours is taken and left. Raises Unreachable, Rejected.
    """
    known = db.session.get(ProviderEvent, news.ref) is not None
    payment_id = db.session.scalar(
        select(Payment.id).where(Payment.provider_ref == news.reference, Payment.provider.in_(OF_VIPPS))
    )
    end_reading()
    if known:
        return False
    if payment_id is not None and news.kind != BEGUN:
        fulfil(payment_id)
        if news.kind in MONEY_MOVED:
            _follow(payment_id, news)
    with unit_of_work():
        values = {"id": news.ref, "kind": f"vipps.{news.kind.lower()}", "received_at": clock.now()}
        return insert_once(ProviderEvent, "id", values)


def _follow(payment_id: int, news: VippsNews) -> None:
    """Money moved: by staff, or by our own taking, which is not through yet, or because its time is over."""
    ours, lapsed = is_being_taken(payment_id), has_run_out(payment_id, clock.now())
    end_reading()
    if news.kind == LET_GO_OF and lapsed:
        take(payment_id)
    elif news.kind != LET_GO_OF or not ours:
        refunds.adopt(news.reference)
