"""The one place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment as aware UTC."""
    return datetime.now(UTC)


def milliseconds(moment: datetime) -> int:
    """A moment as browsers count: milliseconds since 1970."""
    return int(moment.timestamp() * 1000)
