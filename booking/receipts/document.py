"""A receipt as one frozen value: all that its paper says, in words of its language where it says words. Pure.

It is written once and never made again from what it was made of: prices, names and rules may be others by then. Sums
are in minor units and positive, of money back too: the kind says which way the money went.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from booking.kernel.money import spread, vat_in

GrossAndTax = tuple[int, int]


class ReceiptKind(StrEnum):
    """Which way the money went."""

    SALE = "sale"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """So many of one kind of ticket at one time and price; below nought what was given up for what is above it.

    `number` is what the reader sees of it: the heads of a class, which has one ticket for all. `campaigns` are those
    that lowered its price, which `kind` names.
    """

    slot_id: int
    ticket_type_id: int
    unit_price: int
    vat_rate: int
    quantity: int
    number: int
    title: str
    when: str
    kind: str
    campaigns: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        """What they cost."""
        return self.quantity * self.unit_price

    @property
    def same(self) -> tuple[int, ...]:
        """What makes two lines the same, but for how many they are and for words, which may be others by then."""
        each = self.number // self.quantity if self.quantity else 0
        return self.slot_id, self.ticket_type_id, self.unit_price, self.vat_rate, each, *self.campaigns


@dataclass(frozen=True, slots=True)
class ReceiptVat:
    """What is taxed at one rate, in hundredths of a percent."""

    rate: int
    gross: int
    tax: int

    @property
    def net(self) -> int:
        """Without the VAT."""
        return self.gross - self.tax


@dataclass(frozen=True, slots=True)
class ReceiptWay:
    """How it was paid, or went back: the payment's provider, and the number of the till's own receipt if there is."""

    provider: str
    amount: int
    till_receipt: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that a receipt says, as it was when it was given.

    `lines` and `rest` come to `amount`: the rest is what was kept by rule, or paid back besides. `stands` is what the
    booking was from then on, which the next receipt begins with. `first` and `last` are days of the visit. Of money
    back `corrects` names the receipt of the payment, with what its buyer had added to it by then.
    """

    kind: ReceiptKind
    number: str
    on: date
    lang: str
    currency: str
    amount: int
    reference: str
    centre: str
    seller: tuple[str, ...]
    lines: tuple[ReceiptLine, ...]
    rest: int
    vat: tuple[ReceiptVat, ...]
    ways: tuple[ReceiptWay, ...]
    stands: tuple[ReceiptLine, ...]
    first: date | None = None
    last: date | None = None
    corrects: str = ""
    corrects_on: date | None = None
    company: str = ""
    buyer_reference: str = ""

    def __post_init__(self) -> None:
        if sum(line.total for line in self.lines) + self.rest != self.amount:
            raise ValueError("lines that do not come to the amount")
        if sum(way.amount for way in self.ways) != self.amount:
            raise ValueError("paid otherwise than the amount")
        if sum(share.gross for share in self.vat) != self.amount:
            raise ValueError("taxed otherwise than the amount")


def changed(before: Iterable[ReceiptLine], after: Iterable[ReceiptLine], *, back: bool) -> tuple[ReceiptLine, ...]:
    """What a payment bought of what is `after`, or, `back`, what was given up for it, what is more first."""
    sign = -1 if back else 1
    numbers: dict[tuple[int, ...], GrossAndTax] = defaultdict(lambda: (0, 0))
    lines: dict[tuple[int, ...], ReceiptLine] = {}
    for side, of_side in ((-sign, before), (sign, after)):
        for line in of_side:
            lines[line.same] = line
            quantity, number = numbers[line.same]
            numbers[line.same] = quantity + side * line.quantity, number + side * line.number
    moved = [
        replace(line, quantity=quantity, number=number)
        for same, line in lines.items()
        for quantity, number in (numbers[same],)
        if quantity
    ]
    return tuple(sorted(moved, key=lambda line: line.quantity < 0))


def taxed(kept: int, lines: Sequence[ReceiptLine], earlier: Mapping[int, GrossAndTax]) -> tuple[ReceiptVat, ...]:
    """The VAT of a receipt: what is in all that is `kept` of a booking from now on, less what `earlier` ones said.

    What is kept is spread over the booking's lines as in its journal (books/sources/sales.py), by largest remainder,
    and VAT is what is in the gross of a rate, rounded once: so all receipts of a booking come to the øre of that.
    """
    gross: dict[int, int] = defaultdict(int)
    totals = [line.total for line in lines]
    if sum(totals):
        for line, part in zip(lines, spread(kept, totals), strict=True):
            gross[line.vat_rate] += part
    else:
        gross[0] = kept
    shares = []
    for rate in sorted({*gross, *earlier}):
        gross_before, tax_before = earlier.get(rate, (0, 0))
        share = ReceiptVat(rate, gross[rate] - gross_before, vat_in(gross[rate], rate) - tax_before)
        if share.gross or share.tax:
            shares.append(share)
    return tuple(shares)


def turned(shares: Iterable[ReceiptVat]) -> tuple[ReceiptVat, ...]:
    """The same as money back says it."""
    return tuple(ReceiptVat(share.rate, -share.gross, -share.tax) for share in shares)
