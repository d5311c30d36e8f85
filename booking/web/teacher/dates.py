"""Dates and months as they stand in an address."""

from __future__ import annotations

import re
from datetime import date, datetime

from booking.web.languages import centre

_DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


def read_date(text: str | None) -> date | None:
    """A date written 2027-03-09; None for anything else."""
    if not text or not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_month(text: str | None) -> date | None:
    """The first of a month written 2027-03; None for anything else."""
    return read_date(f"{text}-01") if text else None


def on_date(moment: datetime) -> str:
    """The centre's day of a moment, as an address says it: 2027-03-09."""
    return centre().local(moment).date().isoformat()
