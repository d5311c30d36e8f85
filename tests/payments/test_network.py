"""No call to a provider inside a transaction: the watch that every test of payments is under really watches."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments.provider import Rejected
from tests.payments.watched import AskedInside, Watched


def test_a_call_inside_a_unit_of_work_is_caught(stripe: Watched) -> None:
    with pytest.raises(AskedInside, match="transaction"), unit_of_work():
        stripe.look("cs_test_none")


def test_a_call_while_something_is_being_read_is_caught(stripe: Watched) -> None:
    db.session.execute(text("SELECT 1"))
    with pytest.raises(AskedInside, match="transaction"):
        stripe.look("cs_test_none")


def test_a_call_after_reading_has_ended_goes_through(stripe: Watched) -> None:
    db.session.execute(text("SELECT 1"))
    end_reading()
    with pytest.raises(Rejected):
        stripe.look("cs_test_none")
