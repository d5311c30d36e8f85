"""Long work goes on in steps, survives a crash between two of them, can be stopped, and says how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox import long_work
from booking.outbox.long_work import Progress, Work, WorkState
from booking.outbox.models import Promise, PromiseState
from booking.running.steps import STEPS
from booking.running.worker import Worker
from tests.builders import a_centre


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
    work = long_work.read(work_id)
    assert work is not None
    return work


def test_every_step_is_done_once_and_in_order(app: Flask) -> None:
    work_id, counting = begun(), Counting()
    long_work.go_on(work_id, {"count": counting})
    work = state_of(work_id)
    assert counting.seen == [0, 1, 2, 3, 4]
    assert (work.state, work.done, work.outcome) == (WorkState.DONE, 5, {"counted": 5})


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


def test_a_step_that_fails_is_tried_again_and_names_no_person(app: Flask) -> None:
    work_id = begun()
    with pytest.raises(ValueError, match="Kari"):
        long_work.go_on(work_id, {"count": Counting(fails_at=2)})
    work = state_of(work_id)
    assert (work.state, work.done, work.attempts, work.last_error) == (WorkState.RUNNING, 2, 1, "ValueError")
    assert "Kari" not in str(work)
    counting = Counting()
    long_work.go_on(work_id, {"count": counting})
    work = state_of(work_id)
    assert counting.seen == [2, 3, 4]
    assert (work.state, work.attempts, work.last_error, work.outcome) == (WorkState.DONE, 0, "", {"counted": 5})


def test_the_worker_pauses_longer_each_time_and_at_last_gives_up_with_its_promise(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_centre()
    counting = Counting(fails_at=2)
    monkeypatch.setitem(STEPS, "count", counting)
    work_id, moment, tries = begun(), clock.now(), 0
    while state_of(work_id).is_going_on:
        with time_machine.travel(moment, tick=False):
            Worker(app).round()
            promise = the_promise()
            assert promise.state is not PromiseState.DONE
        tries, moment = tries + 1, promise.due_at
        if tries == 4:
            assert timedelta(seconds=150) <= promise.due_at - promise.made_at < timedelta(seconds=155)
    work = state_of(work_id)
    assert (tries, work.state, work.done) == (long_work.MOST_TRIES, WorkState.FAILED, 2)
    assert (promise.state, promise.last_error) == (PromiseState.DEAD, "ValueError")

    counting.fails_at = -1
    with time_machine.travel(moment, tick=False):
        with unit_of_work():
            assert long_work.again(work_id, clock.now())
            assert not long_work.again(work_id, clock.now())  # the button pressed twice
        Worker(app).round()
    assert (state_of(work_id).state, counting.seen) == (WorkState.DONE, [0, 1, 2, 3, 4])
    assert the_promise().state is PromiseState.DONE  # no dead letter is left of it


def test_a_dead_promise_that_is_tried_again_takes_its_work_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "MOST_TRIES", 1)
    work_id = begun()
    with pytest.raises(long_work.GaveUp, match="ValueError"):
        long_work.go_on(work_id, {"count": Counting(fails_at=2)})
    assert state_of(work_id).state is WorkState.FAILED
    long_work.go_on(work_id, {"count": Counting()})
    assert state_of(work_id).state is WorkState.DONE


def test_a_step_that_another_worker_has_done_meanwhile_is_not_written_twice(app: Flask) -> None:
    work_id, counting = begun(), Counting()

    def slowly(work: Work) -> Progress:
        """Its lease ran out in the middle, and somebody else did it all."""
        progress = counting(work)
        if counting.seen == [0]:
            long_work.go_on(work_id, {"count": counting})
        return progress

    long_work.go_on(work_id, {"count": slowly})
    work = state_of(work_id)
    assert counting.seen == [0, 0, 1, 2, 3, 4]
    assert (work.state, work.done, work.outcome) == (WorkState.DONE, 5, {"counted": 5})


def test_stopped_work_can_go_on_but_not_the_making_of_times(app: Flask) -> None:
    work_id = begun()
    with unit_of_work():
        times = long_work.begin("slots.make", {}, None)
        for number in (work_id, times):
            long_work.stop(number, clock.now())
    with unit_of_work():
        assert (long_work.again(work_id, clock.now()), long_work.again(times, clock.now())) == (True, False)
    long_work.go_on(work_id, {"count": Counting()})
    assert state_of(work_id).state is WorkState.DONE


def the_promise() -> Promise:
    """The one promise that there is, as the database has it now."""
    db.session.rollback()
    return db.session.scalars(
        select(Promise).where(Promise.kind == "work").execution_options(populate_existing=True)
    ).one()
