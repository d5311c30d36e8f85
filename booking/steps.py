"""What the worker can do in steps: each kind of long work and the function that does one step of it."""

from __future__ import annotations

from collections.abc import Mapping

from booking.outbox.long_work import Step
from booking.reports import exports
from booking.reports.sources import SOURCES

STEPS: Mapping[str, Step] = {**{f"{exports.KIND}{source}": exports.write_part for source in SOURCES}}
