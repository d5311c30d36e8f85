"""The journal as CSV: semicolons, UTF-8 with a mark, a point before the decimals."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from booking.books.exports.rows import ExportRow
from booking.books.exports.table import HEADINGS, cells_of
from booking.sheets.files import BOM


def write_csv(rows: Sequence[ExportRow]) -> bytes:
    """The file."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for row in rows:
        cells = cells_of(row)
        writer.writerow([cells[name] for name in HEADINGS])
    return (BOM + out.getvalue()).encode()
