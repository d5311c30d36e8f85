"""The questions of the nightly check after withdrawals, which test_check.py beside this breaks."""

from __future__ import annotations

OF_WITHDRAWALS = frozenset(
    {
        "withdrawals withdrawn from, but less promised back than was declared, booking",
        "withdrawals withdrawn from, and still a booking that counts, booking",
        "withdrawals card of which less was taken than went back for it, card",
        "withdrawals card taken back without a withdrawal, card",
    }
)
