"""Cells of tables that people bring, read one by one: what each may say, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any

from booking.kernel import typed

# How each column of a row is read, by its head. Raises WrongCell.
Reader = Mapping[str, Callable[[str], Any]]


class CellFault(StrEnum):
    """What is wrong with a cell."""

    MISSING = "missing"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    PAST = "past"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_SPACE = "unknown_space"
    UNKNOWN_ACTIVITY = "unknown_activity"
    UNKNOWN_SCHOOL_KIND = "unknown_school_kind"
    YES_OR_NO = "yes_or_no"
    TOO_LONG = "too_long"
    ORG_NUMBER = "org_number"
    MISPRINT = "misprint"
    EMAIL = "email"
    PATTERN = "pattern"
    TWICE = "twice"
    NO_COLUMN = "no_column"


class WrongCell(Exception):
    """The cell cannot be taken."""

    def __init__(self, fault: CellFault) -> None:
        super().__init__(fault)
        self.fault = fault


def one_of(cell: str, names: Mapping[str, Any], fault: CellFault) -> Any:  # noqa: ANN401  (an id or a word)
    """What a name stands for, capitals or not."""
    if not cell.strip():
        raise WrongCell(CellFault.MISSING)
    meaning = names.get(cell.strip().casefold())
    if meaning is None:
        raise WrongCell(fault)
    return meaning


def text(cell: str, most: int, needed: bool = False) -> str:
    """A text on one line."""
    cell = typed.one_line(cell)
    if needed and not cell:
        raise WrongCell(CellFault.MISSING)
    if len(cell) > most:
        raise WrongCell(CellFault.TOO_LONG)
    return cell


def number(cell: str, least: int, most: int, *, required: bool = True) -> int | None:
    """A whole number, also as spreadsheets write it: 12.0 or 12,0."""
    cell = re.sub(r"[.,]0+$", "", cell.strip())
    if not cell and not required:
        return None
    if not cell:
        raise WrongCell(CellFault.MISSING)
    if not re.fullmatch(r"[0-9]{1,7}", cell) or not least <= int(cell) <= most:
        raise WrongCell(CellFault.NUMBER)
    return int(cell)


def day(cell: str, first: date, end: date) -> str:
    """A date from `first` and before `end`, as ISO: ISO, Norwegian (5.1.2027) or a spreadsheet's serial number."""
    cell = re.sub(r"\.0+$", "", cell.strip())
    if not cell:
        raise WrongCell(CellFault.MISSING)
    try:
        if re.fullmatch(r"[0-9]{5}", cell):
            parsed = date(1899, 12, 30) + timedelta(days=int(cell))
        elif parts := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", cell):
            parsed = date(int(parts[3]), int(parts[2]), int(parts[1]))
        elif re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
            parsed = date.fromisoformat(cell)
        else:
            raise WrongCell(CellFault.DATE)
    except ValueError:
        raise WrongCell(CellFault.DATE) from None
    if not first <= parsed < end:
        raise WrongCell(CellFault.PAST)
    return parsed.isoformat()


def clock_time(cell: str) -> str:
    """10:30, 10.30 or a spreadsheet's share of a day."""
    cell = cell.strip()
    if not cell:
        raise WrongCell(CellFault.MISSING)
    if re.fullmatch(r"0?\.[0-9]{3,20}|0\.[0-9]{1,20}|0", cell):
        minutes = round(float(cell) * 1440)
        if minutes < 1440:
            return time(minutes // 60, minutes % 60).strftime("%H:%M")
    parts = re.fullmatch(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?:[:.]00)?", cell)
    if not parts:
        raise WrongCell(CellFault.TIME)
    return f"{int(parts[1]):02d}:{parts[2]}"


def yes(cell: str, otherwise: bool) -> bool:
    """Yes or no in the languages of the house."""
    cell = cell.strip().casefold()
    if not cell:
        return otherwise
    if cell in {"yes", "y", "1", "true", "ja", "jā", "x"}:
        return True
    if cell in {"no", "n", "0", "false", "nei", "nē"}:
        return False
    raise WrongCell(CellFault.YES_OR_NO)
