"""A worker that is a process by itself: begins once it may serve the database, ends when it is told to."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from flask import Flask
from sqlalchemy.exc import DBAPIError

from booking.machines.fitness import join
from booking.machines.names import this_machine
from booking.running.worker import PAUSE_AFTER_FAILURE, run_forever, say_why


def work_until_told(app: Flask) -> None:
    """Work until SIGTERM or SIGINT, and finish the piece in hand; raises Unfit where it must not begin.

    A database that does not answer yet is waited for: machines start in any order.
    """
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, end)
    is_away = False
    while not stop.is_set():
        try:
            join(app)
            break
        except DBAPIError as error:
            is_away = say_why(error, "start", this_machine(), is_away)
            stop.wait(PAUSE_AFTER_FAILURE)
    run_forever(app, stop)
