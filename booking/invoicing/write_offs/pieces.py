"""What stands of each piece that was written off of an invoice: still lost, paid after all, or asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from booking.invoicing.write_offs.models import InvoiceWriteOff, WriteOffKind
from booking.kernel.database import run


@dataclass(slots=True)
class _Piece:
    """What was written off on a day: how much of it is so still, and what was paid after all, the last of it when."""

    write_off_id: int
    on: date
    left: int
    paid: int = 0
    paid_on: date = date.min
    is_asked_again: bool = False

    def take(self, part: int, on: date, kind: WriteOffKind) -> None:
        """So much of it is written off no more."""
        self.left -= part
        if kind is WriteOffKind.PAID:
            self.paid, self.paid_on = self.paid + part, max(self.paid_on, on)


@dataclass(slots=True)
class LostPieces:
    """The pieces of an invoice, the first written first; `below`: of what was paid too much and had lapsed."""

    pieces: list[_Piece] = field(default_factory=list)
    below: int = 0

    def take(self, back: int, on: date, kind: WriteOffKind) -> list[tuple[date, int]]:
        """How much is taken back on which day, of what was written off first before what was written off later."""
        by_day: dict[date, int] = {}
        for piece in self.pieces:
            part = min(piece.left, back)
            if part:
                day, back = max(piece.on, on), back - part
                piece.take(part, day, kind)
                by_day[day] = by_day.get(day, 0) + part
        return sorted(by_day.items())

    def put_back(self, most: int, on: date) -> list[tuple[date, int]]:
        """How much of what was paid after all is written off again on which day, of what was paid last first.

        No more than `most`, which is what would be left.
        """
        by_day: dict[date, int] = {}
        for piece in reversed(self.pieces):
            part = 0 if piece.is_asked_again else min(piece.paid, max(most, 0))
            if part:
                most -= part
                piece.left, piece.paid = piece.left + part, piece.paid - part
                day = max(piece.paid_on, on)
                by_day[day] = by_day.get(day, 0) + part
        return sorted(by_day.items())

    def see(self, write_off_id: int, amount: int, on: date, kind: WriteOffKind, undoes_id: int | None) -> None:
        """One more row, in the order in which they were written."""
        if kind is WriteOffKind.GONE_BACK:
            self.put_back(amount, on)
        elif amount > 0:
            self.pieces.append(_Piece(write_off_id, on, max(amount - self.below, 0)))
            self.below = max(self.below - amount, 0)
        else:
            # Its own piece first: the rest of that was paid or credited before it was taken back.
            back = -amount
            for piece in sorted(self.pieces, key=lambda piece: piece.write_off_id != undoes_id):
                part = min(piece.left, back)
                back -= part
                piece.take(part, on, kind)
                piece.is_asked_again |= piece.write_off_id == undoes_id
            self.below += back


def pieces_of(invoice_ids: Sequence[int]) -> dict[int, LostPieces]:
    """Those of each of these invoices of which something was written off or had lapsed."""
    row = InvoiceWriteOff
    query = select(row.invoice_id, row.id, row.amount, row.on_day, row.kind, row.undoes_id)
    lost: dict[int, LostPieces] = {}
    for invoice_id, *values in run(query.where(row.invoice_id.in_(invoice_ids)).order_by(row.id)):
        lost.setdefault(invoice_id, LostPieces()).see(*values)
    return lost
