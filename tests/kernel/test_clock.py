"""The clock, and the demo's way to another day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from booking.kernel import clock


@pytest.fixture
def ahead() -> object:
    """Puts the clock right again."""
    yield
    clock.run_ahead(timedelta())


def test_a_clock_that_runs_ahead_goes_on_from_there(ahead: object) -> None:
    clock.run_ahead(timedelta(days=50))
    first, second = clock.now(), clock.now()
    assert datetime.now(UTC) - first < timedelta(days=-49, hours=-23)
    assert first <= second < first + timedelta(minutes=1)
    clock.run_ahead(timedelta())
    assert clock.now() < first
