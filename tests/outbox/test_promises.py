"""Promised work: made once, leased to one worker at a time, settled, postponed, buried and revived."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select, text

from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import (
    GIVE_UP_AFTER,
    LEASE,
    Leased,
    bury,
    lease,
    pause_before,
    postpone,
    promise,
    revive,
    settle,
)


def promised(*keys: str, due_at: datetime | None = None) -> None:
    """Promises with these keys, made in one unit of work."""
    with unit_of_work():
        for key in keys:
            promise("test", key, {"number": key}, due_at)


def leased_by(worker: str, now: datetime, most: int = 1) -> list[Leased]:
    """What a worker gets."""
    with unit_of_work():
        return lease(worker, now, most)


def row(key: str) -> Promise:
    """A promise as the database has it."""
    db.session.rollback()
    query = select(Promise).where(Promise.key == key).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


@pytest.fixture
def soon(now: datetime) -> datetime:
    """A moment by which everything promised in a test is due."""
    return now + timedelta(minutes=1)


def test_the_same_promise_made_twice_is_one(app: Flask) -> None:
    promised("a", "a")
    promised("a")
    assert db.session.scalars(select(Promise.key)).all() == ["a"]


def test_the_first_of_two_with_one_key_counts(app: Flask) -> None:
    for about in ({"n": 1}, {"n": 2}):
        with unit_of_work():
            promise("test", "a", about)
    assert row("a").about == {"n": 1}


def test_a_promise_goes_with_the_transaction_that_made_it(app: Flask) -> None:
    def break_off() -> None:
        promise("test", "a", {})
        raise RuntimeError("the buyer's part failed")

    with pytest.raises(RuntimeError, match="failed"), unit_of_work():
        break_off()
    assert db.session.scalars(select(Promise.key)).all() == []


def test_what_is_due_is_leased_with_what_it_is_about(app: Flask, soon: datetime) -> None:
    promised("a")
    (leased,) = leased_by("w", soon)
    assert (leased.kind, leased.about, leased.attempts) == ("test", {"number": "a"}, 1)


def test_what_is_not_yet_due_waits(app: Flask, now: datetime, soon: datetime) -> None:
    promised("a", due_at=now + timedelta(hours=1))
    assert leased_by("w", soon) == []
    assert len(leased_by("w", now + timedelta(hours=1))) == 1


def test_the_longest_due_comes_first(app: Flask, now: datetime) -> None:
    promised("late", due_at=now + timedelta(hours=2))
    promised("early", due_at=now + timedelta(hours=1))
    (first,) = leased_by("w", now + timedelta(hours=3))
    assert first.about["number"] == "early"


def test_who_waits_at_a_screen_comes_before_what_is_longer_due(app: Flask, soon: datetime) -> None:
    with unit_of_work():
        for kind in ("mail.reminder", "mail.closure", "mail.confirmation", "mail.find"):
            promise(kind, kind, {})
    kinds = [leased.kind for _ in range(4) for leased in leased_by("w", soon)]
    assert kinds == ["mail.confirmation", "mail.find", "mail.closure", "mail.reminder"]


def test_the_longest_due_can_be_asked_for_whatever_its_rank(app: Flask, soon: datetime) -> None:
    with unit_of_work():
        for kind in ("mail.reminder", "mail.confirmation"):
            promise(kind, kind, {})
        (leased,) = lease("w", soon, longest_due=True)
    assert leased.kind == "mail.reminder"


def test_no_more_are_leased_than_asked_for(app: Flask, soon: datetime) -> None:
    promised("a", "b", "c")
    assert [len(leased_by("w", soon, 2)) for _ in range(3)] == [2, 1, 0]


def test_no_more_are_leased_than_asked_for_whichever_way_the_database_goes_about_it(app: Flask, soon: datetime) -> None:
    promised(*(f"number {number}" for number in range(20)))
    with unit_of_work():
        if db.engine.dialect.name == "postgresql":
            # What the planner chose one day while it knew little of the table: look it through, asking again each time.
            for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
                db.session.execute(text(f"SET LOCAL enable_{way} = off"))
        assert len(lease("anna", soon)) == 1


def test_what_one_worker_has_the_other_does_not_get(app: Flask, soon: datetime) -> None:
    promised("a")
    assert [len(leased_by(worker, soon)) for worker in ("one", "other")] == [1, 0]


def test_a_lease_that_ran_out_goes_to_the_next_who_asks(app: Flask, soon: datetime) -> None:
    promised("a")
    leased_by("dead", soon)
    assert leased_by("other", soon + LEASE - timedelta(seconds=1)) == []
    (again,) = leased_by("other", soon + LEASE)
    assert again.attempts == 2


def test_what_is_settled_is_never_leased_again(app: Flask, soon: datetime) -> None:
    promised("a")
    (leased,) = leased_by("w", soon)
    with unit_of_work():
        settle(leased, "w")
    assert (row("a").state, row("a").leased_by) == (PromiseState.DONE, "")
    assert row("a").done_at is not None
    assert leased_by("w", soon + timedelta(days=1)) == []


def test_who_was_too_slow_cannot_settle_what_somebody_else_has_now(app: Flask, soon: datetime) -> None:
    promised("a")
    (slow,) = leased_by("slow", soon)
    leased_by("other", soon + LEASE)
    with unit_of_work():
        settle(slow, "slow")
    assert (row("a").state, row("a").leased_by) == (PromiseState.WAITING, "other")


def test_who_was_too_slow_cannot_settle_an_earlier_try_of_its_own(app: Flask, soon: datetime) -> None:
    promised("a")
    (first,) = leased_by("w", soon)
    leased_by("w", soon + LEASE)
    with unit_of_work():
        bury(first, "w", "too late to say so")
    assert row("a").state is PromiseState.WAITING


def test_what_failed_waits_longer_each_time(app: Flask, soon: datetime) -> None:
    promised("a")
    (leased,) = leased_by("w", soon)
    with unit_of_work():
        postpone(leased, "w", "no answer", soon)
    assert (row("a").due_at, row("a").last_error) == (soon + pause_before(2), "no answer")
    assert leased_by("w", soon + timedelta(seconds=9)) == []
    assert len(leased_by("w", soon + timedelta(seconds=10))) == 1


def test_pauses_double_up_to_two_hours() -> None:
    pauses = [pause_before(attempt).total_seconds() for attempt in (2, 3, 4, 11, 12, 40, 1000)]
    assert pauses == [10, 20, 40, 5120, 7200, 7200, 7200]


def test_what_failed_for_72_hours_is_buried_with_its_cause(app: Flask, soon: datetime) -> None:
    promised("a")
    later = soon + GIVE_UP_AFTER
    (leased,) = leased_by("w", later)
    with unit_of_work():
        postpone(leased, "w", "still no answer", later)
    assert (row("a").state, row("a").last_error) == (PromiseState.DEAD, "still no answer")


def test_a_long_cause_is_cut_to_fit(app: Flask, soon: datetime) -> None:
    promised("a")
    (leased,) = leased_by("w", soon)
    with unit_of_work():
        bury(leased, "w", "x" * 2000)
    assert row("a").last_error == "x" * 500


def test_a_dead_letter_is_not_leased(app: Flask, soon: datetime) -> None:
    promised("a")
    (leased,) = leased_by("w", soon)
    with unit_of_work():
        bury(leased, "w", "refused")
    assert leased_by("w", soon + timedelta(days=30)) == []


def test_a_revived_dead_letter_begins_from_the_start(app: Flask, soon: datetime) -> None:
    promised("a")
    (leased,) = leased_by("w", soon)
    with unit_of_work():
        bury(leased, "w", "refused")
    much_later = soon + timedelta(days=30)
    with unit_of_work():
        assert revive(leased.id, much_later)
    (again,) = leased_by("w", much_later)
    with unit_of_work():
        postpone(again, "w", "no answer", much_later)
    assert (again.attempts, row("a").state) == (1, PromiseState.WAITING)


def test_only_a_dead_letter_can_be_revived(app: Flask, soon: datetime) -> None:
    promised("a")
    with unit_of_work():
        assert not revive(row("a").id, soon)
        assert not revive(10**9, soon)


def test_many_workers_at_once_share_the_work_without_doubling(app: Flask, soon: datetime) -> None:
    promised(*(f"{number}" for number in range(60)))
    db.session.remove()
    start, got = Barrier(4), list[int]()

    def work(worker: str) -> None:
        start.wait()
        with app.app_context():
            while batch := leased_by(worker, soon, 2):
                got.extend(leased.id for leased in batch)
                for leased in batch:
                    with unit_of_work():
                        settle(leased, worker)
            db.session.remove()

    threads = [Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), set(Counter(got).values())) == (60, {1})
    assert set(db.session.scalars(select(Promise.state))) == {PromiseState.DONE}


def test_nobody_waits_for_a_promise_that_another_is_just_leasing(app: Flask, soon: datetime) -> None:
    """SKIP LOCKED, where there is such a thing: the second worker gets the next promise while the first is not done."""
    if db.engine.dialect.name != "postgresql":
        # SQLite has one writer at a time: the second comes after the first and finds what is left.
        promised("a", "b")
        assert [leased_by(worker, soon)[0].about["number"] for worker in ("one", "other")] == ["a", "b"]
        return
    promised("a", "b")
    db.session.remove()
    inside, seen = Barrier(2), dict[str, list[str]]()

    def work(worker: str) -> None:
        with app.app_context():
            with unit_of_work():
                inside.wait(20)
                seen[worker] = [leased.about["number"] for leased in lease(worker, soon)]
                inside.wait(20)  # both have leased before either commits
            db.session.remove()

    threads = [Thread(target=work, args=(worker,)) for worker in ("one", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number for numbers in seen.values() for number in numbers) == ["a", "b"]
