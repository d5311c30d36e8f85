"""A piece of work that is killed, as by `kill -9`, at a statement: in a process forked from the test's own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event

from booking.kernel.database import db


def is_killed(work: Callable[[], object], at: int | str) -> bool:
    """Whether the work died: at its statement of this number, commits counted too, or at the first that has this in it.

    What was not committed by then is not there.
    """
    db.session.remove()
    process = os.fork()
    if process == 0:
        try:
            db.engine.dispose(close=False)  # the connections are the test's own
            _die(at)
            work()
        finally:
            os._exit(0)
    _process, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements and commits inside the block."""
    ran: list[str] = []

    def count(_c: object, _cur: object, statement: str, _p: object, _ctx: object, _many: bool) -> None:
        ran.append(statement)

    def commit(_connection: object) -> None:
        ran.append("COMMIT")

    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", commit)
    try:
        yield ran
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
        event.remove(db.engine, "commit", commit)


def _die(at: int | str) -> None:
    seen = 0

    def step(statement: str) -> None:
        nonlocal seen
        seen += 1
        if seen == at or (isinstance(at, str) and at in statement):
            os.kill(os.getpid(), signal.SIGKILL)

    def count(_c: object, _cur: object, statement: str, _p: object, _ctx: object, _many: bool) -> None:
        step(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", lambda _connection: step("COMMIT"))
