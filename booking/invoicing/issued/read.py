"""The list of documents: a page at a time by number, the sums of all that it shows, and the list as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from booking.invoicing.document import DocumentKind
from booking.invoicing.frozen import from_kept
from booking.invoicing.issued.filters import InvoiceFilter
from booking.invoicing.models import Invoice
from booking.invoicing.queries import MOST_A_PAGE, IssuedFacts
from booking.kernel.database import db, run
from booking.kernel.looking import look_ends_at

MOST_LOOKED_AT = 5000  # as many as a centre issues in some years


@dataclass(frozen=True, slots=True)
class ListedSum:
    """What is listed comes to in one currency, in minor units: `invoiced` less `noted` by credit notes.

    `left` is what is still asked of the payers of these invoices.
    """

    currency: str
    documents: int
    invoiced: int
    noted: int
    left: int


@dataclass(frozen=True, slots=True)
class IssuedPage:
    """Some documents, the newest first, and the number that the next page begins below, where there may be more."""

    documents: Sequence[IssuedFacts]
    next_below: int | None


def read_issued(wanted: InvoiceFilter, most: int = MOST_A_PAGE) -> IssuedPage:
    """A page of the list, which looks through `MOST_LOOKED_AT` documents; two statements."""
    until = _look_ends_at(wanted)
    query = select(Invoice).where(*wanted.conditions(), Invoice.number >= (until or 0))
    rows = db.session.scalars(query.order_by(Invoice.number.desc()).limit(most + 1)).all()
    documents = [
        IssuedFacts(
            row.id, row.number, from_kept(row.document), row.paid, row.credited, frozenset(), row.corrects_id,
            row.written_off,
        )
        for row in rows[:most]
    ]  # fmt: skip
    return IssuedPage(documents, documents[-1].number if len(rows) > most else until)


def sums_of_issued(wanted: InvoiceFilter) -> list[ListedSum] | None:
    """Of all that the list shows, whatever page one is on; two statements.

    None where more than `MOST_LOOKED_AT` documents would have to be looked through.
    """
    if _look_ends_at(replace(wanted, below=None)) is not None:
        return None
    is_invoice = Invoice.kind == DocumentKind.INVOICE
    left = case(((Invoice.left > 0) & is_invoice, Invoice.left), else_=0)
    query = (
        select(
            Invoice.currency, func.count(), func.sum(case((is_invoice, Invoice.payable), else_=0)),
            func.sum(case((is_invoice, 0), else_=Invoice.payable)), func.sum(left),
        )
        .where(*replace(wanted, below=None).conditions())
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )  # fmt: skip
    return [ListedSum(currency, *map(int, sums)) for currency, *sums in run(query)]


def _look_ends_at(wanted: InvoiceFilter) -> int | None:
    numbers = select(Invoice.number).where(*wanted.by_index()).order_by(Invoice.number.desc())
    return look_ends_at(numbers, MOST_LOOKED_AT)


def more_issued_than(wanted: InvoiceFilter, most: int) -> bool:
    """Whether there are more than so many: a long list is written by the worker."""
    query = select(Invoice.id).where(*wanted.conditions()).order_by(Invoice.number).offset(most).limit(1)
    return db.session.scalar(query) is not None


@dataclass(frozen=True, slots=True)
class IssuedLine:
    """A document as a row of the file; sums in minor units."""

    number: int
    kept: Mapping[str, Any]
    kind: DocumentKind
    issued_on: date
    due_on: date
    kid: str
    currency: str
    payable: int
    paid: int
    credited: int
    written_off: int
    left: int


def lines_of_issued(wanted: InvoiceFilter, most: int) -> tuple[list[IssuedLine], int | None]:
    """Some rows of the file, and the number that the next begin below."""
    columns = (
        Invoice.number, Invoice.document, Invoice.kind, Invoice.issued_on, Invoice.due_on, Invoice.kid,
        Invoice.currency, Invoice.payable, Invoice.paid, Invoice.credited, Invoice.written_off, Invoice.left,
    )  # fmt: skip
    query = select(*columns).where(*wanted.conditions()).order_by(Invoice.number.desc()).limit(most + 1)
    lines = [IssuedLine(*row) for row in run(query)]
    return lines[:most], lines[most - 1].number if len(lines) > most else None
