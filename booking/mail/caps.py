"""How many letters of a kind one mailbox gets in a day, of those that a stranger can have sent to it.

Letters that the house sends of itself (reminders, closures, money) and those about something that was paid for are not
counted: nobody can have sixty of them sent to somebody else.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, select

from booking.bookings.limits.places import fold_email
from booking.bookings.models import Booking
from booking.capacity.models import Channel
from booking.kernel.database import insert_once, one_at_a_time, run
from booking.mail.models import MailCount
from booking.outbox.promises import LET_THROUGH

DAY = timedelta(days=1)
OF_ALL_KINDS = 3  # times what may be of one kind
MARK_LENGTH = 32
# What a form on a public page makes us send to an address that nobody has proved to be theirs.
ASKED_FOR_BY_ANYBODY = frozenset(
    f"mail.{kind}"
    for kind in (
        "waiting", "find", "newsletter", "news_link", "free_yes", "offer", "my_visits", "visit_waiting", "visit_offer",
        "visit_asked", "visit_copy", "wish", "wish_answer", "course_place", "confirmation", "change", "cancellation",
        "payment_failed", "payer_link", "withdraw_link",
    )
)  # fmt: skip


class HeldBack(Exception):
    """The mailbox has had as many letters of the kind as it gets in a day."""


def is_counted(kind: str, about: Mapping[str, Any]) -> bool:
    """Whether a letter counts at all: what a stranger may have sent, unpaid for and not asked for by staff."""
    return kind in ASKED_FOR_BY_ANYBODY and not about.get(LET_THROUGH) and not _is_paid(about)


def check(promise_id: int, kind: str, recipient: str, most: int, key: str, now: datetime) -> None:
    """Count a letter that is about to go; call inside a unit of work. Tried again, it counts once. Raises HeldBack.

    `most` of one kind go to a mailbox within a day, and OF_ALL_KINDS times as many in all; `key` is the installation's
    secret.
    """
    who = hmac.new(key.encode(), fold_email(recipient).encode(), hashlib.sha256).hexdigest()[:MARK_LENGTH]
    one_at_a_time([who])
    others = select(
        func.coalesce(func.sum(case((MailCount.kind == kind, 1), else_=0)), 0), func.count(MailCount.promise_id)
    ).where(MailCount.who == who, MailCount.at > now - DAY, MailCount.promise_id != promise_id)
    of_kind, in_all = run(others).one()
    if of_kind >= most or in_all >= most * OF_ALL_KINDS:
        raise HeldBack
    insert_once(MailCount, "promise_id", {"promise_id": promise_id, "kind": kind, "who": who, "at": now})


_PAID = select(Booking.id).where(
    Booking.id == bindparam("booking"),
    Booking.total > 0,
    Booking.channel != Channel.SCHOOL,
    Booking.confirmed_at.is_not(None),
)


def _is_paid(about: Mapping[str, Any]) -> bool:
    """Whether it is about something that the public has bought and paid for."""
    booking_id = about.get("booking_id")
    return bool(booking_id) and run(_PAID, {"booking": booking_id}).first() is not None
