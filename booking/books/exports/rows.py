"""What all files of a closed month are made from: the rows of its vouchers, with the numbers that it was closed with.

Nothing in it depends on when or by whom it is asked for, so the same month gives the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from booking.books.accounts import ChartOfAccounts
from booking.books.journal import AccountRole, VoucherKind
from booking.books.models import ClosedMonth, JournalEntry, Voucher
from booking.books.sources.moment import last_of
from booking.invoicing.models import Invoice
from booking.kernel.database import run
from booking.kernel.refusals import Refusal

NORWEGIAN = {
    VoucherKind.TAKINGS: "Betalt", VoucherKind.REFUND: "Betalt tilbake", VoucherKind.INCOME: "Dagens inntekt",
    VoucherKind.INVOICE: "Faktura", VoucherKind.CREDIT_NOTE: "Kreditnota", VoucherKind.BANK: "Innbetaling",
    VoucherKind.DISPUTE: "Tatt tilbake av bank", VoucherKind.PAYOUT: "Utbetaling",
    VoucherKind.WRITE_OFF: "Tap på krav",
}  # fmt: skip
LATVIAN = {
    VoucherKind.TAKINGS: "Samaksāts", VoucherKind.REFUND: "Atmaksāts", VoucherKind.INCOME: "Dienas ieņēmumi",
    VoucherKind.INVOICE: "Rēķins", VoucherKind.CREDIT_NOTE: "Kredītrēķins", VoucherKind.BANK: "Iemaksa",
    VoucherKind.DISPUTE: "Atprasījusi banka", VoucherKind.PAYOUT: "Izmaksa",
    VoucherKind.WRITE_OFF: "Norakstīts parāds",
}  # fmt: skip


class MonthOpen(Refusal):
    """Files are made of months that are closed."""


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A row: `net` in minor units, debit above nought; `vat` goes with income, and has a row of its own.

    `customer` is 0 where nobody in particular owes or pays.
    """

    voucher: int
    on: date
    kind: VoucherKind
    role: AccountRole
    account: str
    vat_code: str
    vat_rate: int
    net: int
    vat: int
    text: str
    dimension: str
    customer: int = 0
    customer_name: str = ""
    org_number: str = ""
    document: str = ""
    kid: str = ""
    due_on: date | None = None

    @property
    def gross(self) -> int:
        """With VAT; nought on the row of VAT, so that both columns come to nought."""
        return 0 if self.role is AccountRole.VAT else self.net + self.vat


@dataclass(frozen=True, slots=True)
class _About:
    customer: int
    name: str
    org_number: str
    document: str
    kid: str
    due_on: date


def rows_of(month: date, country: str) -> list[ExportRow]:
    """The rows of a closed month, by voucher. Raises MonthOpen."""
    kept = run(select(ClosedMonth.accounts).where(ClosedMonth.month == month)).scalar()
    if kept is None:
        raise MonthOpen
    chart, words = ChartOfAccounts(**kept), LATVIAN if country == "LV" else NORWEGIAN
    query = (
        select(
            Voucher.number, Voucher.on_day, Voucher.kind, Voucher.channel, JournalEntry.role, JournalEntry.vat_rate,
            JournalEntry.activity_id, JournalEntry.invoice_id, func.sum(JournalEntry.amount),
            func.sum(JournalEntry.vat), func.min(JournalEntry.id),
        )
        .join(JournalEntry, JournalEntry.voucher_number == Voucher.number)
        .where(Voucher.on_day.between(month, last_of(month)))
        .group_by(
            Voucher.number, Voucher.on_day, Voucher.kind, Voucher.channel, JournalEntry.role, JournalEntry.vat_rate,
            JournalEntry.activity_id, JournalEntry.invoice_id,
        )
        .order_by(Voucher.number, func.min(JournalEntry.id))
    )  # fmt: skip
    entries = [row for row in run(query) if row[8] or row[9]]
    invoices = _invoices(month)
    rows = []
    for number, on, kind, channel, role, rate, activity_id, invoice_id, amount, vat, _id in entries:
        about = invoices.get(invoice_id)
        text = f"{words[kind]} {about.document if about else channel}".strip()
        row = ExportRow(
            number, on, kind, role, chart.account_of(role, rate), chart.code_of(role, rate), rate, int(amount),
            int(vat), text, chart.dimension_of(activity_id),
        )  # fmt: skip
        rows.append(row if about is None else _with(row, about))
    return rows


def _with(row: ExportRow, about: _About) -> ExportRow:
    values = {name: getattr(row, name) for name in ExportRow.__dataclass_fields__}
    values |= {"document": about.document, "org_number": about.org_number}
    if row.role is AccountRole.RECEIVABLE:
        values |= {"customer": about.customer, "customer_name": about.name, "kid": about.kid, "due_on": about.due_on}
    return ExportRow(**values)


def _invoices(month: date) -> Mapping[int, _About]:
    """The documents that a month's vouchers are about, by id; one that is forgotten is not among them."""
    used = (
        select(JournalEntry.invoice_id)
        .join(Voucher, Voucher.number == JournalEntry.voucher_number)
        .where(Voucher.on_day.between(month, last_of(month)), JournalEntry.invoice_id > 0)
        .distinct()
    )
    query = select(Invoice.id, Invoice.payer_id, Invoice.number, Invoice.kid, Invoice.due_on, Invoice.document)
    return {
        invoice_id: _About(
            payer_id, document["billed_to"]["name"], document["billed_to"]["org_number"], str(number), kid, due_on
        )
        for invoice_id, payer_id, number, kid, due_on, document in run(query.where(Invoice.id.in_(used)))
    }
