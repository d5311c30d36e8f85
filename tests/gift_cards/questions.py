"""The questions of the nightly check after gift cards, which test_check.py beside this breaks."""

from __future__ import annotations

OF_GIFT_CARDS = frozenset(
    {
        "gift cards balance unlike the sum of its ledger, card",
        "gift cards taken for bookings unlike what they have of it, card",
        "gift cards code kept of a card that has been sent or handed over, card",
    }
)
