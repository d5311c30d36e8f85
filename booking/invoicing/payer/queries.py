"""What the payer's page reads: documents of one payer, and what of them is open. Nothing of others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, select, tuple_

from booking.invoicing.document import DocumentKind
from booking.invoicing.files import file_of
from booking.invoicing.models import IS_OPEN, FileKind, Invoice, InvoicedReceivable, InvoicePayer
from booking.invoicing.queries import MOST_A_PAGE, NEWEST, IssuedFacts, issued_with_files
from booking.kernel.database import db, run
from booking.kernel.looking import MOST_LOOKED_AT, look_ends_at

MOST_OPEN = 100
NO_AGREEMENT = "0"  # the payer in the key of a visit that its school pays itself


class HowItStands(StrEnum):
    """What a payer is told of a document."""

    CREDIT = "credit"  # a credit note
    PAID = "paid"
    CREDITED = "credited"  # all of it
    WRITTEN_OFF = "written_off"  # nothing is asked any more, and some of it never came
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    OPEN = "open"


OWED = frozenset({HowItStands.OPEN, HowItStands.PART_PAID, HowItStands.OVERDUE})
_OVER = frozenset({HowItStands.PAID, HowItStands.CREDITED, HowItStands.WRITTEN_OFF})
# From where to where a document may go, in one step. A payment or a write-off that is taken back opens it again; what
# is paid can be credited still, and what is written off comes after all.
NEXT: dict[HowItStands, frozenset[HowItStands]] = {
    **dict.fromkeys((*OWED, *_OVER), OWED | _OVER),
    HowItStands.CREDIT: frozenset(),
}


@dataclass(frozen=True, slots=True)
class OpenSum:
    """What a payer has open in one currency, and what of it should have been paid; in minor units."""

    currency: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class SettledPage:
    """Settled documents, the newest first; `older_than`: the number that was looked at last, if there may be more."""

    documents: Sequence[IssuedFacts]
    older_than: int | None


def how_it_stands(facts: IssuedFacts, today: date) -> HowItStands:
    """Where a document stands, for whoever pays it."""
    document = facts.document
    return stands_by_sums(
        document.kind, document.due_on, today, document.payable,
        facts.paid, facts.credited, facts.written_off, facts.left,
    )  # fmt: skip


def stands_by_sums(
    kind: DocumentKind, due_on: date, today: date, payable: int, paid: int, credited: int, written_off: int, left: int
) -> HowItStands:
    """The same by its sums: what is credited in part stands by what is left. The database answers alike, see
    issued.filters.
    """
    if kind is DocumentKind.CREDIT_NOTE:
        return HowItStands.CREDIT
    if left <= 0 and written_off > 0:
        return HowItStands.WRITTEN_OFF
    if left <= 0:
        return HowItStands.CREDITED if credited and credited >= payable else HowItStands.PAID
    if due_on < today:
        return HowItStands.OVERDUE
    return HowItStands.PART_PAID if paid else HowItStands.OPEN


# By both, though the payer is the same: so only an index that begins with the payer gives this order. PostgreSQL makes
# one plan for all payers after some looks, and by the number alone it went through everybody's for one of few.
_NEWEST_FIRST = Invoice.payer_id.desc(), Invoice.number.desc()


def _between(payer_id: int, above: int, below: int) -> ColumnElement[bool]:
    """A payer's documents with numbers above and below these."""
    key = tuple_(Invoice.payer_id, Invoice.number)
    return (key > (payer_id, above)) & (key < (payer_id, below))


def issued_to(payer_id: int, below: int = NEWEST, most: int = MOST_A_PAGE) -> list[IssuedFacts]:
    """A payer's documents with numbers below this one, the newest first; two statements."""
    return issued_with_files(_between(payer_id, 0, below), most, in_order=_NEWEST_FIRST)


def open_to(payer_id: int, most: int = MOST_OPEN) -> list[IssuedFacts]:
    """A payer's invoices with something left, what was due first at the top; three statements."""
    first = select(Invoice.id).where(Invoice.payer_id == payer_id, IS_OPEN).order_by(Invoice.due_on, Invoice.number)
    open_ones = issued_with_files(Invoice.id.in_(run(first.limit(most)).scalars().all()), most)
    return sorted(open_ones, key=lambda facts: (facts.document.due_on, facts.number))


def settled_to(payer_id: int, below: int = NEWEST, most: int = MOST_A_PAGE) -> SettledPage:
    """A payer's credit notes and invoices with nothing left, of lower numbers, newest first; three statements."""
    older = select(Invoice.number).where(_between(payer_id, 0, below))
    until = look_ends_at(older.order_by(*_NEWEST_FIRST))
    nothing_left = (Invoice.kind == DocumentKind.CREDIT_NOTE) | (Invoice.left <= 0)
    looked_at = _between(payer_id, (until or 1) - 1, below)
    settled = issued_with_files(looked_at & nothing_left, most, in_order=_NEWEST_FIRST)
    return SettledPage(settled, settled[-1].number if len(settled) == most else until)


def open_of(payer_id: int, today: date) -> list[OpenSum] | None:
    """What a payer has open, by currency; None where that is more than `MOST_LOOKED_AT` invoices. One statement.

    Added up here: asked for a sum, SQLite goes through all that was ever issued to the payer.
    """
    query = select(Invoice.currency, Invoice.due_on, Invoice.left).where(Invoice.payer_id == payer_id, IS_OPEN)
    rows = run(query.order_by(Invoice.due_on, Invoice.number).limit(MOST_LOOKED_AT + 1)).all()
    if len(rows) > MOST_LOOKED_AT:
        return None
    sums: dict[str, tuple[int, int]] = {}
    for currency, due_on, left in rows:
        open_sum, overdue = sums.get(currency, (0, 0))
        sums[currency] = open_sum + left, overdue + (left if due_on < today else 0)
    return [OpenSum(currency, *both) for currency, both in sorted(sums.items())]


def file_to(payer_id: int, number: int, kind: FileKind) -> bytes | None:
    """A file of one of a payer's documents; None for any of somebody else's."""
    query = select(Invoice.id).where(Invoice.payer_id == payer_id, Invoice.number == number)
    invoice_id = db.session.scalar(query)
    return None if invoice_id is None else file_of(invoice_id, kind)


def payer_of(invoice_id: int) -> int | None:
    """Whose a document is."""
    return db.session.scalar(select(Invoice.payer_id).where(Invoice.id == invoice_id))


def mailbox_of(payer_id: int) -> str:
    """The mailbox that the centre has written of a payer; "" for none. Only there goes the link by itself.

    The address in a document may be a teacher's, who may not see all that a municipality owes.
    """
    return db.session.scalar(select(InvoicePayer.email).where(InvoicePayer.id == payer_id)) or ""


def contact_of(facts: IssuedFacts) -> str:
    """Whom to write to about a document: the payer's mailbox, else who booked, so long as nobody else pays; else "".

    As things stand now. A credit note is about what stands on the invoice that it takes back.
    """
    return contacts_of([facts])[facts.invoice_id]


def contacts_of(documents: Sequence[IssuedFacts]) -> dict[int, str]:
    """As `contact_of`, for each of these by its id; two statements."""
    ids = sorted(facts.invoice_id for facts in documents)
    query = select(Invoice.id, InvoicePayer.email).join(Invoice, Invoice.payer_id == InvoicePayer.id)
    mailboxes = {invoice_id: email for invoice_id, email in run(query.where(Invoice.id.in_(ids))) if email}
    about = {facts.invoice_id: facts.corrects_id or facts.invoice_id for facts in documents}
    own = _buyers_own({about[invoice_id] for invoice_id in ids if invoice_id not in mailboxes})
    return {
        facts.invoice_id: mailboxes.get(facts.invoice_id)
        or (facts.document.billed_to.email if about[facts.invoice_id] in own else "")
        for facts in documents
    }


def _buyers_own(invoice_ids: Collection[int]) -> set[int]:
    """Those on which all is owed by those who booked it, and nothing by an agreement."""
    query = select(InvoicedReceivable.invoice_id, InvoicedReceivable.key)
    own: dict[int, bool] = {}
    for invoice_id, key in run(query.where(InvoicedReceivable.invoice_id.in_(sorted(invoice_ids)))):
        kind, _booking, *payer = key.partition(InvoicedReceivable.CREDITED)[0].split(":")
        own[invoice_id] = own.get(invoice_id, True) and (kind != "visit" or payer[:1] == [NO_AGREEMENT])
    return {invoice_id for invoice_id, is_own in own.items() if is_own}


def last_issued_to(payer_id: int) -> IssuedFacts | None:
    """A payer's newest document: how the payer is called and written to."""
    return next(iter(issued_to(payer_id, most=1)), None)
