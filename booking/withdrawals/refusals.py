"""How withdrawals say no."""

from __future__ import annotations

from datetime import date

from booking.kernel.refusals import Refusal


class NoRightToWithdraw(Refusal):
    """The law gives no right to withdraw from such a purchase, or it is not bought."""


class WithdrawalOver(Refusal):
    """The period ended with this day."""

    def __init__(self, last_day: date) -> None:
        super().__init__(f"until {last_day}")
        self.last_day = last_day


class NothingLeftToWithdraw(Refusal):
    """All of it has been used."""
