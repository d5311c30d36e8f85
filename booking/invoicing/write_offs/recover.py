"""What was written off and comes after all, as money or by a credit note: the write-off is taken back by as much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from booking.centre.facts import the_centre
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.lapse import ACTOR
from booking.invoicing.write_offs.models import WriteOffKind
from booking.invoicing.write_offs.moves import write_piece
from booking.invoicing.write_offs.pieces import LostPieces, pieces_of
from booking.kernel.database import in_pieces, run

LAPSED = WriteOffKind.LAPSED


@dataclass(frozen=True, slots=True)
class ComesOn:
    """So much comes for an invoice on a day, or goes back where `by` is below nought; minor units."""

    invoice_id: int
    by: int
    on: date


def recover(coming: Mapping[int, int], kind: WriteOffKind, actor: str, now: datetime) -> None:
    """Before so much comes for these invoices today, by their ids; see `recover_by_day`."""
    today = the_centre().local(now).date()
    each_comes = [ComesOn(invoice_id, by, today) for invoice_id, by in coming.items()]
    for invoice_id, moved in recover_by_day(each_comes, kind, actor, now).items():
        run(update(Invoice).where(Invoice.id == invoice_id).values(written_off=Invoice.written_off + moved))


def recover_by_day(coming: Sequence[ComesOn], kind: WriteOffKind, actor: str, now: datetime) -> dict[int, int]:
    """Before all this comes: what is left of an invoice is paid first, what was written off after it.

    That is taken back on the day on which it comes, or on which it was written off if that was later, so that at no
    day more has come than was asked for. What goes back again is written off as it was, unless a person has asked for
    it since. Inside a unit of work; the invoices are held still until it ends, so that nobody writes off meanwhile.
    What had lapsed of what was paid too much has not, once anything moves.

    Returns by how much the `written_off` of each invoice is to move, in the statement that moves what has come.
    """
    by_invoice: dict[int, list[ComesOn]] = defaultdict(list)
    for each in sorted(coming, key=lambda each: each.on):
        if each.by:
            by_invoice[each.invoice_id].append(each)
    moved: dict[int, int] = {}
    for ids in in_pieces(sorted(by_invoice)):
        locked = (
            select(Invoice.id, Invoice.left, Invoice.written_off)
            .where(Invoice.id.in_(ids))
            .order_by(Invoice.id)
            .with_for_update(key_share=True)
        )
        rows = run(locked).all()
        lost = pieces_of([
            invoice_id for invoice_id, _left, written_off in rows
            if written_off or any(each.by < 0 for each in by_invoice[invoice_id])
        ])  # fmt: skip
        for invoice_id, left, written_off in rows:
            stood = written_off
            for each in by_invoice[invoice_id]:
                for on, part, of_kind in _moves(lost.get(invoice_id), each, left, written_off, kind):
                    write_piece(invoice_id, written_off, part, of_kind, ACTOR if of_kind is LAPSED else actor, now, on)
                    left, written_off = left - part, written_off + part
                left -= each.by
            if written_off != stood:
                moved[invoice_id] = written_off - stood
    return moved


def _moves(
    lost: LostPieces | None, each: ComesOn, left: int, written_off: int, kind: WriteOffKind
) -> list[tuple[date, int, WriteOffKind]]:
    """By how much that moves what is written off, on which days."""
    if lost is None:
        return []
    if written_off < 0:
        return [(each.on, -written_off, LAPSED)]
    if each.by < 0:
        return [
            (on, part, WriteOffKind.GONE_BACK) for on, part in lost.put_back(min(-each.by, left - each.by), each.on)
        ]
    back = min(each.by - left, written_off)
    return [(on, -part, kind) for on, part in lost.take(back, each.on, kind)] if back > 0 else []
