"""Tables that people bring: CSV as Excel and others write it, or the first sheet of an XLSX."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from contextlib import closing
from datetime import datetime, time, timedelta

LARGEST = 5_000_000  # bytes of one part of a workbook, unpacked
LARGEST_WHOLE = 20_000_000
MOST_ROWS = 2000
FURTHEST_ROW = 2 * MOST_ROWS  # empty lines may stand between
MOST_COLUMNS = 200
MOST_CELLS = 50_000  # of a whole table, empty ones that are written out included: 25 columns of 2,000 rows
MOST_TAGS = 30_000  # of a workbook's other parts, such as its styles: each becomes a thing in memory

# What Excel writes without being asked: by the language it speaks. Where that cannot be known, the west's.
_ENCODINGS = {"lv": "cp1257"}
_MARKS = ";,\t|"
_CELL, _ROW = re.compile(rb"<(?:\w+:)?c[\s/>]"), re.compile(rb"<(?:\w+:)?row[\s/>]")


class Unreadable(Exception):
    """The file is no table that we can read."""


class TooManyRows(Exception):
    """More rows than MOST_ROWS."""


def read(content: bytes, lang: str = "") -> list[list[str]]:
    """Every row as texts, the first one included, of a file that a reader of `lang` has saved.

    Raises Unreadable, TooManyRows.
    """
    rows = _workbook(content) if content.startswith(b"PK") else _csv(content, lang)
    if len(rows) > MOST_ROWS + 1:
        raise TooManyRows
    return rows


def _csv(content: bytes, lang: str) -> list[list[str]]:
    text = _decoded(content, lang)
    if "\x00" in text:
        raise Unreadable
    first, _end, below = text.partition("\n")
    if marked := re.fullmatch(r'"?sep=([;,\t|])"?[;,\t|\s]*', first, re.IGNORECASE):
        mark, text = marked[1], below  # Excel's own way of saying it, in a line before the heads
    else:
        mark = max(_MARKS, key=_outside_quotes(first).count)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
            cells += len(row)
            if len(row) > MOST_COLUMNS or cells > MOST_CELLS:
                raise Unreadable
            if len(rows) > FURTHEST_ROW:
                raise TooManyRows
            rows.append([cell.strip() for cell in row])
    except csv.Error:
        raise Unreadable from None
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _decoded(content: bytes, lang: str) -> str:
    """The text, by its mark of bytes where it has one: UTF-16 is what Excel calls Unicode text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(_ENCODINGS.get(lang, "cp1252"), "replace")


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _workbook(content: bytes) -> list[list[str]]:
    """The first sheet. A day is written as 2027-01-05, a time of day as 10:30, whatever the cell's own format says."""
    from openpyxl import load_workbook  # a fifth of a second and twenty megabytes, for the few who bring a workbook

    try:
        with closing(load_workbook(_harmless(content), read_only=True, data_only=True)) as book:
            sheet = book.worksheets[0]
            # What the sheet says of its own size is not asked: a line would be as long as it likes.
            lines = sheet.iter_rows(max_row=FURTHEST_ROW, max_col=MOST_COLUMNS + 1, values_only=True)
            rows = [[_text(value).strip() for value in row] for row in lines]
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
            _look_over(about.filename, part)
            kept.writestr(about.filename, part)
    clean.seek(0)
    return clean


def _look_over(name: str, part: bytes) -> None:
    """Refuse a part with more in it than any table of ours has, before a library spends its time on it."""
    if "/worksheets/" in f"/{name}":
        most, tags = MOST_CELLS, len(_CELL.findall(part)) + len(_ROW.findall(part))
    else:
        # Of the texts that cells share there may be some for each cell, and a text may be in pieces.
        most, tags = (4 * MOST_CELLS if name.endswith("sharedStrings.xml") else MOST_TAGS), part.count(b"<")
    if tags > most:
        raise Unreadable


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
