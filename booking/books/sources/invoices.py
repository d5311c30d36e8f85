"""Invoices and credit notes, each a voucher of its own, to the minor unit what the document says.

What was invoiced before the visit is no income yet: it is prepaid until its day has come, see delivered.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

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
from booking.invoicing.document import DocumentKind, InvoiceDocument
from booking.invoicing.frozen import from_kept
from booking.invoicing.models import Invoice, InvoicedReceivable
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
    roles, ahead = roles_of_lines(invoice_ids), _issued_ahead(invoice_ids)
    standings = []
    for invoice_id, corrects_id, kind, on, kept in rows:
        # A credit note is about what stood on its invoice.
        lines = lines_of(from_kept(kept), roles.get(corrects_id or invoice_id, {}), invoice_id)
        if (corrects_id or invoice_id) in ahead:
            lines = as_prepaid(lines)
        if kind is DocumentKind.INVOICE:
            voucher = VoucherKind.INVOICE
        else:
            voucher, lines = VoucherKind.CREDIT_NOTE, reversed_lines(lines)
        standings.append(Standing(f"invoice:{invoice_id}", "issued", voucher, on, on, lines, alone=True))
    return standings


def lines_of(document: InvoiceDocument, roles: Mapping[str, AccountRole], invoice_id: int) -> tuple[VoucherLine, ...]:
    """An invoice: owed and paid before in debit, income and VAT in credit. `roles` by the text of a line."""
    lines = [VoucherLine(LineKey(AccountRole.RECEIVABLE, invoice_id=invoice_id), document.payable)]
    if document.prepaid:
        lines.append(VoucherLine(LineKey(AccountRole.PREPAID, invoice_id=invoice_id), document.prepaid))
    otherwise = next(iter(roles.values()), AccountRole.PROGRAMME)  # of a credit note for a sum
    for vat_sum in document.settled.sums:
        charged: dict[AccountRole, int] = {}
        for line in document.settled.lines:
            if line.charge.vat.by == vat_sum.vat.by:
                role = roles.get(line.charge.text, otherwise)
                charged[role] = charged.get(role, 0) + line.charge.gross
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


def roles_of_lines(invoice_ids: Sequence[int]) -> dict[int, dict[str, AccountRole]]:
    """What each line of these invoices is income of, by its text: each receivable has so many lines, in order."""
    claimed = (
        select(InvoicedReceivable.invoice_id, InvoicedReceivable.key, InvoicedReceivable.lines)
        .where(InvoicedReceivable.invoice_id.in_(invoice_ids))
        .order_by(InvoicedReceivable.id)
    )
    kinds: dict[int, list[AccountRole]] = {}
    for invoice_id, key, many in run(claimed):
        role = ROLES.get(key.partition(":")[0], AccountRole.PROGRAMME)
        kinds.setdefault(invoice_id, []).extend([role] * (many or MOST_LINES))
    roles: dict[int, dict[str, AccountRole]] = {}
    for invoice_id, kept in run(select(Invoice.id, Invoice.document).where(Invoice.id.in_(list(kinds)))):
        document = from_kept(kept)
        lunch = _lunch(document.lang)
        roles[invoice_id] = {
            line.charge.text: AccountRole.LUNCH
            if role is AccountRole.PROGRAMME and line.charge.text.startswith(lunch)
            else role
            for line, role in zip(document.settled.lines, kinds[invoice_id], strict=False)
        }
    return roles


def _lunch(lang: str) -> str:
    """What the line of a lunch room begins with, as sentences.py writes it."""
    with force_locale(LOCALES[lang]):
        return str(_("Lunch room: %(group)s", group="")).strip()
