"""An invoice or credit note as one frozen value: what its paper, its XML and the journal are all made of. Pure.

Sums are in minor units of the document's currency, VAT rates in hundredths of a percent. A credit note's sums are
positive too: the kind says which way the money goes (EN 16931; a negative credit note is no error and credits nothing).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import groupby

from booking.kernel.money import spread, vat_in


class DocumentKind(StrEnum):
    """Which way the money goes."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class VatCategory(StrEnum):
    """How what is sold is taxed, by the letters of UNCL 5305 that EN 16931 takes."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class VatTreatment:
    """The rate, its category and, where nothing is taxed, why (in the document's language).

    `code` is the standard code of the books (SAF-T), which no document shows. Raises ValueError where rate, category
    and reason do not go together: the payer's system would refuse it (BR-S-05, BR-E-05, BR-E-10).
    """

    rate: int
    category: VatCategory
    code: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.rate > 0) is not (self.category is VatCategory.STANDARD):
            raise ValueError(f"category {self.category} does not go with {self.rate / 100} %")
        if self.category in (VatCategory.EXEMPT, VatCategory.OUTSIDE) and not self.reason:
            raise ValueError(f"category {self.category} wants a reason")

    @property
    def by(self) -> tuple[str, int]:
        """What sums of VAT are kept apart by."""
        return self.category.value, self.rate


@dataclass(frozen=True, slots=True)
class PeppolId:
    """An electronic address: scheme 0192 is Norway's register of units, 0218 Latvia's, 9939 a Latvian VAT number."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where somebody is; `country` is ISO 3166-1 alpha-2."""

    street: str
    postcode: str
    town: str
    country: str


@dataclass(frozen=True, slots=True)
class Seller:
    """The centre as it was when the document was issued.

    `vat_number` as the tax scheme writes it ("987654321MVA", "LV40003000000"; empty: not registered), `registered_in`
    what the law wants said besides (Foretaksregisteret), `account` an IBAN.
    """

    name: str
    org_number: str
    vat_number: str
    registered_in: str
    address: PostalAddress
    endpoint: PeppolId
    account: str
    bic: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class BilledTo:
    """The legal entity that pays, as it was; `endpoint` None: it gets paper, and no electronic document."""

    name: str
    org_number: str
    address: PostalAddress
    endpoint: PeppolId | None
    email: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """To whom and when: the school of a municipality that pays, not the one that pays.

    `until`: the last day, where there are several; `name` "" where each line says to whom.
    """

    name: str
    on: date
    address: PostalAddress | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """Something to invoice: its whole price with VAT for `quantity` of it. A free companion is one at 0.

    `of_line`, on a credit note: the place, from 0, of the invoice's line that it takes back, or a part of.
    """

    text: str
    quantity: int
    gross: int
    vat: VatTreatment
    delivered_on: date | None = None
    of_line: int | None = None

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.gross < 0:
            raise ValueError("a charge is for one at least and not below nought; what is less is a discount")


@dataclass(frozen=True, slots=True)
class Discount:
    """Something off the whole, VAT included, with the reason that EN 16931 wants (BR-33)."""

    reason: str
    gross: int
    vat: VatTreatment

    def __post_init__(self) -> None:
        if self.gross <= 0 or not self.reason:
            raise ValueError("a discount is above nought and has a reason")


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A charge with its part of the net: `unit_price` times `quantity` meets `net` (PEPPOL-EN16931-R120)."""

    charge: Charge
    net: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class DocumentDiscount:
    """A discount with its net."""

    discount: Discount
    net: int


@dataclass(frozen=True, slots=True)
class VatSum:
    """What one category and rate carries of the document."""

    vat: VatTreatment
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What charges and discounts come to: lines and discounts with their nets, and a sum for each way of taxing."""

    lines: tuple[DocumentLine, ...]
    discounts: tuple[DocumentDiscount, ...]
    sums: tuple[VatSum, ...]

    @property
    def net(self) -> int:
        """All without VAT."""
        return sum(vat_sum.net for vat_sum in self.sums)

    @property
    def tax(self) -> int:
        """All VAT."""
        return sum(vat_sum.tax for vat_sum in self.sums)

    @property
    def gross(self) -> int:
        """All with VAT: to the minor unit what charges less discounts were."""
        return self.net + self.tax

    def reason_of(self, vat: VatTreatment) -> str:
        """Why nothing is taxed of what is taxed so; each reason once, when several come to one sum."""
        treatments = (line.charge.vat for line in self.lines)
        return "; ".join(
            dict.fromkeys(treatment.reason for treatment in treatments if treatment.by == vat.by and treatment.reason)
        )


@dataclass(frozen=True, slots=True)
class Corrected:
    """The document that a credit note is about."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """Everything that a document says, as it was when it was issued.

    `reference` is the buyer's own code and nothing else, `order_number` empty unless there is an order; `kid` the
    payment reference (a KID, or an RF reference where banks know no KID), text: leading noughts count. `prepaid` was
    paid before. `corrects` stands on credit notes, and so does `reason`; on an invoice it says that it is in advance.
    """

    kind: DocumentKind
    number: str
    issued_on: date
    due_on: date
    currency: str
    lang: str
    seller: Seller
    billed_to: BilledTo
    delivered: Delivered
    reference: str
    order_number: str
    kid: str
    settled: Settled
    prepaid: int = 0
    corrects: tuple[Corrected, ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        if self.due_on < self.issued_on:
            raise ValueError("due before it is issued")
        if not 0 <= self.prepaid <= self.settled.gross:
            raise ValueError("paid before: something between nought and the whole")

    @property
    def payable(self) -> int:
        """What is left to pay, or on a credit note what is given."""
        return self.settled.gross - self.prepaid


class TooMuchOff(ValueError):
    """More is taken off one way of taxing than is charged in it."""


def settle(
    charges: Sequence[Charge], discounts: Sequence[Discount] = (), before: Mapping[tuple[str, int], int] | None = None
) -> Settled:
    """Split gross sums into net and VAT, so that the whole stays what it was.

    VAT is what is in the gross sum of a category, rounded once; nets of lines by largest remainder within it. To round
    line by line misses the category, and to take the net times the rate misses the gross. `before` is what gross was
    settled before of the same whole, by `VatTreatment.by`: parts add up to what the whole has. Raises TooMuchOff.
    """
    settled_before = before or {}
    parts: list[Charge | Discount] = [*charges, *discounts]
    nets: dict[int, int] = {}
    sums = []
    by_vat = sorted(enumerate(parts), key=lambda numbered: (numbered[1].vat.by, numbered[0]))
    for by, group in groupby(by_vat, key=lambda numbered: numbered[1].vat.by):
        numbered_parts = list(group)
        charged = _gross(part for _n, part in numbered_parts if isinstance(part, Charge))
        off = _gross(part for _n, part in numbered_parts if isinstance(part, Discount))
        if off > charged:
            raise TooMuchOff
        vat = numbered_parts[0][1].vat
        earlier = settled_before.get(by, 0)
        tax = vat_in(earlier + charged - off, vat.rate) - vat_in(earlier, vat.rate)
        tax_off = vat_in(off, vat.rate)
        nets |= _nets(numbered_parts, Charge, charged - tax - tax_off)
        nets |= _nets(numbered_parts, Discount, off - tax_off)
        sums.append(VatSum(vat, charged - off - tax, tax))
    return Settled(
        tuple(DocumentLine(charge, nets[n], _unit_price(nets[n], charge.quantity)) for n, charge in enumerate(charges)),
        tuple(DocumentDiscount(discount, nets[len(charges) + n]) for n, discount in enumerate(discounts)),
        tuple(sums),
    )


def credited(document: InvoiceDocument, settled: Settled, number: str, on: date, reason: str) -> InvoiceDocument:
    """The credit note that takes `settled` of a document back; nothing of it is paid before."""
    return replace(
        document,
        kind=DocumentKind.CREDIT_NOTE,
        number=number,
        issued_on=on,
        due_on=on,
        settled=settled,
        prepaid=0,
        corrects=(Corrected(document.number, document.issued_on),),
        reason=reason,
    )


def _gross(parts: Iterable[Charge | Discount]) -> int:
    return sum(part.gross for part in parts)


def _nets(
    numbered_parts: Sequence[tuple[int, Charge | Discount]], kind: type[Charge] | type[Discount], net: int
) -> dict[int, int]:
    """The net of each part of that kind, by its place."""
    of_kind = [(n, part.gross) for n, part in numbered_parts if isinstance(part, kind)]
    return dict(zip((n for n, _gross in of_kind), spread(net, [gross for _n, gross in of_kind]), strict=True))


def _unit_price(net: int, quantity: int) -> Decimal:
    """In whole currency, with as many decimals as it takes to come back to the net within half a minor unit."""
    whole = Decimal(net) / 100
    places = 2
    while True:
        price = (whole / quantity).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if (price * quantity).quantize(Decimal("0.01"), ROUND_HALF_UP) == whole:
            return price
        places += 1
