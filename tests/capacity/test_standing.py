"""How a time looks to a party, and when it is on sale."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from booking.capacity.availability import Availability, Free

NOW = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("opens_in", "closes_in", "free", "is_open", "standing"),
    [
        (-HOUR, HOUR, 20, 1, Availability.FREE),
        (-HOUR, HOUR, 5, 1, Availability.FEW),
        (-HOUR, HOUR, 1, 1, Availability.FULL),
        (-HOUR, HOUR, 20, 0, Availability.CLOSED),
        (HOUR, 2 * HOUR, 20, 1, Availability.NOT_YET),
        (timedelta(), HOUR, 20, 1, Availability.FREE),
        (-HOUR, timedelta(), 20, 1, Availability.OVER),
        (-HOUR, -HOUR, 20, 0, Availability.OVER),  # what is over is nothing that we have closed
        (None, None, 20, 1, Availability.FREE),
    ],
)
def test_a_time_is_sold_from_its_opening_until_the_sale_ends(
    opens_in: timedelta | None, closes_in: timedelta | None, free: int, is_open: int, standing: Availability
) -> None:
    opens_at = None if opens_in is None else NOW + opens_in
    closes_at = None if closes_in is None else NOW + closes_in
    slot = Free(1, 1, NOW + HOUR, NOW + 2 * HOUR, opens_at, closes_at, free, is_open)
    assert slot.standing(2, 10, NOW) is standing
