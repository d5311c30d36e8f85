"""What is used again is what would be read now, whoever commits, gives up or waits meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from booking.bookings.basket import Pick
from booking.bookings.hold import hold
from booking.capacity.availability import (
    Free,
    add_ons_between,
    all_between,
    entry_between,
    first_choice,
    slots_between,
    start_of,
)
from booking.capacity.models import Channel
from booking.capacity.places import Full
from booking.catalogue.leading import leading_prices
from booking.catalogue.models import Kind
from booking.catalogue.queries import event_of, events_on_offer, offers_of
from booking.centre.facts import NOT_YET, closing_days, the_centre
from booking.centre.opening import load_hours
from booking.centre.partners import partners
from booking.kernel import clock, used_again
from booking.kernel.database import db, end_reading, engine_options, unit_of_work
from booking.kernel.server.patience import Process, become
from booking.web.visitor.month import month_of
from tests.builders import a_sale, a_slot, a_space, a_stretch, a_ticket_type, an_activity, tomorrow
from tests.conftest import empty_database
from tests.web.browsing import statements

READERS = 3
MINUTES = st.integers(min_value=-60, max_value=600)
SMALL = st.integers(min_value=0, max_value=9)

# What anybody may change: each an UPDATE or an INSERT that may be given a number.
CHANGES = (
    "UPDATE slot SET taken = :n WHERE id = (SELECT min(id) FROM slot WHERE activity_id IS NOT NULL)",
    "UPDATE slot SET taken = :n WHERE activity_id IS NULL",
    "UPDATE slot SET kept = :n, kept_taken = 0 WHERE id = (SELECT max(id) FROM slot)",
    "UPDATE slot SET status = CASE WHEN :n > 4 THEN 'closed' ELSE 'open' END WHERE activity_id IS NOT NULL",
    "UPDATE price SET minor = :n * 100",
    "UPDATE centre SET few_left = :n + 1",
    "UPDATE activity SET sort = :n WHERE id = (SELECT min(id) FROM activity)",
    "INSERT INTO partner (name, website, logo, kind, sort) VALUES ('P', '', '', '', :n)",
)


class Reader:
    """A visitor's request in a thread of its own, which may last through what others do."""

    def __init__(self, app: Flask) -> None:
        self.thread = ThreadPoolExecutor(max_workers=1)
        self.context = app.app_context()
        self.does(self.context.push)
        self.begun_at = -1  # how many changes there had been

    def does(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401  (whatever it answers)
        """Do it there."""
        return self.thread.submit(work).result(timeout=20)

    def close(self) -> None:
        """Go."""
        self.does(self.context.pop)
        self.thread.shutdown()


def all_answers(now: datetime) -> list[object]:
    """Everything that pages use again, asked as they ask."""
    month = month_of(now.date(), 2, NOT_YET, now)
    begin, entry = tomorrow(0), _first(Kind.ADMISSION)
    return [
        (month.days, month.by_day, [month.standing(slot) for slot in month.slots]),
        entry_between(begin, begin + timedelta(days=1), Channel.PUBLIC, now),
        all_between(now - timedelta(hours=1), now + timedelta(days=14), Channel.PUBLIC, now),
        add_ons_between(begin, begin + timedelta(days=1), Channel.PUBLIC, now),
        slots_between(entry, now, now + timedelta(days=30), Channel.SCHOOL, now),
        start_of(1),
        first_choice(1, Channel.PUBLIC, now),
        leading_prices(entry),
        offers_of([entry]),
        events_on_offer(),
        event_of("no-such"),
        closing_days(now.date(), now.date() + timedelta(days=35)),
        [*partners()],
        load_hours(),
    ]


def _write(change: str, n: int) -> None:
    with unit_of_work():
        db.session.execute(text(change), {"n": n})


def _first(kind: Kind) -> int:
    with db.engine.connect() as connection:
        number: int = connection.execute(
            text("SELECT min(id) FROM activity WHERE kind = :kind"), {"kind": kind.value}
        ).scalar_one()
        return number


def afresh(now: datetime) -> list[object]:
    """The same as the database has it now, by a session that uses nothing again."""
    db.session.rollback()
    kept, used_again._mark = used_again._mark, lambda: None  # type: ignore[assignment]
    try:
        return all_answers(now)
    finally:
        used_again._mark = kept
        db.session.rollback()


class UsedAgain(RuleBasedStateMachine):
    """Readers read at any moment between others' writing, here and over a connection that nobody here knows of."""

    app: Flask
    outside: Engine

    def __init__(self) -> None:
        super().__init__()
        self.things = ExitStack()
        self.other: Connection | None = None
        self.history: list[list[object]] = []
        self.now = clock.now()

    @initialize()
    def a_house(self) -> None:
        """Entry and a show that draw on the house; some places kept for schools until tomorrow."""
        empty_database()
        a_sale()
        entry, show = an_activity(), an_activity(Kind.SHOW, title="Show", needs_admission=False)
        house = a_stretch(a_space(capacity=40, is_house=True), tomorrow(10), 40)
        for activity in (entry, show):
            a_ticket_type(activity)
            a_slot(activity, 20, tomorrow(10), draws_on=[house])
            a_slot(
                activity,
                20,
                tomorrow(11),
                kept=8,
                opens_at=self.now + timedelta(hours=2),
                release_at=self.now + timedelta(hours=20),
            )
        self.readers = [self.things.enter_context(closing(Reader(self.app))) for _ in range(READERS)]
        self.history.append(afresh(self.now))

    def teardown(self) -> None:
        if self.other is not None:
            self.other.close()
        self.things.close()

    @property
    def is_free_to_write(self) -> bool:
        return self.other is None or db.engine.dialect.name != "sqlite"

    @precondition(lambda self: self.is_free_to_write)
    @rule(change=st.sampled_from(CHANGES), n=SMALL, keeps=st.booleans())
    def we_write(self, change: str, n: int, keeps: bool) -> None:
        """A unit of work, which may be given up at the end."""
        try:
            with unit_of_work():
                if self.other is not None:
                    db.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
                db.session.execute(text(change), {"n": n})
                if not keeps:
                    raise Full(0, 0)
        except Full:
            pass
        except Exception:
            assert self.other is not None  # it has the row
        self.history.append(afresh(self.now))

    @precondition(lambda self: self.other is None)
    @rule(change=st.sampled_from(CHANGES), n=SMALL)
    def somebody_else_begins_to_write(self, change: str, n: int) -> None:
        """Who has not committed yet."""
        self.other = self.outside.connect()
        if db.engine.dialect.name == "sqlite":
            self.other.exec_driver_sql("BEGIN IMMEDIATE")
        self.other.execute(text(change), {"n": n})

    @precondition(lambda self: self.other is not None)
    @rule(commits=st.sampled_from([True, True, False]))
    def and_ends(self, commits: bool) -> None:
        """With or without it."""
        assert self.other is not None
        if commits:
            self.other.commit()
        else:
            self.other.rollback()
        self.other.close()
        self.other = None
        self.history.append(afresh(self.now))

    @rule(reader=st.integers(0, READERS - 1))
    def a_request_begins(self, reader: int) -> None:
        """The one before it in that thread is over."""
        who = self.readers[reader]
        who.does(db.session.remove)
        who.does(the_centre)
        who.begun_at = len(self.history) - 1

    @rule(reader=st.integers(0, READERS - 1))
    def a_request_reads(self, reader: int) -> None:
        """Each of its answers was true at a moment since it began; of the last only one is possible."""
        who, now = self.readers[reader], self.now
        if who.begun_at < 0:
            return
        answers = who.does(lambda: all_answers(now))
        truths = self.history[who.begun_at :]
        for place, answer in enumerate(answers):
            assert answer in [truth[place] for truth in truths], (place, answer)

    @rule(reader=st.integers(0, READERS - 1))
    def a_new_request_reads_what_is_there_now(self, reader: int) -> None:
        """As anybody who read for the first time."""
        self.a_request_begins(reader)
        self.a_request_reads(reader)

    @rule(reader=st.integers(0, READERS - 1))
    def a_request_waits_for_the_network(self, reader: int) -> None:
        """What it reads after that is of after that."""
        self.readers[reader].does(end_reading)
        self.readers[reader].begun_at = len(self.history) - 1
        self.a_request_reads(reader)

    @precondition(lambda self: self.other is None)
    @rule(reader=st.integers(0, READERS - 1), change=st.sampled_from(CHANGES), n=SMALL)
    def a_request_writes_and_reads_on(self, reader: int, change: str, n: int) -> None:
        """And finds what it has written."""
        self.readers[reader].does(lambda: _write(change, n))
        self.history.append(afresh(self.now))
        self.readers[reader].begun_at = len(self.history) - 1
        self.a_request_reads(reader)

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        """Requests of before are over; what was released meanwhile is free. A clock may be put right, too."""
        self.now += timedelta(minutes=minutes)
        for who in self.readers:
            who.begun_at = -1
        self.history = [afresh(self.now)]


@pytest.fixture
def outside(app: Flask) -> Iterator[Engine]:
    """The database as another program opens it."""
    url = db.engine.url
    module = {"module": engine_options("sqlite", 1)["module"]} if db.engine.dialect.name == "sqlite" else {}
    engine = create_engine(url, **module)
    yield engine
    engine.dispose()


def test_what_is_used_again_is_what_would_be_read_now(app: Flask, outside: Engine) -> None:
    class Here(UsedAgain):
        pass

    Here.app, Here.outside = app, outside
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=10,
            stateful_step_count=30,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )


def test_nothing_is_asked_twice_while_nobody_writes(app: Flask) -> None:
    a_sale()
    now = clock.now()

    def a_request(seconds: int) -> None:
        db.session.remove()
        the_centre()
        all_answers(now + timedelta(seconds=seconds))

    with statements() as seen:
        a_request(0)
        first = len(seen)
        a_request(1)
    again = [sql for sql in seen[first:] if "min(id)" not in sql]  # the test's own
    assert first == 17
    assert len(again) == (db.engine.dialect.name == "postgresql"), again  # the mark


def test_who_writes_reads_for_himself(app: Flask) -> None:
    a_sale(capacity=4)
    now, begin = clock.now(), tomorrow(0)
    db.session.remove()
    the_centre()

    def free() -> list[Free]:
        return entry_between(begin, begin + timedelta(days=1), Channel.PUBLIC, now)

    assert [there.free for there in free()] == [4]
    with unit_of_work():
        db.session.execute(text("UPDATE slot SET taken = 3"))
        assert [there.free for there in free()] == [1]
    assert [there.free for there in free()] == [1]


def test_a_hold_is_refused_though_a_page_still_shows_the_last_places(app: Flask, outside: Engine) -> None:
    facts, slot, adult = a_sale(capacity=2)
    db.session.remove()
    the_centre()
    with outside.begin() as connection:
        connection.execute(text("UPDATE slot SET taken = 2"))
    with pytest.raises(Full), unit_of_work():
        hold([Pick(slot, adult, 1)], centre=facts, now=clock.now(), lang="nb", holder="h")


def test_what_one_process_keeps_has_an_end(app: Flask) -> None:
    a_sale()
    db.session.remove()
    the_centre()
    for days in range(3 * used_again.MOST):
        begin = tomorrow(0, days=days)
        entry_between(begin, begin + timedelta(hours=1), Channel.PUBLIC, clock.now())
    assert len(used_again._kept.answers) == used_again.MOST


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_is_gone_is_told_though_its_answers_are_kept(app: Flask) -> None:
    a_sale()
    db.session.remove()
    the_centre()
    db.session.remove()
    file = Path(db.engine.url.database or "")
    hidden = file.with_suffix(".away")
    become(Process.WEB)
    file.rename(hidden)
    try:
        with pytest.raises(OperationalError):
            the_centre()
    finally:
        hidden.rename(file)
        become(Process.TOOL)
        db.session.remove()
    assert the_centre()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_process_that_is_forked_watches_by_itself(app: Flask) -> None:
    a_sale()
    db.session.remove()
    assert the_centre().few_left == 10
    db.session.remove()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if _few_left_after_a_change() == 3 else 1
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert the_centre().few_left == 3


def _few_left_after_a_change() -> int:
    """In a process that has what its parent kept."""
    db.engine.dispose(close=False)
    the_centre()
    _write("UPDATE centre SET few_left = :n", 3)
    return the_centre().few_left
