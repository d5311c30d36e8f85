"""The counter of a ticket has the last word, whoever has judged before."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Ticket
from booking.door.admit import move_counters
from booking.kernel.database import db, unit_of_work
from tests.builders import a_confirmed_booking, a_sale


def moved(ticket_id: int, heads: int) -> tuple[bool, int]:
    """Whether the counter let so many more in (or out again), and where it stands."""
    with unit_of_work():
        done = move_counters({ticket_id: heads})
    return done, db.session.scalars(select(Ticket.admitted).where(Ticket.id == ticket_id)).one()


def test_a_ticket_admits_what_it_says_no_fewer_than_none_and_nobody_once_it_is_void(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    a_confirmed_booking(slot, adult, 1)
    ticket = db.session.scalars(select(Ticket.id)).one()
    assert [moved(ticket, heads) for heads in (2, -1, 1, 1, -1)] == [
        (False, 0), (False, 0), (True, 1), (False, 1), (True, 0),
    ]  # fmt: skip
    with unit_of_work():
        db.session.execute(update(Ticket).values(void=True))
    assert moved(ticket, 1) == (False, 0)
