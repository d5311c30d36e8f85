"""The demo's books: what is long over is closed, the last month waits, and it closes to nought."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.books.closing import close_month
from booking.books.models import ClosedMonth
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db
from tests.support.demos import lay_out_here


@pytest.mark.parametrize("name", ["vilvite", "vizium"])
def test_the_demos_last_month_closes_to_nought(app: Flask, name: str) -> None:
    lay_out_here(name)
    this_month = the_centre().local(clock.now()).date().replace(day=1)
    last = (this_month - timedelta(days=1)).replace(day=1)
    closed = db.session.scalars(select(ClosedMonth.month)).all()
    assert closed and last not in closed
    sums = close_month(last, the_centre(), clock.now(), "account:1")
    assert sum(sums.by_role.values()) == 0
    assert sums.debit > 0
