"""Tables that people bring: CSV as Excel and others write it, or the first sheet of an XLSX."""

from __future__ import annotations

import csv
import io
import zipfile
from contextlib import closing
from datetime import datetime, time, timedelta

LARGEST = 5_000_000  # bytes of one part of a workbook, unpacked
LARGEST_WHOLE = 20_000_000
MOST_ROWS = 2000
FURTHEST_ROW = 2 * MOST_ROWS  # empty lines may stand between
MOST_COLUMNS = 200


class Unreadable(Exception):
    """The file is no table that we can read."""


class TooLong(Exception):
    """More rows than MOST_ROWS."""


def read(content: bytes) -> list[list[str]]:
    """Every row as texts, the first one included. Raises Unreadable, TooLong."""
    rows = _workbook(content) if content.startswith(b"PK") else _csv(content)
    if len(rows) > MOST_ROWS + 1:
        raise TooLong
    return rows


def _csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # what Excel in the north writes without being asked
    if "\x00" in text:
        raise Unreadable
    first = text.split("\n", 1)[0]
    mark = max(";,\t", key=first.count)
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]
    except csv.Error:
        raise Unreadable from None


def _workbook(content: bytes) -> list[list[str]]:
    """The first sheet. A day is written as 2027-01-05, a time of day as 10:30, whatever the cell's own format says."""
    from openpyxl import load_workbook  # a fifth of a second and twenty megabytes, for the few who bring a workbook

    try:
        with closing(load_workbook(_harmless(content), read_only=True, data_only=True)) as book:
            sheet = book.worksheets[0]
            # What the sheet says of its own size is not asked: a line would be as long as it likes.
            found = sheet.iter_rows(max_row=FURTHEST_ROW, max_col=MOST_COLUMNS + 1, values_only=True)
            rows = [[_text(value).strip() for value in row] for row in found]
    except Exception:  # what a broken workbook lets the library raise is anybody's guess
        raise Unreadable from None
    while rows and not any(rows[-1]):
        rows.pop()
    if any(row[MOST_COLUMNS:] and row[MOST_COLUMNS] for row in rows):
        raise Unreadable
    width = max((n + 1 for row in rows for n, cell in enumerate(row) if cell), default=0)
    return [row[:width] for row in rows]


def _harmless(content: bytes) -> io.BytesIO:
    """The workbook with nothing but its XML in it, each part looked at: none is huge or has a document type."""
    clean, left = io.BytesIO(), LARGEST_WHOLE
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(clean, "w") as kept:
        for about in parts.infolist():
            if not about.filename.endswith((".xml", ".rels")):
                continue
            with parts.open(about) as file:
                part = file.read(min(LARGEST, left) + 1)
            left -= len(part)
            # Without a nought byte it is no UTF-16, in which a document type would read otherwise.
            if len(part) > LARGEST or left < 0 or any(mark in part for mark in (b"\x00", b"<!DOCTYPE", b"<!ENTITY")):
                raise Unreadable
            kept.writestr(about.filename, part)
    clean.seek(0)
    return clean


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "minutes")
        case time():
            return value.isoformat("minutes")
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(value)
