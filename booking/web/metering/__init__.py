"""What Prometheus is told: counts of all processes of a server, and how things stand when it asks.

The library is loaded only where somebody may ask, and counts as all other processes do only where it was told so before
(`folder.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from booking.settings import settings_of

if TYPE_CHECKING:
    from booking.web.metering.counts import Counts

COUNTS = "counts"


def init_app(app: Flask) -> None:
    """Count what is answered, where somebody may ask for it."""
    if settings_of(app).metrics_token:
        from booking.web.metering.counts import Counts

        counts = app.extensions[COUNTS] = Counts()
        app.after_request(counts.count)


def counts_of(app: Flask) -> Counts | None:
    """The counts of an app; None where nobody may ask for them."""
    counts: Counts | None = app.extensions.get(COUNTS)
    return counts
