"""Tables that people bring: CSV as Excel and others write it, or the first sheet of an XLSX."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

LARGEST = 5_000_000  # bytes of one part of a workbook, unpacked
MOST_ROWS = 2000
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


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
    """ECMA-376, part 1: shared strings, and the cells of the first sheet. Dates come as their serial numbers."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = sorted(name for name in parts.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
            shared = _shared(_part(parts, "xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in parts.namelist() else []
            sheet = _part(parts, min(names, key=len))
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        ElementTree.ParseError,
        EOFError,
    ):
        raise Unreadable from None
    return [_row(row, shared) for row in sheet.iter(_MAIN + "row")]


def _part(parts: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if parts.getinfo(name).file_size > LARGEST:
        raise ValueError(name)
    with parts.open(name) as file:
        content = file.read(LARGEST + 1)
    # Without a nought byte it is no UTF-16, in which a document type would read otherwise.
    if len(content) > LARGEST or b"\x00" in content or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError(name)
    return ElementTree.fromstring(content)  # noqa: S314  (no document type, so no entities)


def _shared(root: ElementTree.Element) -> list[str]:
    return ["".join(text.text or "" for text in item.iter(_MAIN + "t")) for item in root.iter(_MAIN + "si")]


def _row(row: ElementTree.Element, shared: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(_MAIN + "c"):
        place = _column(cell.get("r", "")) if cell.get("r") else len(cells)
        if place > 200:
            raise Unreadable
        cells += [""] * (place + 1 - len(cells))
        cells[place] = _text(cell, shared).strip()
    return cells


def _column(name: str) -> int:
    number = 0
    for letter in re.sub(r"[^A-Z]", "", name)[:3]:
        number = number * 26 + ord(letter) - 64
    return max(number - 1, 0)


def _text(cell: ElementTree.Element, shared: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(_MAIN + "t"))
    value = cell.findtext(_MAIN + "v") or ""
    if cell.get("t") == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
    return value
