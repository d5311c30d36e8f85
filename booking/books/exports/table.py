"""The journal as a table, for people and for whoever imports what they like: CSV and XLSX have the same rows."""

from __future__ import annotations

from booking.books.exports.rows import ExportRow
from booking.sheets.files import harmless

HEADINGS = (
    "voucher", "date", "type", "account", "vat_code", "vat_rate", "net", "vat", "gross", "text", "customer",
    "customer_name", "org_number", "document", "kid", "due", "dimension",
)  # fmt: skip
MONEY = frozenset({"net", "vat", "gross"})


def decimal(minor: int) -> str:
    """A sum in whole currency with two decimals and a point: -1250 is "-12.50"."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def cells_of(row: ExportRow) -> dict[str, str]:
    """A row by heading; texts that a spreadsheet would run are made harmless."""
    return {
        "voucher": str(row.voucher),
        "date": row.on.isoformat(),
        "type": row.kind.value,
        "account": row.account,
        "vat_code": row.vat_code,
        "vat_rate": decimal(row.vat_rate) if row.vat_rate else "",
        "net": decimal(row.net),
        "vat": decimal(row.vat),
        "gross": decimal(row.gross),
        "text": harmless(row.text),
        "customer": str(row.customer or ""),
        "customer_name": harmless(row.customer_name),
        "org_number": harmless(row.org_number),
        "document": row.document,
        "kid": row.kid,
        "due": row.due_on.isoformat() if row.due_on else "",
        "dimension": harmless(row.dimension),
    }
