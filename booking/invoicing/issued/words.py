"""The words that a document is found by: its payer, numbers and references, letters folded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, false, insert, select

from booking.bookings.search_words import LONGEST, split
from booking.invoicing.models import Invoice, InvoiceWord
from booking.kernel.database import run

_LAST = "\U0010ffff"  # sorts after every letter


def words_of_document(kept: Mapping[str, Any], kid: str) -> list[str]:
    """Every word that a document is found by, as it is kept in the database."""
    payer, delivered = kept["billed_to"], kept["delivered"]
    about = (
        kept["number"], kid, payer["name"], payer["org_number"], delivered["name"], kept["reference"],
        kept["order_number"],
    )  # fmt: skip
    return sorted({word[:LONGEST] for text in about for word in split(str(text)) if len(word) > 1})


def write_words_of(invoice_id: int, kept: Mapping[str, Any], kid: str) -> None:
    """Let a document be found; inside the unit of work that issues it."""
    rows = [{"word": word, "invoice_id": invoice_id} for word in words_of_document(kept, kid)]
    run(insert(InvoiceWord), rows)


def found_by(typed: str) -> ColumnElement[bool]:
    """Documents of which every word that somebody typed begins a word; none where it has no word."""
    words = [word[:LONGEST] for word in split(typed)]
    condition: ColumnElement[bool] | None = None
    for word in words:
        begun = select(InvoiceWord.invoice_id).where(InvoiceWord.word >= word, InvoiceWord.word < word + _LAST)
        fits = Invoice.id.in_(begun)
        condition = fits if condition is None else condition & fits
    return false() if condition is None else condition
