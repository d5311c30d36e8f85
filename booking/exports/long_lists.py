"""A long list as a file, written by the worker in steps and kept for a day in the database: any machine may be asked.

A step that is done again after a crash writes the same part again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from tempfile import TemporaryFile

from flask_babel import force_locale

from booking.centre.facts import the_centre
from booking.centre.wording import LOCALES
from booking.exports import parts
from booking.exports.sources import BATCH, SOURCES
from booking.kernel.database import end_reading
from booking.outbox.long_work import Progress, Work, WorkState
from booking.sheets.files import BOM, FileManner, Format, csv_rows, write_xlsx
from booking.sheets.sheet import Cell, Column, Row, Sheet

KIND = "export."  # what the kinds of such work begin with; the list's name follows
KEPT = timedelta(days=1)


def write_part(work: Work) -> Progress:
    """One step: the next rows as a part of the file; after the last one an Excel file is made of the parts."""
    if work.cursor and not parts.is_there(work.id):
        return Progress(0, 0, work.total)  # begun by a version that wrote it elsewhere
    about, source = work.about, SOURCES[work.kind.removeprefix(KIND)]
    lang, form = str(about["lang"]), Format(about["format"])
    manner = FileManner(lang, the_centre().zone)
    with force_locale(LOCALES.get(lang, "en_GB")):
        columns, title = source.columns(), source.title()
        rows, after = source.batch(about["filters"], work.outcome.get("after"), BATCH, lang)
        end_reading()
        parts.put(work.id, work.cursor, _part(rows, columns, manner, form, is_first=work.cursor == 0))
        done = work.done + len(rows) if work.cursor else len(rows)
        if after is not None:
            return Progress(work.cursor + 1, done, max(done, work.total), {"after": after})
        if form is Format.XLSX:
            with TemporaryFile() as book:
                write_xlsx(Sheet(title, columns, _from_lines(parts.rows(work.id))), manner, book)
                book.seek(0)
                parts.put_file(work.id, book)
    return Progress(None, done, done, {"rows": done, "format": form.value})


def finished(work: Work, now: datetime) -> Iterator[bytes] | None:
    """The file that a piece of work has written, piece by piece; None while it is not there, or no longer."""
    if not work.kind.startswith(KIND) or work.state is not WorkState.DONE or work.ended_at is None:
        return None
    if now - work.ended_at >= KEPT or not parts.is_there(work.id):
        return None
    return parts.rows(work.id) if Format(work.about["format"]) is Format.CSV else parts.file(work.id)


def at_once(sheet: Sheet, manner: FileManner) -> bytes:
    """A short sheet as an Excel file."""
    with TemporaryFile() as book:
        write_xlsx(sheet, manner, book)
        book.seek(0)
        return book.read()


def _part(rows: list[Row], columns: Sequence[Column], manner: FileManner, form: Format, *, is_first: bool) -> bytes:
    if form is not Format.CSV:
        return _as_lines(rows)
    head = BOM.encode() + csv_rows([tuple(column.title for column in columns)], (), manner) if is_first else b""
    return head + csv_rows(rows, columns, manner)


def _as_lines(rows: list[Row]) -> bytes:
    return "".join(json.dumps([_packed(cell) for cell in row]) + "\n" for row in rows).encode()


def _packed(cell: Cell) -> object:
    return {"at": cell.isoformat()} if isinstance(cell, date) else cell


def _from_lines(written: Iterator[bytes]) -> Iterator[Row]:
    for part in written:
        for line in part.decode("utf-8").split("\n")[:-1]:
            yield [datetime.fromisoformat(load["at"]) if isinstance(load, dict) else load for load in json.loads(line)]
