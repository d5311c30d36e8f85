"""The whole run has one day: this process, those that it starts, their databases and browsers alike.

The variable DEMO_CLOCK chooses it (see booking/kernel/clock.py); else it begins on an ordinary Wednesday, so that no
test
depends on the day on which somebody happens to run it. Time goes on from there, and only tests move it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import time_machine
from playwright.sync_api import Browser, BrowserContext

from booking.kernel import clock

# A working day far from holidays and from a change of the clocks, and an hour when the house is open.
WEDNESDAY = "2026-11-04T10:00+01:00"
VARIABLE = "DEMO_CLOCK"


def begin() -> None:
    """Travel there for good. Processes started from now on find in the environment how far ahead we are."""
    ahead = timedelta(seconds=round(clock.read_ahead(os.environ.get(VARIABLE) or WEDNESDAY).total_seconds()))
    os.environ[VARIABLE] = f"{ahead.total_seconds():+.0f}"
    time_machine.travel(datetime.now(UTC) + ahead, tick=True).start()
    clock.go_by_the_machine()  # that of the database has not travelled along
    clock.now()  # the journey's clock starts when it is first asked


def new_context(browser: Browser, **how: object) -> BrowserContext:
    """A browser of somebody who lives on that day; keywords are those of playwright's new_context."""
    context = browser.new_context(**how)  # type: ignore[arg-type]
    context.clock.install(time=clock.now())
    return context
