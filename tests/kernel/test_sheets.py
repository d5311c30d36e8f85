"""Sheets that people send: what a workbook of theirs may hold and what it may not."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time

import pytest
from openpyxl import Workbook

from booking.kernel import sheets

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>Ås</t></is></c></row>'
ROW = f'<worksheet xmlns="{MAIN}"><sheetData>{CELL}</sheetData></worksheet>'


def written(*rows: tuple[object, ...]) -> bytes:
    """A workbook as a spreadsheet writes it."""
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


def workbook(sheet: bytes, **others: bytes) -> bytes:
    """A workbook whose first sheet is written so; others are parts by the last of their name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written())) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name in whole.namelist():
            parts.writestr(
                name,
                sheet
                if name.endswith("sheet1.xml")
                else others.get(name.split("/")[-1].split(".")[0], whole.read(name)),
            )
    return out.getvalue()


def test_a_workbooks_cells_are_read() -> None:
    assert sheets.read(workbook(ROW.encode())) == [["Ås"]]


def test_days_times_numbers_and_formulas_are_read_as_they_look() -> None:
    day, moment = datetime.fromisoformat("2027-01-05"), datetime.fromisoformat("2027-01-05 09:15")
    row = (day, time(10, 30), moment, 30.0, 2.5, 974760673, True, None, " å ")
    assert sheets.read(written(("dag", "tid"), row)) == [
        ["dag", "tid", *[""] * 7],
        ["2027-01-05", "10:30", "2027-01-05 09:15", "30", "2.5", "974760673", "true", "", "å"],
    ]


def test_empty_lines_at_the_end_are_none_but_those_between_count() -> None:
    assert sheets.read(written(("a",), (), ("b",), ("",), (None,))) == [["a"], [""], ["b"]]


def test_a_sheet_that_lies_about_its_size_is_no_longer_than_it_is() -> None:
    lie = ROW.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    far = ROW.replace("</row>", '</row><row r="1048576"><c r="A1048576"><v>1</v></c></row>')
    assert sheets.read(workbook(lie.encode())) == sheets.read(workbook(far.encode())) == [["Ås"]]


def test_what_is_too_long_too_wide_or_too_large_is_refused() -> None:
    with pytest.raises(sheets.TooLong):
        sheets.read(written(*[("x",)] * (sheets.MOST_ROWS + 2)))
    for broken in (written(("x",) * 201), workbook(ROW.encode() + b" " * sheets.LARGEST), workbook(b"<worksheet")):
        with pytest.raises(sheets.Unreadable):
            sheets.read(broken)


def test_no_part_of_it_has_a_document_type() -> None:
    kind = b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "aa">]><styleSheet/>'
    with pytest.raises(sheets.Unreadable):
        sheets.read(workbook(ROW.encode(), styles=kind))


@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_refused_however_it_is_written(coding: str) -> None:
    kind = '<!DOCTYPE worksheet [<!ENTITY ha "ha">]>'
    with pytest.raises(sheets.Unreadable):
        sheets.read(workbook(f'<?xml version="1.0"?>{kind}{ROW}'.encode(coding)))
