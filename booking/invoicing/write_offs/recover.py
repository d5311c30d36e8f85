"""What was written off and comes after all, as money or by a credit note: the write-off is taken back by as much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from booking.centre.facts import the_centre
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.lapse import ACTOR
from booking.invoicing.write_offs.models import InvoiceWriteOff, WriteOffKind
from booking.invoicing.write_offs.moves import move_written_off
from booking.kernel.database import in_pieces, run


@dataclass(frozen=True, slots=True)
class ComesOn:
    """So much comes for an invoice on a day, or goes back where `by` is below nought; minor units."""

    invoice_id: int
    by: int
    on: date


@dataclass(slots=True)
class _Piece:
    """What is still written off of what was on a day."""

    write_off_id: int
    on: date
    left: int


def recover(coming: Mapping[int, int], kind: WriteOffKind, actor: str, now: datetime) -> None:
    """Before so much comes for these invoices today, by their ids; see `recover_by_day`."""
    today = the_centre().local(now).date()
    recover_by_day([ComesOn(invoice_id, by, today) for invoice_id, by in coming.items()], kind, actor, now)


def recover_by_day(coming: Sequence[ComesOn], kind: WriteOffKind, actor: str, now: datetime) -> None:
    """Before all this comes: what is left of an invoice is paid first, what was written off after it.

    That is taken back on the day on which it comes, or on which it was written off if that was later, so that at no
    day more has come than was asked for. Inside a unit of work; the invoices are held still until it ends, so that
    nobody writes off meanwhile. What had lapsed of what was paid too much has not, once anything moves.
    """
    by_invoice: dict[int, list[ComesOn]] = defaultdict(list)
    for each in sorted(coming, key=lambda each: each.on):
        if each.by:
            by_invoice[each.invoice_id].append(each)
    for ids in in_pieces(sorted(by_invoice)):
        locked = (
            select(Invoice.id, Invoice.left, Invoice.written_off)
            .where(Invoice.id.in_(ids))
            .order_by(Invoice.id)
            .with_for_update(key_share=True)
        )
        rows = run(locked).all()
        pieces = _pieces([invoice_id for invoice_id, _left, written_off in rows if written_off])
        for invoice_id, left, written_off in rows:
            for each in by_invoice[invoice_id]:
                back = min(each.by - left, written_off)
                if written_off < 0:
                    move_written_off(invoice_id, written_off, -written_off, WriteOffKind.LAPSED, ACTOR, now, each.on)
                    left, written_off = left + written_off, 0
                elif back > 0:
                    for on, part in _taken_back(pieces[invoice_id], back, each.on):
                        move_written_off(invoice_id, written_off, -part, kind, actor, now, on)
                        left, written_off = left + part, written_off - part
                left -= each.by


def _taken_back(pieces: list[_Piece], back: int, on: date) -> list[tuple[date, int]]:
    """How much is taken back on which day, of what was written off first before what was written off later."""
    by_day: dict[date, int] = {}
    for piece in pieces:
        part = min(piece.left, back)
        if part:
            piece.left, back = piece.left - part, back - part
            by_day[max(piece.on, on)] = by_day.get(max(piece.on, on), 0) + part
    return sorted(by_day.items())


def _pieces(invoice_ids: Sequence[int]) -> dict[int, list[_Piece]]:
    """What is still written off of these invoices, the first written first."""
    row = InvoiceWriteOff
    query = select(row.id, row.invoice_id, row.amount, row.on_day, row.undoes_id)
    pieces: dict[int, list[_Piece]] = {invoice_id: [] for invoice_id in invoice_ids}
    below = dict.fromkeys(invoice_ids, 0)  # of what was paid too much and had lapsed
    for write_off_id, invoice_id, amount, on, undoes_id in run(
        query.where(row.invoice_id.in_(invoice_ids)).order_by(row.id)
    ):
        if amount > 0:
            pieces[invoice_id].append(_Piece(write_off_id, on, max(amount - below[invoice_id], 0)))
            below[invoice_id] = max(below[invoice_id] - amount, 0)
            continue
        # Its own piece first: the rest of that was paid or credited before it was taken back.
        for piece in sorted(pieces[invoice_id], key=lambda piece: piece.write_off_id != undoes_id):
            part = min(piece.left, -amount)
            piece.left, amount = piece.left - part, amount + part
        below[invoice_id] -= amount
    return pieces
