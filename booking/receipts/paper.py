"""A receipt as paper: its frozen value in words, and what its buyer has added to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import pgettext

from booking.centre.wording import Wording
from booking.documents.looks import PaperLook
from booking.documents.paper import Printed
from booking.documents.pdf import printed
from booking.receipts.document import Receipt, ReceiptKind, ReceiptLine, ReceiptVat
from booking.receipts.ways import way_words

Named = tuple[str, str]


@dataclass(frozen=True, slots=True)
class AddedByBuyer:
    """What a buyer has added to a receipt, and on which day; it is the receipt's version of that number."""

    version: int
    company: str
    reference: str
    on: date


@dataclass(frozen=True, slots=True)
class ReceiptPaperLine:
    """A line, or what makes the lines come to the sum."""

    text: str
    when: str
    kind: str
    rate: str
    amount: str


@dataclass(frozen=True, slots=True)
class ReceiptPaperVat:
    """What is taxed at one rate."""

    rate: str
    net: str
    tax: str
    gross: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPaper(Printed):
    """All that a receipt says. `about` names the receipt that money back is on, `buyer` is what the buyer has added."""

    heading: str
    about: tuple[str, ...]
    sold_by: tuple[str, ...]
    buyer: tuple[str, ...]
    facts: tuple[Named, ...]
    sum: Named
    lines: tuple[ReceiptPaperLine, ...]
    ways: tuple[Named, ...]
    vat: tuple[ReceiptPaperVat, ...]
    notes: tuple[str, ...]


def receipt_pdf(receipt: Receipt, added: AddedByBuyer | None, look: PaperLook, write: Wording) -> bytes:
    """It as PDF/UA-1 with the house's logo and colours. Call with the receipt's language in force."""
    return printed("receipt.typ", receipt_paper(receipt, added, look, write), {})


def receipt_paper(receipt: Receipt, added: AddedByBuyer | None, look: PaperLook, write: Wording) -> ReceiptPaper:
    """It in words. Call with its language in force; `write` is that language's."""
    is_sale = receipt.kind is ReceiptKind.SALE
    heading = _("Receipt") if is_sale else _("Receipt for money back")
    return ReceiptPaper(
        lang=receipt.lang,
        title=f"{heading} {receipt.number}",
        heading=heading,
        centre=receipt.centre,
        seller=receipt.seller,
        sold_by=receipt.seller,
        reference=receipt.reference,
        code="",
        look=look,
        about=_about(receipt, write),
        buyer=_buyer(receipt, added, write),
        facts=tuple(_facts(receipt, added, write)),
        sum=(_("Paid") if is_sale else _("Paid back"), f"{write.amount(receipt.amount)} {receipt.currency}"),
        lines=(*(_line(line, write) for line in receipt.lines), *_rest(receipt, write)),
        ways=tuple((way_words(way.provider, way.till_receipt), write.amount(way.amount)) for way in receipt.ways),
        vat=tuple(_vat(share, write) for share in receipt.vat),
        notes=_notes(receipt),
        words={
            "seller": _("Seller"),
            "buyer": _("Added by the buyer"),
            "what": _("What"),
            "quantity": _("Quantity"),
            "rate": _("VAT"),
            "amount": _("Amount"),
            "ways": _("How it was paid") if is_sale else _("How it goes back"),
            "vat_heading": _("VAT included"),
            "vat_rate": _("Rate"),
            "net": _("Without VAT"),
            "gross": _("With VAT"),
        },
    )


def _about(receipt: Receipt, write: Wording) -> tuple[str, ...]:
    if not receipt.corrects or receipt.corrects_on is None:
        return ()
    return (
        _("For receipt %(number)s of %(date)s.", number=receipt.corrects, date=write.full_date(receipt.corrects_on)),
    )


def _buyer(receipt: Receipt, added: AddedByBuyer | None, write: Wording) -> tuple[str, ...]:
    company, reference = (added.company, added.reference) if added else (receipt.company, receipt.buyer_reference)
    day = _("Added on %(date)s", date=write.full_date(added.on)) if added else ""
    named = _("Reference: %(reference)s", reference=reference) if reference else ""
    return tuple(part for part in (company, named, day) if part)


def _facts(receipt: Receipt, added: AddedByBuyer | None, write: Wording) -> Iterator[Named]:
    """What it is known by."""
    yield _("Receipt number"), receipt.number
    if added:
        yield _("Version"), str(added.version)
    yield _("Date of sale") if receipt.kind is ReceiptKind.SALE else _("Date"), write.full_date(receipt.on)
    if receipt.first is not None:
        last = receipt.last or receipt.first
        is_one_day = last == receipt.first
        yield _("Visit"), write.full_date(last) if is_one_day else write.period(receipt.first, last)
    yield _("Booking"), receipt.reference


def _line(line: ReceiptLine, write: Wording) -> ReceiptPaperLine:
    minus = "\N{MINUS SIGN}" if line.number < 0 else ""
    kind = f"{minus}{abs(line.number)} × {line.kind}"
    return ReceiptPaperLine(line.title, line.when, kind, write.percent(line.vat_rate), write.amount(line.total))


def _rest(receipt: Receipt, write: Wording) -> Iterator[ReceiptPaperLine]:
    """What makes the lines come to the sum."""
    if not receipt.rest:
        return
    if receipt.kind is ReceiptKind.SALE:
        words = _rest_of_sale(receipt)
    elif receipt.rest < 0:
        words = _("Kept by our rules, or paid back on another receipt")
    else:
        words = _("Paid back") if not receipt.lines else _("Paid back besides")
    yield ReceiptPaperLine(words, "", "", "", write.amount(receipt.rest))


def _rest_of_sale(receipt: Receipt) -> str:
    if not receipt.stands:
        return str(_("Gift card"))  # the only thing that is sold without a line
    if receipt.rest < 0:
        return str(_("Paid otherwise, on another receipt"))
    return str(_("Rest of what is booked")) if not receipt.lines else str(_("Other changes of the booking"))


def _vat(share: ReceiptVat, write: Wording) -> ReceiptPaperVat:
    rate = write.percent(share.rate) if share.rate else str(pgettext("VAT", "none"))
    return ReceiptPaperVat(rate, write.amount(share.net), write.amount(share.tax), write.amount(share.gross))


def _notes(receipt: Receipt) -> tuple[str, ...]:
    what = (
        _("This receipt is for what was paid with the booking. It is not an invoice, and not a slip from a till.")
        if receipt.kind is ReceiptKind.SALE
        else _("This receipt is for money back on the booking. It is not a credit note, and not a slip from a till.")
    )
    return what, _("All sums are in %(currency)s; the lines are with VAT.", currency=receipt.currency)
