"""Sheets as files that a spreadsheet opens right and that do nothing by themselves, whoever wrote the names in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from booking.kernel import typed
from booking.sheets.sheet import Cell, Column, ColumnKind, Row, Sheet

BOM = "\ufeff"  # Excel takes a CSV file for Latin-1 without it
LONGEST_CELL = 32_000  # Excel's own limit is 32,767
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Where a decimal comma is written, Excel divides columns by semicolons.
_COMMA = frozenset({"nb", "nn", "lv"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")
# A file opened with another divider than it was written with: what follows one must be no formula either.
_LATER_FORMULA = re.compile(r"([;,|\"'])(?=\s*[=+\-@＝＋－＠])")
_FORMATS = {
    ColumnKind.MONEY: "#,##0.00",
    ColumnKind.PERCENT: "0.0%",
    ColumnKind.DAY: "yyyy-mm-dd",
    ColumnKind.MOMENT: "yyyy-mm-dd hh:mm",
}


class Format(StrEnum):
    """The files that there are."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class FileManner:
    """How a file is written: for readers of which language, on which wall clock."""

    lang: str
    zone: ZoneInfo

    @property
    def divider(self) -> str:
        """What stands between two columns of a CSV file."""
        return ";" if self.lang in _COMMA else ","


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before what could begin one (OWASP)."""
    clean = _LATER_FORMULA.sub(r"\1'", _one_line(text))[:LONGEST_CELL]
    return f"'{clean}" if _FORMULA.match(clean) else clean


def _one_line(text: str) -> str:
    """Without what ends a line, a cell or a program's patience, or is not seen: a formula could stand behind it."""
    return re.sub(r"[\t\r\n]+", " ", _CONTROL.sub("", typed.seen(text)))


def csv_chunks(sheet: Sheet, manner: FileManner) -> Iterator[bytes]:
    """A CSV file, piece by piece: byte order mark, headings, rows, sum."""
    yield BOM.encode() + csv_rows([tuple(column.title for column in sheet.columns)], (), manner)
    batch: list[Row] = []
    for row in sheet.rows:
        batch.append(row)
        if len(batch) == 500:
            yield csv_rows(batch, sheet.columns, manner)
            batch = []
    yield csv_rows([*batch, *([sheet.total] if sheet.total else [])], sheet.columns, manner)


def csv_rows(rows: Iterable[Row], columns: Iterable[Column], manner: FileManner) -> bytes:
    """Rows of a CSV file; without columns all cells are text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=manner.divider, lineterminator="\r\n")
    kinds = [column.kind for column in columns]
    for row in rows:
        writer.writerow(
            [_in_csv(cell, kinds[n] if n < len(kinds) else ColumnKind.TEXT, manner) for n, cell in enumerate(row)]
        )
    return out.getvalue().encode("utf-8")


def _in_csv(cell: Cell, kind: ColumnKind, manner: FileManner) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, datetime):
        return f"{cell.astimezone(manner.zone):%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if kind in (ColumnKind.MONEY, ColumnKind.PERCENT):
        written = f"{Decimal(cell).scaleb(-2):.2f}"
        return written.replace(".", ",") if manner.lang in _COMMA else written
    return str(cell)


def write_xlsx(sheet: Sheet, manner: FileManner, out: BinaryIO) -> None:
    """Write an Excel file row by row, never the whole of it in memory. Text cells are text, whatever they say."""
    from openpyxl import Workbook  # a fifth of a second to load, and few ask for it
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    page: Any = book.create_sheet(re.sub(r"[\[\]:*?/\\']", " ", sheet.title)[:31].strip() or "1")
    page.freeze_panes = "A2"
    for number, column in enumerate(sheet.columns):
        page.column_dimensions[chr(65 + number)].width = 18 if column.is_numeric else 24
    bold = Font(bold=True)

    def cell_of(value: Cell, kind: ColumnKind, strong: bool) -> Any:  # noqa: ANN401  (openpyxl has no types)
        cell = WriteOnlyCell(page, value=_in_xlsx(value, kind, manner))
        if isinstance(value, str) and cell.value is not None:
            cell.data_type = "s"  # else "=1+1" becomes a formula
            cell.quotePrefix = True  # and stays text when somebody edits the cell
        elif value is not None and kind in _FORMATS:
            cell.number_format = _FORMATS[kind]
        if strong:
            cell.font = bold
        return cell

    page.append([cell_of(column.title, ColumnKind.TEXT, True) for column in sheet.columns])
    kinds = [column.kind for column in sheet.columns]
    for row in sheet.rows:
        page.append([cell_of(value, kind, False) for value, kind in zip(row, kinds, strict=True)])
    if sheet.total:
        page.append([cell_of(value, kind, True) for value, kind in zip(sheet.total, kinds, strict=True)])
    book.save(out)


def _in_xlsx(value: Cell, kind: ColumnKind, manner: FileManner) -> object:
    if isinstance(value, str):
        return _one_line(value)[:LONGEST_CELL] or None
    if isinstance(value, datetime):
        return value.astimezone(manner.zone).replace(tzinfo=None)
    if isinstance(value, int):
        if kind is ColumnKind.MONEY:
            return Decimal(value).scaleb(-2)
        if kind is ColumnKind.PERCENT:
            return Decimal(value).scaleb(-4)
    return value
