"""The next promise is found by an index, in the order of that index, however many wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox import promises
from booking.outbox.models import Promise, Rank
from booking.outbox.promises import promise
from booking.outbox.ranks import rank_of
from tests.plans.conftest import Crowded
from tests.plans.heard import listening, refuse_whole_tables


@pytest.fixture
def waiting(crowded: Crowded) -> Iterator[None]:
    """Letters of a closure that wait, of which some failed and are due later, and a buyer's tickets behind them."""
    now = clock.now()
    with unit_of_work():
        for number in range(500):
            promise("mail.closure", f"wait:{number}", {}, now + timedelta(hours=number % 5 - 300))
        promise("mail.confirmation", "wait:tickets", {})
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:  # as the database does by itself before long
            connection.exec_driver_sql("ANALYZE outbox")
    yield
    with unit_of_work():
        db.session.execute(delete(Promise).where(Promise.key.startswith("wait:")))


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(("longest_due", "index"), [(False, "ix_outbox_turn"), (True, "ix_outbox_due")])
def test_the_next_promise_is_read_off_an_index_and_nothing_is_sorted(longest_due: bool, index: str) -> None:
    with listening() as heard, unit_of_work():
        (leased,) = promises.lease("somebody", clock.now(), longest_due=longest_due)
    assert rank_of(leased.kind) is (Rank.TODAY if longest_due else Rank.AT_THE_SCREEN)
    refuse_whole_tables(heard)
    ((statement, values),) = heard.statements.items()
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    with db.engine.connect() as connection:
        plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", values))
    assert index in plan, plan
    assert "Sort" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan
