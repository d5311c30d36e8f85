"""The one place that asks what time it is, and the demo's way to see another day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_ahead = timedelta()


def now() -> datetime:
    """The present moment as aware UTC; in a demo on another day, that day's."""
    return datetime.now(UTC) + _ahead


def run_ahead(by: timedelta) -> None:
    """From now on the clock of this process differs from the machine's by so much; it goes on as fast."""
    global _ahead
    _ahead = by


def read_ahead(text: str) -> timedelta:
    """How far a clock set so is ahead of the machine's. Raises ValueError for what is none of the three forms.

    `2026-12-24` is that date at the machine's time of day; `2026-12-24T23:30+01:00` is that moment (UTC without an
    offset), counted from this call; `+86400` or `-60` are seconds, the same for all processes that are told so.
    """
    if re.fullmatch(r"[+-][0-9]{1,10}", text):
        by = timedelta(seconds=int(text))
    elif re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        by = date.fromisoformat(text) - datetime.now(UTC).date()
    else:
        moment = datetime.fromisoformat(text)
        by = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
    if not date(2000, 1, 1) <= (datetime.now(UTC) + by).date() <= date(2100, 1, 1):
        raise ValueError(text)
    return by


def milliseconds(moment: datetime) -> int:
    """A moment as browsers count: milliseconds since 1970."""
    return int(moment.timestamp() * 1000)
