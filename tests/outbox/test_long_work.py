"""Long work goes on in steps, survives a crash between two of them, can be stopped, and says how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy import select

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox import long_work
from booking.outbox.long_work import Progress, Work, WorkState
from booking.outbox.models import Promise


@dataclass
class Counting:
    """Counts to `total`, one a step; `fails_at` raises once there."""

    total: int = 5
    fails_at: int = -1
    seen: list[int] = field(default_factory=list)

    def __call__(self, work: Work) -> Progress:
        if work.cursor == self.fails_at:
            raise ValueError("Kari Nordmann")
        self.seen.append(work.cursor)
        done = work.cursor + 1
        return Progress(done if done < self.total else None, done, self.total, {"counted": done})


def begun() -> int:
    with unit_of_work():
        return long_work.begin("count", {"to": 5}, None, total=5)


def state_of(work_id: int) -> Work:
    db.session.rollback()
    found = long_work.read(work_id)
    assert found is not None
    return found


def test_every_step_is_done_once_and_in_order(app: Flask) -> None:
    work_id, counting = begun(), Counting()
    long_work.go_on(work_id, {"count": counting})
    work = state_of(work_id)
    assert counting.seen == [0, 1, 2, 3, 4]
    assert (work.state, work.done, work.said) == (WorkState.DONE, 5, {"counted": 5})


def test_after_its_spell_the_rest_is_promised_and_done_from_there(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "SPELL", 0.0)
    work_id, counting = begun(), Counting()
    for turn in range(1, 6):
        long_work.go_on(work_id, {"count": counting})
        assert state_of(work_id).done == turn
    assert state_of(work_id).state is WorkState.DONE
    keys = db.session.scalars(select(Promise.key).order_by(Promise.id)).all()
    assert keys == [f"work:{work_id}:{cursor}" for cursor in range(5)]


def test_work_that_is_stopped_does_no_further_step(app: Flask) -> None:
    work_id, counting = begun(), Counting()
    with unit_of_work():
        assert long_work.stop(work_id, clock.now())
    long_work.go_on(work_id, {"count": counting})
    assert counting.seen == []
    assert state_of(work_id).state is WorkState.STOPPED
    with unit_of_work():
        assert not long_work.stop(work_id, clock.now())


def test_a_step_that_fails_ends_the_work_and_names_no_person(app: Flask) -> None:
    work_id = begun()
    with pytest.raises(ValueError, match="Kari"):
        long_work.go_on(work_id, {"count": Counting(fails_at=2)})
    work = state_of(work_id)
    assert (work.state, work.done, work.said["error"]) == (WorkState.FAILED, 2, "ValueError")
    assert "Kari" not in str(work.said)
