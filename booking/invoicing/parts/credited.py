"""What the credit notes of an invoice take back: of which line, and so of whose claim. By place, not by words or sums.

Two visits of one day may have the same line for the same sum, and only one of them was credited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from booking.invoicing.document import InvoiceDocument, Settled
from booking.invoicing.frozen import from_kept
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.kernel.database import run

NO_LINE = -1  # of the whole invoice, and of none of its lines by name


@dataclass(frozen=True, slots=True)
class ClaimOnInvoice:
    """A receivable on an invoice: the places of its lines, from 0, and what it was for, in minor units."""

    row_id: int
    key: str
    booking_id: int
    amount: int
    lines: range

    @property
    def is_free(self) -> bool:
        """Whether it was credited and stands on the invoice no more."""
        return InvoicedReceivable.CREDITED in self.key

    def credited_of(self, by_line: Mapping[int, int]) -> int:
        """What is credited of its own lines."""
        return sum(by_line.get(place, 0) for place in self.lines)


def claims_on(invoice_id: int) -> list[ClaimOnInvoice]:
    """What an invoice claims or claimed; each has so many lines, after those of the claims before it."""
    columns = (
        InvoicedReceivable.id, InvoicedReceivable.key, InvoicedReceivable.booking_id, InvoicedReceivable.amount,
        InvoicedReceivable.lines,
    )  # fmt: skip
    rows = select(*columns).where(InvoicedReceivable.invoice_id == invoice_id).order_by(InvoicedReceivable.id)
    claims, place = [], 0
    for row_id, key, booking_id, amount, lines in run(rows):
        claims.append(ClaimOnInvoice(row_id, key, booking_id, amount, range(place, place + lines)))
        place += lines
    return claims


def notes_of(invoice_id: int) -> tuple[InvoiceDocument, ...]:
    """The credit notes on an invoice, in the order in which they were issued."""
    query = select(Invoice.document).where(Invoice.corrects_id == invoice_id).order_by(Invoice.number)
    return tuple(from_kept(kept) for kept in run(query).scalars())


def credited_by_line(invoice: Settled, notes: Iterable[Settled]) -> Counter[int]:
    """What notes take back of each line, by its place, and of none in particular under NO_LINE; in minor units."""
    credited: Counter[int] = Counter()
    for note in notes:
        for line, place in zip(note.lines, places_on(invoice, note, credited), strict=True):
            credited[place] += line.charge.gross
    return credited


def places_on(invoice: Settled, note: Settled, credited: Mapping[int, int] | None = None) -> Sequence[int]:
    """The place of each line of a note on its invoice, NO_LINE for a part of all of it.

    A note for all of it has its very lines, in their order. Another that does not say of which line it is, is the first
    like it of which nothing is `credited`.
    """
    if note.lines == invoice.lines:
        return range(len(invoice.lines))
    places: list[int] = []
    for line in note.lines:
        place = line.charge.of_line
        if place is None:
            alike = (
                n
                for n, own in enumerate(invoice.lines)
                if own.charge == line.charge and n not in places and not (credited or {}).get(n)
            )
            place = next(alike, NO_LINE)
        places.append(place)
    return places
