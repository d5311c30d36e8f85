"""Files that open right, and in which no name does anything."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from booking.sheets.files import FileManner, csv_chunks, harmless, write_xlsx
from booking.sheets.sheet import Column, ColumnKind, Row, Sheet

OSLO = ZoneInfo("Europe/Oslo")
HOSTILE = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
    "=cmd|' /C calc'!A0",
    '"=1+1',
    '";=1+1',
    "Kari,=1+1",
    "Kari;=HYPERLINK(A1)",
    "Kari\t=1+1",
    "Kari|@x",
    "#N/A",
    "\x00=1+1",
    "\ufeff=1+1",
    "\u200b\u2060 =1+1",
    "Kari;\u202e=1+1",
    "\u3164@SUM(A1)",
    "\x0b",
    "\ud800",
    "x" * 40_000,
)


def a_sheet(*rows: Row, kinds: tuple[ColumnKind, ...] = (ColumnKind.TEXT,)) -> Sheet:
    """A sheet of these rows."""
    return Sheet("Ark", [Column(f"Kolonne {n}", kind) for n, kind in enumerate(kinds)], rows)


def read_csv(content: bytes, divider: str) -> list[list[str]]:
    """A CSV file as a program reads it."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=divider))


def begins_a_formula(cell: str) -> bool:
    """Whether a spreadsheet that passes over what nobody sees would take this for one."""
    cell = "".join(letter for letter in cell if unicodedata.category(letter) not in ("Cf", "Cc") and letter != "\u3164")
    return cell.strip()[:1] in tuple("=+-@＝＋－＠") if cell.strip() else False


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("opened_with", [",", ";", "\t"])
@pytest.mark.parametrize("lang", ["nb", "en"])
def test_no_name_becomes_a_formula_in_a_csv_file_however_it_is_opened(name: str, opened_with: str, lang: str) -> None:
    content = b"".join(csv_chunks(a_sheet((name, "Åse")), FileManner(lang, OSLO)))
    cells = [cell for row in read_csv(content, opened_with)[1:] for cell in row]
    assert [cell for cell in cells if begins_a_formula(cell)] == []


@given(st.text())
def test_nothing_that_can_be_typed_is_left_able_to_begin_a_formula(text: str) -> None:
    written = harmless(text)
    assert not begins_a_formula(written)
    assert "\x00" not in written


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_in_an_excel_file_every_name_is_text(name: str, tmp_path: Path) -> None:
    with (tmp_path / "x.xlsx").open("wb") as out:
        write_xlsx(a_sheet((name,)), FileManner("nb", OSLO), out)
    cell = load_workbook(tmp_path / "x.xlsx").active["A2"]
    assert cell.data_type in ("s", "n")
    assert cell.data_type == "s" or cell.value is None
    assert cell.quotePrefix or cell.value is None


def test_norwegian_letters_sums_and_times_open_right_in_excel() -> None:
    row: Row = ("Åse Øvrebø Sæther", 123450, -50, 1230, date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC))
    kinds = (ColumnKind.TEXT, ColumnKind.MONEY, ColumnKind.MONEY, ColumnKind.PERCENT, ColumnKind.DAY, ColumnKind.MOMENT)
    content = b"".join(csv_chunks(a_sheet(row, kinds=kinds), FileManner("nb", OSLO)))
    assert content.startswith(b"\xef\xbb\xbf")
    assert read_csv(content, ";")[1] == [
        "Åse Øvrebø Sæther", "1234,50", "-0,50", "12,30", "2026-03-29", "2026-03-29 03:30",
    ]  # fmt: skip
    english = b"".join(csv_chunks(a_sheet(row, kinds=kinds), FileManner("en", OSLO)))
    assert read_csv(english, ",")[1][1] == "1234.50"


def test_an_excel_file_has_numbers_that_can_be_added_up(tmp_path: Path) -> None:
    row: Row = (123450, 1230, date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC), 7, None)
    kinds = (
        ColumnKind.MONEY,
        ColumnKind.PERCENT,
        ColumnKind.DAY,
        ColumnKind.MOMENT,
        ColumnKind.NUMBER,
        ColumnKind.TEXT,
    )
    with (tmp_path / "x.xlsx").open("wb") as out:
        write_xlsx(a_sheet(row, kinds=kinds), FileManner("lv", OSLO), out)
    cells = [cell.value for cell in load_workbook(tmp_path / "x.xlsx").active[2]]
    assert cells[:2] == [1234.5, 0.123]
    assert cells[3] == datetime(2026, 3, 29, 3, 30)  # noqa: DTZ001  (Excel knows no zones)
    assert cells[4:] == [7, None]
