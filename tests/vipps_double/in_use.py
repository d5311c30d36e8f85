"""The app takes money through the stand-in, and has its own tills again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from booking.kernel.database import end_reading
from booking.payments.providers import tills
from booking.running.check import breaches


@contextmanager
def other_tills(app: Flask) -> Iterator[None]:
    """Inside, others may be put to use; afterwards nothing may be amiss."""
    before = tills.settings
    yield
    tills.init_app(app, before)
    end_reading()
    assert breaches() == []
    end_reading()
