"""Forget what some capabilities keep of people, as the worker does, at a moment of the test's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from booking.kernel.forgetting import Forgetting


def forget(forgettings: Iterable[Forgetting], now: datetime) -> int:
    """Until nothing is over any more; returns how many rows it was."""
    entries, rows = list(forgettings), 0
    while touched := sum(entry.forget_batch(now) for entry in entries):
        rows += touched
    return rows
