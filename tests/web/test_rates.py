"""Counters in a file: all processes count together, windows end, a file that is gone stops nobody."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_limiter import Limiter

from booking import create_app
from booking.kernel.database import db
from booking.web.extensions import limiter
from booking.web.guards import counting
from booking.web.guards.network import here
from booking.web.guards.rates import CountersInAFile, address_of
from tests.builders import a_sale
from tests.conftest import settings_for

PROCESSES, EACH = 4, 50


def counters(folder: Path) -> CountersInAFile:
    return CountersInAFile(address_of(folder))


def count(folder: Path) -> None:
    mine = counters(folder)
    for _ in range(EACH):
        mine.incr("guesses", 60)


def test_processes_at_once_lose_no_count(tmp_path: Path) -> None:
    counters(tmp_path).incr("guesses", 60)
    fork = multiprocessing.get_context("fork")
    working = [fork.Process(target=count, args=(tmp_path,)) for _ in range(PROCESSES)]
    for process in working:
        process.start()
    for process in working:
        process.join(60)
    assert [process.exitcode for process in working] == [0] * PROCESSES
    assert counters(tmp_path).get("guesses") == 1 + PROCESSES * EACH


def test_a_connection_is_not_carried_over_a_fork(tmp_path: Path) -> None:
    mine = counters(tmp_path)
    mine.incr("guesses", 60)
    child = os.fork()
    if child == 0:
        mine.incr("guesses", 60)
        os._exit(0)
    os.waitpid(child, 0)
    assert mine.incr("guesses", 60) == 3


def test_a_window_ends_and_a_new_one_begins_at_one(tmp_path: Path) -> None:
    mine = counters(tmp_path)
    assert [mine.incr("guesses", 1) for _ in range(3)] == [1, 2, 3]
    time.sleep(1.05)
    assert mine.get("guesses") == 0
    assert mine.incr("guesses", 60) == 1
    assert mine.get_expiry("guesses") > time.time() + 50


def test_one_key_or_all_can_be_forgotten(tmp_path: Path) -> None:
    mine = counters(tmp_path)
    for key in ("one", "other"):
        mine.incr(key, 60)
    mine.clear("one")
    assert (mine.get("one"), mine.get("other")) == (0, 1)
    assert mine.reset() == 1
    assert mine.get("other") == 0


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    counters(tmp_path).incr("guesses", 60)
    assert (tmp_path / "counters.db").stat().st_mode & 0o077 == 0


@pytest.fixture
def two_apps(app: Flask, database_url: str, tmp_path: Path) -> Iterator[list[Flask]]:
    """Two as in two processes of one machine: one instance folder, one database."""
    made = [create_app(settings_for(database_url, tmp_path, RATE_LIMITS="on")) for _ in range(2)]
    yield made
    limiter.reset()
    limiter.enabled = False
    for twin in made:
        with twin.app_context():
            db.engine.dispose()


def guess(app: Flask, address: str) -> int:
    secret = "/staff/enter/4BKC9RC7M7AWJB3W3C1D4JSVCV"
    return app.test_client().post(secret, environ_base={"REMOTE_ADDR": address}).status_code


def test_what_one_process_has_counted_the_other_knows(two_apps: list[Flask]) -> None:
    a_sale()
    for app in two_apps:
        app.config["WTF_CSRF_ENABLED"] = False
    answers = [guess(two_apps[n % 2], f"2001:db8::{n:x}") for n in range(24)]
    assert answers[:20] == [403] * 20
    assert answers[20:] == [429] * 4
    assert guess(two_apps[0], "2001:db8:0:1::1") == 403  # the next house


def test_a_file_that_cannot_be_written_answers_nobody_with_an_error(tmp_path: Path) -> None:
    counters_file = tmp_path / "counters.db"
    counters_file.mkdir()
    echo = Flask("echo")
    mine = Limiter(here, storage_uri=counting.before(address_of(tmp_path)))

    @echo.get("/")
    @mine.limit("3 per minute")
    def hello() -> str:
        return "hello"

    mine.init_app(echo)
    assert [echo.test_client().get("/").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
