"""The files of a closed month, by their form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from booking.books.exports.csv_file import write_csv
from booking.books.exports.gbat10 import write_gbat10
from booking.books.exports.poweroffice import write_poweroffice
from booking.books.exports.rows import ExportRow, rows_of
from booking.books.exports.xlsx_file import write_xlsx
from booking.sheets.files import MEDIA


class JournalForm(StrEnum):
    """The forms that there are."""

    CSV = "csv"
    XLSX = "xlsx"
    GBAT10 = "gbat10"
    POWEROFFICE = "poweroffice"


@dataclass(frozen=True, slots=True)
class JournalFile:
    """A file with its name and its kind as a browser wants it."""

    name: str
    media: str
    content: bytes


_WRITERS: dict[JournalForm, tuple[Callable[[Sequence[ExportRow]], bytes], str]] = {
    JournalForm.CSV: (write_csv, "csv"),
    JournalForm.XLSX: (write_xlsx, "xlsx"),
    JournalForm.GBAT10: (write_gbat10, "csv"),
    JournalForm.POWEROFFICE: (write_poweroffice, "csv"),
}


def journal_file(month: date, form: JournalForm, country: str) -> JournalFile:
    """A closed month in a form. Raises MonthOpen."""
    write, ending = _WRITERS[form]
    return JournalFile(f"journal-{month:%Y-%m}-{form}.{ending}", MEDIA[ending], write(rows_of(month, country)))
