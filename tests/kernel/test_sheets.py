"""Sheets that people send: what a workbook of theirs may hold and what it may not."""

from __future__ import annotations

import io
import zipfile

import pytest

from booking.kernel import sheets

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>Ås</t></is></c></row>'
ROW = f'<worksheet xmlns="{MAIN}"><sheetData>{CELL}</sheetData></worksheet>'


def workbook(sheet: bytes) -> bytes:
    """A workbook with one sheet, written so."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("xl/worksheets/sheet1.xml", sheet)
    return out.getvalue()


def test_a_workbooks_cells_are_read() -> None:
    assert sheets.read(workbook(ROW.encode())) == [["Ås"]]


@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_refused_however_it_is_written(coding: str) -> None:
    kind = '<!DOCTYPE worksheet [<!ENTITY ha "ha">]>'
    with pytest.raises(sheets.Unreadable):
        sheets.read(workbook(f'<?xml version="1.0"?>{kind}{ROW}'.encode(coding)))
