"""Receipts as rows of a file: one for each VAT rate of each, so that a spreadsheet adds up what it likes."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext

from booking.centre.wording import Wording
from booking.receipts.queries import ReceiptListed
from booking.receipts.ways import ways_words
from booking.sheets.sheet import Column, ColumnKind, Row


def columns() -> list[Column]:
    """What stands in them."""
    return [
        Column(_("Receipt")), Column(_("Day"), ColumnKind.DAY), Column(pgettext("receipt", "Kind")),
        Column(_("Booking")), Column(_("Way to pay")), Column(_("Currency")),
        Column(_("VAT rate"), ColumnKind.PERCENT), Column(_("Without VAT"), ColumnKind.MONEY),
        Column(_("VAT"), ColumnKind.MONEY), Column(_("With VAT"), ColumnKind.MONEY),
    ]  # fmt: skip


def as_rows(receipt: ReceiptListed, write: Wording) -> list[Row]:
    """A receipt; money back is below nought."""
    kind = _("Paid") if receipt.amount > 0 else _("Paid back")
    ways = ways_words(receipt.ways, receipt.currency, write)
    return [
        (
            receipt.number, receipt.on, kind, receipt.reference, ways, receipt.currency,
            rate, gross - tax, tax, gross,
        )
        for rate, gross, tax in receipt.vat
    ]  # fmt: skip
