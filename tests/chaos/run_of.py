"""A whole run: the house furnished, the plan lived through, the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.chaos.house import a_house
from tests.chaos.mishaps import Fate
from tests.chaos.plan import plan
from tests.chaos.run import Run
from tests.chaos.stores import a_store
from tests.chaos.table import table
from tests.chaos.verdict import judge


@dataclass(frozen=True)
class Told:
    """What came of it."""

    run: Run
    faults: list[str]
    table: str


def chaos(
    folder: Path,
    database: str,
    seed: int,
    operations: int,
    kills: int,
    *,
    people: int,
    hardest: float,
    off: float,
    minutes: float | None = None,
) -> Told:
    """In a folder of its own; after so many `minutes` nothing more is begun, and what was done is judged."""
    with a_store(database, folder) as store, a_house(folder, store) as house:
        planned = plan(seed, operations, kills, has_server=database == "postgresql")
        run = Run(house, planned, Fate(house, hardest, off), people, minutes)
        run.go()
        faults = [*run.broken, *judge(house, run.ledger)]
        return Told(run, faults, table(run, faults, seed))
