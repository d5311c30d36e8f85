"""What an earlier version left on a machine: taken over once, and no longer there."""

from __future__ import annotations

import json
from datetime import timedelta

from flask import Flask

from booking.kernel import clock
from booking.kernel.chores import Shift
from booking.machines.last_runs import LastCheck, LastPurge, keep_check, last_runs
from booking.running.left_behind import LEFT_BEHIND
from booking.settings import settings_of

THEN = clock.now().replace(microsecond=0) - timedelta(days=2)


def leave(app: Flask, name: str, words: str) -> None:
    """A file as the earlier version wrote it."""
    (settings_of(app).instance_dir / name).write_text(words)


def test_how_the_night_went_is_taken_over_and_the_files_of_long_lists_are_gone(app: Flask) -> None:
    folder = settings_of(app).instance_dir
    before = {there.name for there in folder.iterdir()}
    then = THEN.isoformat()
    leave(app, "last_check.json", json.dumps({"at": then, "breaches": ["I1/I2 slot 3"], "good_at": None}))
    leave(app, "last_purge.json", json.dumps({"at": then, "failed": {}, "good_at": then}))
    (folder / "exports").mkdir()
    leave(app, "exports/7.csv", "Kari Nordmann")
    LEFT_BEHIND.do(Shift("worker", nights=False, now=clock.now()))
    assert last_runs() == (LastCheck(THEN, ["I1/I2 slot 3"], None), LastPurge(THEN, {}, THEN))
    assert {there.name for there in folder.iterdir()} == before


def test_what_is_known_already_is_newer_and_what_is_no_file_of_ours_is_let_go(app: Flask) -> None:
    now = clock.now()
    keep_check([], now)
    leave(app, "last_check.json", json.dumps({"at": THEN.isoformat(), "breaches": ["old"], "good_at": None}))
    leave(app, "last_purge.json", "{")
    LEFT_BEHIND.do(Shift("worker", nights=False, now=now))
    assert last_runs() == (LastCheck(now, [], now), None)
