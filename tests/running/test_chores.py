"""What the worker looks after: all that capabilities name, in an order that stands, none twice."""

from __future__ import annotations

import importlib
from pathlib import Path

import booking
from booking.kernel.chores import Chore
from booking.running.chores import WITHOUT_A_CENTRE, chores

ROOT = Path(booking.__file__).parent
EVERY = {
    "heartbeat": 10, "expire": 1, "sweep": 20, "visits": 60, "shares": 60, "outreach": 60, "courses": 5,
    "visit_waiting": 3, "visit_waiting_over": 60, "waiting": 10, "releases": 0.5, "closures": 60, "deliveries": 60,
    "reckoning": 60, "books": 900, "gift_cards": 60, "annual_passes": 60, "reminders": 600, "invoice_reminders": 600,
    "newsletter": 20, "exports": 3600,
    "left_behind": 3600, "night": 600, "guesses": 86_400, "purge": 86_400,
}  # fmt: skip


def test_the_chores_have_their_turn_in_this_order_and_so_often() -> None:
    assert [(chore.name, chore.every) for chore in (*WITHOUT_A_CENTRE, *chores())] == list(EVERY.items())


def test_every_chore_that_a_capability_names_is_done() -> None:
    done = [chore.name for chore in (*WITHOUT_A_CENTRE, *chores())]
    named = {
        value.name
        for path in ROOT.glob("*/chores.py")
        for value in vars(importlib.import_module(f"booking.{path.parent.name}.chores")).values()
        if isinstance(value, Chore)
    }
    assert sorted(named - set(done)) == []
    assert len(done) == len(set(done))
