"""Sheets that people send: what a workbook of theirs may hold and what it may not."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time
from time import process_time as time_of_cpu

import pytest
from openpyxl import Workbook

from booking.importing import sheets

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
    with pytest.raises(sheets.TooManyRows):
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


def a_sheet(rows: str, space: str = "") -> str:
    """A sheet whose rows are written so; `space` is what its names begin with."""
    names = f"xmlns:{space[:-1]}" if space else "xmlns"
    return f'<{space}worksheet {names}="{MAIN}"><{space}sheetData>{rows}</{space}sheetData></{space}worksheet>'


COSTLY = {
    "100,000 cells in a row": a_sheet("<row>" + "<c><v>1</v></c>" * 100_000 + "</row>"),
    "one cell 100,000 times": a_sheet("<row>" + '<c r="A1"/>' * 100_000 + "</row>"),
    "one row 100,000 times": a_sheet('<row r="1"/>' * 100_000),
    "another name for the space": a_sheet("<x:row>" + "<x:c/>" * 100_000 + "</x:row>", "x:"),
}


@pytest.mark.parametrize("sheet", COSTLY.values(), ids=COSTLY)
def test_a_workbook_with_more_cells_than_any_table_is_refused_before_it_is_read(sheet: str) -> None:
    content = workbook(sheet.encode())
    sheets.read(written(("a",)))  # the library is loaded
    begun = time_of_cpu()
    with pytest.raises(sheets.Unreadable):
        sheets.read(content)
    assert time_of_cpu() - begun < 1


def test_a_workbook_with_styles_without_end_is_refused() -> None:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 100_000}</cellXfs></styleSheet>'
    with pytest.raises(sheets.Unreadable):
        sheets.read(workbook(ROW.encode(), styles=styles.encode()))


def test_a_large_table_of_ours_is_read() -> None:
    rows = [tuple(f"{n}-{m}" for m in range(20)) for n in range(sheets.MOST_ROWS)]
    assert len(sheets.read(written(*rows))) == sheets.MOST_ROWS


@pytest.mark.parametrize(
    ("content", "lang"),
    [
        ("navn;kommune\r\nÅs skole;Ærlig\r\n".encode("cp1252"), "nb"),
        ("navn;kommune\r\nÅs skole;Ærlig\r\n".encode(), "nb"),
        ("\ufeffnavn;kommune\r\nÅs skole;Ærlig\r\n".encode(), "lv"),
        ("sep=;\r\nnavn;kommune\r\nÅs skole;Ærlig\r\n".encode("cp1252"), "nb"),
        ('"sep=;"\nnavn;kommune\nÅs skole;Ærlig\n'.encode(), "nb"),
        ("sep=|\r\nnavn|kommune\r\nÅs skole|Ærlig\r\n".encode(), "nb"),
        ("navn\tkommune\r\nÅs skole\tÆrlig\r\n".encode("utf-16"), "nb"),  # "Unicode text"
        ("\ufeffnavn\tkommune\r\nÅs skole\tÆrlig\r\n".encode("utf-16-be"), "nb"),
        ("navn,kommune\r\nÅs skole,Ærlig\r\n\r\n,\r\n".encode(), "en"),
    ],
)
def test_a_table_is_read_as_spreadsheets_save_it(content: bytes, lang: str) -> None:
    assert sheets.read(content, lang) == [["navn", "kommune"], ["Ås skole", "Ærlig"]]


def test_a_latvian_spreadsheet_writes_its_own_letters() -> None:
    content = "nosaukums;vieta\r\nĶekavas vidusskola;Ķekava\r\n".encode("cp1257")
    assert sheets.read(content, "lv")[1] == ["Ķekavas vidusskola", "Ķekava"]


def test_a_mark_within_quotes_divides_nothing() -> None:
    assert sheets.read(b'"a,b,c";d\n1;2\n') == [["a,b,c", "d"], ["1", "2"]]


@pytest.mark.parametrize("content", [b";" * 100_000, b"a;b\n" + b";" * 300 + b"\n"])
def test_a_csv_file_as_wide_as_it_likes_is_refused(content: bytes) -> None:
    with pytest.raises(sheets.Unreadable):
        sheets.read(content)


def test_a_csv_file_as_long_as_it_likes_is_refused_at_once() -> None:
    with pytest.raises(sheets.TooManyRows):
        sheets.read(b"a;b\n" * 1_000_000)
