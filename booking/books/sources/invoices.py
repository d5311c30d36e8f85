"""Invoices and credit notes, each a voucher of its own, to the minor unit what the document says.

What was invoiced before the visit is no income yet: it is prepaid until its day has come, see delivered.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import String, cast, literal, select

from booking.books.journal import (
    INCOME,
    AccountRole,
    LineKey,
    SoldPart,
    Standing,
    VoucherKind,
    VoucherLine,
    reversed_lines,
    taxed,
)
from booking.books.models import JournalSource
from booking.books.sources.moment import PostingCut
from booking.centre.wording import LOCALES
from booking.invoicing.document import DocumentKind, InvoiceDocument, Settled
from booking.invoicing.frozen import from_kept
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.invoicing.parts.credited import NO_LINE, places_on
from booking.invoicing.receivables import ReceivableKind
from booking.kernel.database import run
from booking.kernel.money import spread

ROLES: dict[str, AccountRole] = {
    ReceivableKind.VISIT: AccountRole.PROGRAMME,
    ReceivableKind.FEE: AccountRole.FEE,
    ReceivableKind.COURSE: AccountRole.COURSE,
}
MOST_LINES = 1_000  # of an invoice from before each receivable knew how many it has: all


def documents(cut: PostingCut) -> list[Standing]:
    """Documents that are not in the journal yet, in the order of their numbers."""
    source = literal("invoice:").concat(cast(Invoice.id, String))
    query = (
        select(Invoice.id, Invoice.corrects_id, Invoice.kind, Invoice.issued_on, Invoice.document)
        .outerjoin(JournalSource, JournalSource.source == source)
        .where(Invoice.issued_on <= cut.last_day, JournalSource.source.is_(None))
        .order_by(Invoice.number)
        .limit(cut.most)
    )
    if cut.since is not None:
        query = query.where(Invoice.issued_on >= cut.since.date())
    rows = list(run(query))
    invoice_ids = sorted({corrects_id or invoice_id for invoice_id, corrects_id, *_rest in rows})
    on_invoices, ahead = lines_on(invoice_ids), _issued_ahead(invoice_ids)
    standings = []
    for invoice_id, corrects_id, kind, on, kept in rows:
        # A credit note is about what stood on its invoice.
        lines = lines_of(from_kept(kept), on_invoices[corrects_id or invoice_id], invoice_id)
        if (corrects_id or invoice_id) in ahead:
            lines = as_prepaid(lines)
        if kind is DocumentKind.INVOICE:
            voucher = VoucherKind.INVOICE
        else:
            voucher, lines = VoucherKind.CREDIT_NOTE, reversed_lines(lines)
        standings.append(Standing(f"invoice:{invoice_id}", "issued", voucher, on, on, lines, alone=True))
    return standings


@dataclass(frozen=True, slots=True)
class InvoicedLines:
    """The lines of an invoice, and what each is income of."""

    settled: Settled
    roles: tuple[AccountRole, ...] = ()

    def role(self, place: int) -> AccountRole:
        """What the line in this place is income of."""
        return self.roles[place] if place < len(self.roles) else AccountRole.PROGRAMME

    def charged(self, settled: Settled, by: tuple[str, int]) -> Counter[AccountRole]:
        """What a document about this invoice charges that is taxed so, by what it is income of, in minor units.

        What is of no line by name is of all that are taxed so, as they are to each other.
        """
        charged: Counter[AccountRole] = Counter()
        of_whole = 0
        for line, place in zip(settled.lines, places_on(self.settled, settled), strict=True):
            if line.charge.vat.by != by:
                continue
            if place == NO_LINE:
                of_whole += line.charge.gross
            else:
                charged[self.role(place)] += line.charge.gross
        if of_whole:
            whole: Counter[AccountRole] = Counter()
            for place, line in enumerate(self.settled.lines):
                if line.charge.vat.by == by:
                    whole[self.role(place)] += line.charge.gross
            charged.update(dict(zip(whole, spread(of_whole, list(whole.values())), strict=True)))
        return charged


def lines_of(document: InvoiceDocument, on_invoice: InvoicedLines, invoice_id: int) -> tuple[VoucherLine, ...]:
    """An invoice: owed and paid before in debit, income and VAT in credit. `on_invoice` is what it is or is about."""
    lines = [VoucherLine(LineKey(AccountRole.RECEIVABLE, invoice_id=invoice_id), document.payable)]
    if document.prepaid:
        lines.append(VoucherLine(LineKey(AccountRole.PREPAID, invoice_id=invoice_id), document.prepaid))
    for vat_sum in document.settled.sums:
        charged = on_invoice.charged(document.settled, vat_sum.vat.by)
        gross = vat_sum.net + vat_sum.tax  # less than was charged where something was taken off the whole
        parts = zip(charged, spread(gross, list(charged.values())), strict=True)
        sold = [SoldPart(role, vat_sum.vat.rate, part, invoice_id=invoice_id) for role, part in parts]
        lines += taxed(sold, vat_sum.tax)
    return tuple(line for line in lines if line.amount)


def as_prepaid(lines: Sequence[VoucherLine]) -> tuple[VoucherLine, ...]:
    """The same with what is sold as paid for in advance, by its rate: VAT is due at once, and is reckoned of that."""
    return tuple(
        replace(line, key=LineKey(AccountRole.PREPAID, line.key.vat_rate, invoice_id=line.key.invoice_id))
        if line.key.role in INCOME
        else line
        for line in lines
    )


def _issued_ahead(invoice_ids: Sequence[int]) -> frozenset[int]:
    """Which of these were issued before the visit that they are for."""
    query = select(InvoicedReceivable.invoice_id).where(
        InvoicedReceivable.invoice_id.in_(invoice_ids), InvoicedReceivable.planned_on.is_not(None)
    )
    return frozenset(run(query).scalars())


def lines_on(invoice_ids: Sequence[int]) -> dict[int, InvoicedLines]:
    """The lines of these invoices with what each is income of: each receivable has so many, in order."""
    claimed = (
        select(InvoicedReceivable.invoice_id, InvoicedReceivable.key, InvoicedReceivable.lines)
        .where(InvoicedReceivable.invoice_id.in_(invoice_ids))
        .order_by(InvoicedReceivable.id)
    )
    kinds: dict[int, list[AccountRole]] = {}
    for invoice_id, key, many in run(claimed):
        role = ROLES.get(key.partition(":")[0], AccountRole.PROGRAMME)
        kinds.setdefault(invoice_id, []).extend([role] * (many or MOST_LINES))
    on_invoices: dict[int, InvoicedLines] = {}
    for invoice_id, kept in run(select(Invoice.id, Invoice.document).where(Invoice.id.in_(invoice_ids))):
        document = from_kept(kept)
        beginnings = beginnings_in(document.lang)
        roles = (
            role_of(line.charge.text, beginnings) if role is AccountRole.PROGRAMME else role
            for line, role in zip(document.settled.lines, kinds.get(invoice_id, []), strict=False)
        )
        on_invoices[invoice_id] = InvoicedLines(document.settled, tuple(roles))
    return on_invoices


def role_of(text: str, beginnings: Mapping[str, AccountRole]) -> AccountRole:
    """What a line of a visit is income of. On an invoice of many visits it begins with the school's name."""
    for beginning, role in beginnings.items():
        if text.startswith(beginning) or f", {beginning}" in text:
            return role
    return AccountRole.PROGRAMME


def beginnings_in(lang: str) -> Mapping[str, AccountRole]:
    """What tells the lines of a show and of a lunch room, as sentences.py writes them."""
    with force_locale(LOCALES[lang]):
        return {
            str(_("Show: %(show)s, %(group)s", show="", group="")).partition(":")[0] + ":": AccountRole.ACTIVITY,
            str(_("Lunch room: %(group)s", group="")).strip(): AccountRole.LUNCH,
        }
