"""A short run on each database: what was acknowledged while the house was killed and cut off is there afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.house import House, a_house
from tests.chaos.ledger import Bought, Ending, Ledger, Standing
from tests.chaos.mishaps import Fate
from tests.chaos.plan import plan
from tests.chaos.run import Run
from tests.chaos.stores import a_store
from tests.chaos.table import table
from tests.chaos.verdict import compare, judge

SEED, OPERATIONS = 7, 40


@pytest.mark.parametrize(("database", "kills"), [("sqlite", 2), ("postgresql", 3)], ids=["sqlite", "postgresql"])
def test_nothing_that_was_acknowledged_is_missing_after_kills_freezes_and_cuts(
    database: str, kills: int, tmp_path: Path
) -> None:
    with a_store(database, tmp_path) as store, a_house(tmp_path, store) as house:
        run = Run(house, plan(SEED, OPERATIONS, kills, has_server=database == "postgresql"), Fate(house, 1.5, 20), 4)
        run.go()
        faults = judge(house, run.ledger)
        print(table(run, faults, SEED))  # shown when it fails
        assert (run.broken, faults) == ([], [])
        assert (run.done, sum(run.fate.dealt.values())) == (OPERATIONS, 2 * kills)
        assert run.ledger.total(Ending.DONE) > OPERATIONS // 2
        assert_that_more_would_be_missed(house, run.ledger)


def assert_that_more_would_be_missed(house: House, ledger: Ledger) -> None:
    """A ledger that says otherwise than the house is told so, line by line."""
    bought = next(bought for bought in ledger.bought if bought.standing is Standing.CONFIRMED and bought.slot)
    bought.people += 1
    bought.letters.append("Never written")
    bought.admitted = 7
    ledger.write(Bought("nobodys", "nobody@example.org", 2, None, Standing.CONFIRMED))
    ledger.paid.add("cs_of_nobody")
    ledger.invoiced.add("visit:999:0")
    faults = compare(house, ledger)
    for words in ("people by its page", "Never written", "7 let in", "and not there", "cs_of_nobody", "visit:999:0"):
        assert sum(words in fault for fault in faults) == 1, faults


def test_the_same_seed_plans_the_same_work_and_the_same_mishaps() -> None:
    assert plan(7, 500, 9, has_server=True) == plan(7, 500, 9, has_server=True)
    assert plan(7, 500, 9, has_server=True) != plan(8, 500, 9, has_server=True)
