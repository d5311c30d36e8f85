"""GBAT10, which Tripletex, PowerOffice, Visma and 24SevenOffice read: a line a row, semicolons, thirty columns.

Net (9) and gross (28) both come to nought, voucher by voucher. Rows of VAT say F (27): a system that makes the VAT
itself by the codes leaves them out and takes the gross; one that takes ours takes the net of all rows. (help of Mamut
and Tripletex, read November 2026.) On a day's voucher only the latter is right to the øre: VAT is rounded booking by
booking. Numbers of kinds are the reader's to map; ours are in the order of the kinds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from booking.books.exports.rows import ExportRow
from booking.books.exports.table import decimal
from booking.books.journal import AccountRole, VoucherKind
from booking.sheets.files import harmless

COLUMNS = 30
TYPES = {kind: number for number, kind in enumerate(VoucherKind, 10)}
_BREAKS = re.compile(r'[;"\r\n\t]+')


def write_gbat10(rows: Sequence[ExportRow]) -> bytes:
    """The file, in UTF-8."""
    return "".join(f"{';'.join(_columns(row))}\r\n" for row in rows).encode()


def _columns(row: ExportRow) -> list[str]:
    columns = {
        1: "GBAT10", 2: str(row.voucher), 3: f"{row.on:%Y%m%d}", 4: str(TYPES[row.kind]), 5: str(row.on.month),
        6: str(row.on.year), 7: row.account, 8: row.vat_code or "0", 9: decimal(row.net),
        10: str(row.customer or ""), 12: _text(row.customer_name, 30), 16: row.document, 17: row.kid,
        18: f"{row.due_on:%Y%m%d}" if row.due_on else "", 21: _text(row.text, 100), 22: _text(row.text, 100),
        25: row.dimension, 27: "F" if row.role is AccountRole.VAT else "T", 28: decimal(row.gross),
    }  # fmt: skip
    return [columns.get(number, "") for number in range(1, COLUMNS + 1)]


def _text(text: str, most: int) -> str:
    return _BREAKS.sub(" ", harmless(text))[:most]
