"""The date-sensitive tests on days that have caught somebody out: `make test-days`, part of `make test`.

By hand any tests on any of these days: `python -m tests.support.days --on "29 February" tests/visits tests/web`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.support.one_day import VARIABLE

# Those of the reference centre, in Oslo.
DAYS = {
    "a Sunday before Christmas": "2026-11-29T19:00+01:00",
    "24 December": "2026-12-24T11:00+01:00",
    "clocks go forward, on Easter Sunday": "2027-03-28T10:00+02:00",
    "the last of a month, before a holiday": "2027-04-30T13:00+02:00",
    "the first of August": "2027-08-01T10:00+02:00",
    "clocks go back": "2027-10-31T10:00+01:00",
    "29 February": "2028-02-29T10:00+01:00",
    "half an hour before midnight": "2026-11-04T23:30+01:00",
}
AT_ONCE = 2
MARK = "any_day"
TESTS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Ran:
    """One day's run."""

    day: str
    code: int
    said: str
    seconds: float


def run(day: str, words: list[str]) -> Ran:
    """Run pytest on this day."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        env=os.environ | {VARIABLE: DAYS[day]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Ran(day, done.returncode, done.stdout, time.monotonic() - begun)


def marked() -> list[str]:
    """The files with such tests: looking for them among all tests takes longer, on each day, than running them."""
    return sorted(str(path) for path in TESTS.rglob("test_*.py") if MARK in path.read_text(encoding="utf-8"))


def main() -> None:
    """Every day, or those named; the words that are left are pytest's, else the marked tests on SQLite."""
    parser = argparse.ArgumentParser(prog="days", description="Run tests on other days than the ordinary Wednesday.")
    parser.add_argument("--on", action="append", choices=sorted(DAYS), help="a day, as often as wanted; else all")
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    wanted, words = parser.parse_known_args()
    days = wanted.on or list(DAYS)
    words = words or ["-m", MARK, "-k", "not postgresql", *marked()]
    failed = []
    with ThreadPoolExecutor(wanted.at_once) as pool:
        for ran in pool.map(lambda day: run(day, words), days):
            print(
                f"{'well' if ran.code == 0 else 'FAILED':6} {ran.day} ({DAYS[ran.day]}), {ran.seconds:.0f} s",
                flush=True,
            )
            if ran.code:
                failed.append(ran.day)
                print(ran.said, flush=True)
    if failed:
        print("By hand: " + "; ".join(f"{VARIABLE}={DAYS[day]} {sys.executable} -m pytest …" for day in failed))
        sys.exit(1)


if __name__ == "__main__":
    main()
