"""Processes of buyers, kept between races: to start one takes longer than a race."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from flask import Flask

from booking.kernel.database import db

Orders = list[tuple[str, list[int]]]


class Racer:
    """Another process with many threads, on whatever database it is told."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.capacity.race"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        atexit.register(self.process.kill)

    def begin(self, app: Flask, orders: Orders) -> None:
        """Let a race begin, each order in a thread; its answers are to be fetched by `end`."""
        with app.app_context():
            url = db.engine.url.render_as_string(hide_password=False)
        order = {"database_url": url, "instance": app.instance_path, "orders": orders}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()

    def end(self) -> list[str]:
        """The answers in the order of the orders; waits for them."""
        assert self.process.stdout is not None
        answers: list[str] = json.loads(self.process.stdout.readline())
        return answers

    def is_killed_after(self, seconds: float) -> None:
        """End it in the middle of whatever it does."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.process.kill()
        self.process.wait()


_racers: list[Racer] = []


def racers(many: int) -> Sequence[Racer]:
    """So many processes that wait for orders."""
    while len(_racers) < many:
        _racers.append(Racer())
    return _racers[:many]


def run_races(app: Flask, orders: Orders, processes: int = 2) -> list[str]:
    """Share the orders between processes that start together; returns all answers."""
    db.session.remove()
    shares = [orders[part::processes] for part in range(processes)]
    for racer, share in zip(racers(processes), shares, strict=True):
        racer.begin(app, share)
    return [answer for racer in racers(processes) for answer in racer.end()]
