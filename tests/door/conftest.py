"""The door is tested at noon: most of what it says depends on what else was and will be on that day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from booking.kernel import clock


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    """Half a day before and after, whatever the hour of the run."""
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(noon, tick=True):
        yield
