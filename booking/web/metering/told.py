"""What is counted and how things stand, as text in the form that is asked for."""

from __future__ import annotations

from flask import Flask
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from booking.web.metering.counts import Counts
from booking.web.metering.standing import StandingTold


def told(app: Flask, counts: Counts, accepts: str) -> tuple[bytes, str]:
    """The text, and its type."""
    encode, kind = choose_encoder(accepts)
    both = CollectorRegistry()
    counts.join(both)
    both.register(_standing(app))
    return encode(both), kind


def _standing(app: Flask) -> StandingTold:
    kept: StandingTold = app.extensions.setdefault("standing", StandingTold(app))
    return kept
