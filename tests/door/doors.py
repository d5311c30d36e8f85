"""What tests of the door do again and again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from booking.bookings.models import Booking, Ticket
from booking.centre.facts import the_centre
from booking.door import admit
from booking.door.admit import Admitting, DoorAnswer, Heads
from booking.door.models import EntryWay
from booking.door.rules import ENTRANCE, Post
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work


def soon(minutes: int = 10) -> datetime:
    """So many minutes from now, to the second."""
    return clock.now().replace(microsecond=0) + timedelta(minutes=minutes)


def how(mark: str = "", at: datetime | None = None, reason: str = "", device: str = "") -> Admitting:
    """Somebody at the entrance, with a fresh mark unless one is given."""
    return Admitting(mark or new_secret(), at or clock.now(), EntryWay.SCANNER, None, device, reason)


def party_code(booking_id: int) -> str:
    """The code that stands for the whole party."""
    db.session.rollback()
    return db.session.scalars(select(Booking.code).where(Booking.id == booking_id)).one()


def ticket_codes(booking_id: int) -> list[str]:
    """The codes of single tickets that count."""
    db.session.rollback()
    query = select(Ticket.code).where(Ticket.booking_id == booking_id, Ticket.void.is_(False)).order_by(Ticket.id)
    return list(db.session.scalars(query))


def scan(code: str, post: Post = ENTRANCE, ask: bool = False, **about: object) -> DoorAnswer:
    """Scan a code at a post."""
    with unit_of_work():
        return admit.scan(code, post, how(**about), the_centre(), ask=ask)  # type: ignore[arg-type]


def let_in(booking_id: int, heads: Heads, seen: Heads | None = None, **about: object) -> DoorAnswer:
    """Let in so many of each kind; `seen` is what the form showed as in."""
    with unit_of_work():
        return admit.admit(booking_id, heads, how(**about), the_centre(), seen=seen)  # type: ignore[arg-type]


def admitted(booking_id: int) -> int:
    """How many have come in on the tickets that count."""
    db.session.rollback()
    query = select(Ticket.admitted).where(Ticket.booking_id == booking_id, Ticket.void.is_(False))
    return sum(db.session.scalars(query))
