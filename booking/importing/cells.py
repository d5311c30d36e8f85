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


def one_of(said: str, names: Mapping[str, Any], fault: CellFault) -> Any:  # noqa: ANN401  (an id or a word)
    """What a name stands for, capitals or not."""
    if not said.strip():
        raise WrongCell(CellFault.MISSING)
    found = names.get(said.strip().casefold())
    if found is None:
        raise WrongCell(fault)
    return found


def text(said: str, most: int, needed: bool = False) -> str:
    """A text on one line."""
    said = typed.one_line(said)
    if needed and not said:
        raise WrongCell(CellFault.MISSING)
    if len(said) > most:
        raise WrongCell(CellFault.TOO_LONG)
    return said


def number(said: str, least: int, most: int, *, required: bool = True) -> int | None:
    """A whole number, also as spreadsheets write it: 12.0 or 12,0."""
    said = re.sub(r"[.,]0+$", "", said.strip())
    if not said and not required:
        return None
    if not said:
        raise WrongCell(CellFault.MISSING)
    if not re.fullmatch(r"[0-9]{1,7}", said) or not least <= int(said) <= most:
        raise WrongCell(CellFault.NUMBER)
    return int(said)


def day(said: str, first: date, end: date) -> str:
    """A date from `first` and before `end`, as ISO: ISO, Norwegian (5.1.2027) or a spreadsheet's serial number."""
    said = re.sub(r"\.0+$", "", said.strip())
    if not said:
        raise WrongCell(CellFault.MISSING)
    try:
        if re.fullmatch(r"[0-9]{5}", said):
            found = date(1899, 12, 30) + timedelta(days=int(said))
        elif parts := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", said):
            found = date(int(parts[3]), int(parts[2]), int(parts[1]))
        elif re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said):
            found = date.fromisoformat(said)
        else:
            raise WrongCell(CellFault.DATE)
    except ValueError:
        raise WrongCell(CellFault.DATE) from None
    if not first <= found < end:
        raise WrongCell(CellFault.PAST)
    return found.isoformat()


def clock_time(said: str) -> str:
    """10:30, 10.30 or a spreadsheet's share of a day."""
    said = said.strip()
    if not said:
        raise WrongCell(CellFault.MISSING)
    if re.fullmatch(r"0?\.[0-9]{3,20}|0\.[0-9]{1,20}|0", said):
        minutes = round(float(said) * 1440)
        if minutes < 1440:
            return time(minutes // 60, minutes % 60).strftime("%H:%M")
    found = re.fullmatch(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?:[:.]00)?", said)
    if not found:
        raise WrongCell(CellFault.TIME)
    return f"{int(found[1]):02d}:{found[2]}"


def yes(said: str, otherwise: bool) -> bool:
    """Yes or no in the languages of the house."""
    said = said.strip().casefold()
    if not said:
        return otherwise
    if said in {"yes", "y", "1", "true", "ja", "jā", "x"}:
        return True
    if said in {"no", "n", "0", "false", "nei", "nē"}:
        return False
    raise WrongCell(CellFault.YES_OR_NO)
