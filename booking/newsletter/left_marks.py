"""Who has left is remembered by a mark, so that nothing is sent to them again by accident.

The row of who has left goes after a month, its address with it. An address can come back onto the list without a new
yes all the same: out of a copy of the database from before, or from a list that somebody brings in one day. So the mark
of a mailbox that has left stays, and a letter is not written to an address that has one. A new yes takes it away.

It is a digest of the address under the installation's secret: whoever has the database alone cannot try addresses.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import delete, select

from booking.kernel.database import insert_once, run
from booking.newsletter.models import LeftMark

LENGTH = 32
_key: list[bytes] = [b""]


def use(secret_key: str) -> None:
    """Learn the installation's secret, once, when the application is made."""
    _key[0] = secret_key.encode()


def mark_of(email: str) -> str:
    """The mark of an address in the form that mail servers take."""
    return hmac.new(_key[0], f"newsletter:{email}".encode(), hashlib.sha256).hexdigest()[:LENGTH]


def keep(email: str, now: datetime) -> None:
    """Remember that this mailbox has left; call inside a unit of work."""
    insert_once(LeftMark, "mark", {"mark": mark_of(email), "left_at": now})


def take_away(email: str) -> None:
    """They have said yes again; call inside a unit of work."""
    run(delete(LeftMark).where(LeftMark.mark == mark_of(email)))


def has_left(email: str) -> bool:
    """Whether this mailbox has left, and not said yes since."""
    return run(select(LeftMark.mark).where(LeftMark.mark == mark_of(email))).first() is not None
