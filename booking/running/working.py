"""A worker that is a process by itself: begins once it may serve the database, ends when it is told to."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from flask import Flask
from sqlalchemy.exc import DBAPIError

from booking.kernel import log
from booking.machines.fitness import join
from booking.running.worker import PAUSE_AFTER_FAILURE, run_forever


def work_until_told(app: Flask) -> None:
    """Work until SIGTERM or SIGINT, and finish the piece in hand; raises Unfit where it must not begin.

    A database that does not answer yet is waited for: machines start in any order.
    """
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, end)
    while not stop.is_set():
        try:
            join(app)
            break
        except DBAPIError as error:
            log.write("worker.failed", piece="start", **log.cause(error))
            stop.wait(PAUSE_AFTER_FAILURE)
    run_forever(app, stop)
