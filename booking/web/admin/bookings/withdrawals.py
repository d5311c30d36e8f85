"""Purchases that were withdrawn from: what is still on its way back, the most urgent first, and what is back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import render_template

from booking.kernel import clock
from booking.staff.models import Role
from booking.web.blueprints import admin
from booking.web.guards.access import staff
from booking.web.languages import centre
from booking.withdrawals.queries import PayingBack, WithdrawalListed, listed


@dataclass(frozen=True, slots=True)
class WithdrawalsPage:
    """Both lists."""

    waiting: Sequence[WithdrawalListed]
    done: Sequence[WithdrawalListed]
    today: date
    states: ClassVar = PayingBack

    def is_late(self, withdrawal: WithdrawalListed) -> bool:
        """Whether the law's last day to pay it back is past."""
        return withdrawal.pay_by < self.today


@admin.get("/withdrawals")
@staff(Role.FINANCE, Role.DESK)
def withdrawals() -> str:
    """The lists."""
    waiting, done = listed()
    page = WithdrawalsPage(waiting, done, centre().local(clock.now()).date())
    return render_template("admin/withdrawals.html", page=page)
