"""The questions of the nightly check after discounts, which test_races.py beside this breaks."""

from __future__ import annotations

OF_DISCOUNTS = frozenset(
    {
        "discounts used otherwise than orders have it, or too often, campaign",
        "discounts used otherwise than orders have it, or too often, code",
        "discounts order that has another sum off than its campaigns say, booking",
        "discounts used by an order that is over, booking",
    }
)
