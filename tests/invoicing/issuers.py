"""Processes that issue invoices: `python -m tests.invoicing.issuers` with orders on a line of standard input.

Each order is a process of its own, forked from one that has the app; all begin at once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from booking import create_app
from booking.centre.facts import the_centre
from booking.invoicing.issue import issue, issue_all
from booking.kernel.database import db
from booking.kernel.refusals import Refusal
from tests.conftest import settings_for

KILLED = "killed"
NEVER, AFTERWARDS = 0, -1  # when to die; any other number is that of a statement, the last of all the commit
Order = tuple[str, int]  # a receivable's key, or several with a space between them; and when to die


def issued_by_processes(app: Flask, orders: Sequence[Order], at: datetime) -> list[str]:
    """What became of each order: the number, the name of a refusal, or killed."""
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    wanted = {"database_url": url, "instance": app.instance_path, "orders": orders, "at": at.isoformat()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.invoicing.issuers"],
        input=json.dumps(wanted), capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    answers: list[str] = json.loads(done.stdout.splitlines()[-1])
    return answers


def _issue(app: Flask, key: str, at: datetime, die_at: int) -> str:
    with app.app_context():
        centre = the_centre()
        if die_at > 0:
            _die_at(die_at)
        try:
            if " " in key:
                issued, _refused = issue_all(key.split(" "), centre, at, "account:1")
                number = " ".join(str(invoice.number) for invoice in issued)
            else:
                number = str(issue(key, centre, at, "account:1").number)
        except Refusal as refusal:
            number = type(refusal).__name__
    if die_at == AFTERWARDS:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def _die_at(statement: int) -> None:
    seen = 0

    def count(*_about: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def commit(_connection: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", commit)


def _fork(app: Flask, key: str, at: datetime, die_at: int, start: int) -> tuple[int, int]:
    """A process that waits for the start: where its answer is read, and its id."""
    answer, told = os.pipe()
    process = os.fork()
    if process:
        os.close(told)
        return answer, process
    try:
        os.read(start, 1)
        os.write(told, _issue(app, key, at, die_at).encode())
    except Exception as error:  # the test must see it
        os.write(told, f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(0)


def _race(database_url: str, instance: str, orders: list[Order], at: str) -> list[str]:
    app = create_app(settings_for(database_url, Path(instance)))
    with app.app_context():
        db.engine.dispose()
    start, go = os.pipe()
    racers = [_fork(app, key, datetime.fromisoformat(at), die_at, start) for key, die_at in orders]
    os.write(go, b"1" * len(racers))
    answers = []
    for answer, process in racers:
        with os.fdopen(answer) as told:
            answers.append(told.read() or KILLED)
        os.waitpid(process, 0)
    return answers


if __name__ == "__main__":
    print(json.dumps(_race(**json.loads(sys.stdin.readline()))))
