"""PowerOffice Go's own form for vouchers: [Vouchers] in the first cell, then headings, then rows; semicolons.

PowerOffice makes the VAT of a row by its code, so amounts are gross and there are no rows of VAT. An invoice has one
row on the customers' ledger, as it wants. (Its help, read November 2026; the names of the columns are as we know them,
and the file of an installation may want others: an accountant tries one month first.)
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from booking.books.exports.rows import ExportRow
from booking.books.exports.table import decimal
from booking.books.journal import AccountRole, VoucherKind
from booking.sheets.files import BOM, harmless

HEADINGS = (
    "VoucherNo", "DocumentDate", "PostingDate", "VoucherType", "Account", "VatCode", "Amount", "CustomerNo",
    "CustomerName", "OrganizationNo", "InvoiceNo", "CID", "DueDate", "Description", "Department",
)  # fmt: skip
OUTGOING_INVOICE, OTHER = "2", "5"
TYPES = {VoucherKind.INVOICE: OUTGOING_INVOICE, VoucherKind.CREDIT_NOTE: OUTGOING_INVOICE}


def write_poweroffice(rows: Sequence[ExportRow]) -> bytes:
    """The file."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["[Vouchers]", *[""] * (len(HEADINGS) - 1)])
    writer.writerow(HEADINGS)
    for row in rows:
        if row.role is not AccountRole.VAT:
            writer.writerow(_cells(row))
    return (BOM + out.getvalue()).encode()


def _cells(row: ExportRow) -> list[str]:
    return [
        str(row.voucher), row.on.isoformat(), row.on.isoformat(), TYPES.get(row.kind, OTHER), row.account,
        row.vat_code or "0", decimal(row.gross), str(row.customer or ""), harmless(row.customer_name),
        harmless(row.org_number), row.document, row.kid, row.due_on.isoformat() if row.due_on else "",
        harmless(row.text), harmless(row.dimension),
    ]  # fmt: skip
