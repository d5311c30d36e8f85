"""How state machines are walked: the same ways each time, or with EXAMPLES ways that nobody has gone before."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import run_state_machine_as_test as run_machine

from booking.kernel.database import db

EXAMPLES = os.environ.get("EXAMPLES")
LENGTH = 30


def walk(machine: type[RuleBasedStateMachine], ways: int) -> None:
    """So many ways on SQLite, half of them on PostgreSQL, where a statement costs twice as much."""
    on_this = ways // 2 if db.engine.dialect.name == "postgresql" else ways
    run_machine(
        machine,
        settings=settings(
            max_examples=int(EXAMPLES or on_this),
            stateful_step_count=LENGTH,
            derandomize=EXAMPLES is None,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, *([Phase.shrink] if EXAMPLES else [])],
            print_blob=True,
        ),
    )
