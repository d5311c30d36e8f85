"""Guesses are counted whole, however many come at once, and waits grow and end as they should."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.kernel.database import db, unit_of_work
from booking.staff import lockout
from booking.staff.lockout import Guess, count_for_account, count_for_place, key_of, wait_after
from booking.staff.models import SignInCount
from booking.staff.passwords import PasswordMissing
from booking.staff.sign_in import confirm

KEY = key_of("account", "kari@example.org")
PLACE = key_of("place", "192.0.2.1")


def guess(now: datetime, times: int = 1) -> list[Guess]:
    guesses = []
    for _ in range(times):
        with unit_of_work():
            guesses.append(count_for_account(KEY, now))
    return guesses


def come(now: datetime, times: int = 1) -> list[bool]:
    heard = []
    for _ in range(times):
        with unit_of_work():
            heard.append(count_for_place(PLACE, now).heard)
    return heard


@pytest.mark.parametrize(
    ("failures", "minutes"), [(4, None), (5, 1), (6, 2), (7, 4), (8, 8), (10, 32), (11, 60), (12, 60), (10_000, 60)]
)
def test_waits_double_up_to_an_hour(failures: int, minutes: int | None) -> None:
    assert wait_after(failures) == (None if minutes is None else timedelta(minutes=minutes))


def test_the_database_reckons_waits_as_the_rule_does(app: Flask, now: datetime) -> None:
    at = now
    for failures in range(1, 15):
        (counted,) = guess(at)
        wait = wait_after(failures)
        assert counted == Guess(True, failures, at + wait if wait else None)
        at += wait or timedelta(0)


def test_during_a_wait_guesses_are_counted_but_not_heard_and_the_wait_stays(app: Flask, now: datetime) -> None:
    until = guess(now, 5)[-1].until
    (counted,) = guess(now + timedelta(seconds=30))
    assert counted == Guess(False, 6, until)


def test_after_a_day_of_peace_the_row_begins_anew(app: Flask, now: datetime) -> None:
    guess(now, 12)
    (counted,) = guess(now + lockout.IN_A_ROW)
    assert counted == Guess(True, 1, None)


def test_being_right_begins_anew(app: Flask, now: datetime) -> None:
    guess(now, 4)
    with unit_of_work():
        lockout.clear(KEY)
    assert guess(now)[0] == Guess(True, 1, None)


def test_a_place_is_heard_thirty_times_an_hour(app: Flask, now: datetime) -> None:
    assert come(now, 33) == [True] * 30 + [False] * 3
    assert come(now + timedelta(minutes=59)) == [False]
    assert come(now + timedelta(hours=1)) == [True]


def test_right_guesses_do_not_count_for_a_place(app: Flask, now: datetime) -> None:
    for _ in range(40):
        assert come(now) == [True]
        with unit_of_work():
            lockout.uncount(PLACE)


def test_thirty_two_guesses_at_once_count_as_thirty_two_and_five_are_heard(app: Flask, now: datetime) -> None:
    db.session.remove()
    start, heard = Barrier(8), []

    def try_four() -> None:
        with app.app_context():
            start.wait()
            for _ in range(4):
                with unit_of_work():
                    heard.append(count_for_account(KEY, now).heard)
            db.session.remove()

    threads = [Thread(target=try_four) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.session.scalars(select(SignInCount.failures)).all() == [32]
    assert sum(heard) == 5


def test_counters_that_nobody_touches_are_forgotten(app: Flask, now: datetime) -> None:
    guess(now - timedelta(days=3))
    come(now)
    with unit_of_work():
        lockout.forget(now)
    assert db.session.scalar(select(func.count()).select_from(SignInCount)) == 1


def test_no_password_at_all_is_asked_for_and_is_no_guess(app: Flask, now: datetime) -> None:
    with pytest.raises(PasswordMissing):
        confirm(1, "", now)
    assert db.session.scalar(select(func.count()).select_from(SignInCount)) == 0
