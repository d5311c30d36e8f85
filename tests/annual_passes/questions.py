"""The questions of the nightly check after annual passes, which test_check.py beside this breaks."""

from __future__ import annotations

OF_PASSES = frozenset(
    {
        "annual passes pass that nobody has ordered, pass",
        "annual passes open bookings unlike those that it has, pass",
        "annual passes more came on it than it admits, use",
        "annual passes used, but its time has not begun, pass",
        "withdrawals pass taken back without a withdrawal, pass",
    }
)
