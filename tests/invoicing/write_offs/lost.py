"""Invoices of which something is written off, and what stands of it everywhere."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from booking.centre.facts import the_centre
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.models import WriteOffKind
from booking.invoicing.write_offs.queries import WriteOffFacts, write_offs_of
from booking.invoicing.write_offs.write_off import WriteOffOrder, undo_write_off, write_off
from booking.kernel import clock
from booking.kernel.database import db

ACTOR = "account:1"


def left_of(invoice_id: int) -> int:
    """What is left of it; below nought if more was paid than is asked."""
    db.session.rollback()
    return db.session.scalars(select(Invoice.left).where(Invoice.id == invoice_id)).one()


def lose(invoice_id: int, amount: int | None = None, reason: str = "Konkurs") -> int:
    """So much is written off, or all that is left; what is left then."""
    left = left_of(invoice_id)
    order = WriteOffOrder(invoice_id, left if amount is None else amount, reason, left)
    db.session.rollback()
    return write_off(order, the_centre(), clock.now(), ACTOR)


def pieces(invoice_id: int) -> list[WriteOffFacts]:
    """What was written off of it and taken back, the first first."""
    db.session.rollback()
    return write_offs_of(invoice_id)


def moved(invoice_id: int) -> list[tuple[WriteOffKind, int]]:
    """The same, as kinds and sums."""
    return [(piece.kind, piece.amount) for piece in pieces(invoice_id)]


def ask_again(invoice_id: int, place: int = 0, open_from: date | None = None) -> int:
    """One of them is taken back by a person; how much that was."""
    piece = pieces(invoice_id)[place]
    _invoice, back = undo_write_off(piece.write_off_id, open_from, the_centre(), clock.now(), ACTOR)
    return back
