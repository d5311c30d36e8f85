"""What a monitor asks again and again reads no whole table, however long the past is."""

from __future__ import annotations

from booking.kernel import clock
from booking.kernel.database import db
from booking.reports.monitor.measured import measure
from tests.plans.conftest import Crowded
from tests.plans.heard import listening, refuse_whole_tables


def test_how_things_stand_is_read_off_indexes(crowded: Crowded) -> None:
    with crowded.app.app_context(), listening() as heard:
        measure(clock.now())
        db.session.rollback()
    refuse_whole_tables(heard)
    assert len(heard.statements) <= 13
