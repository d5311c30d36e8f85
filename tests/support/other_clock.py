"""A program on a machine whose clock is off: `python -m tests.support.other_clock FILE MODULE [WORDS]`, or `-c CODE`.

FILE says by how many seconds, and may be written anew while the program runs: then somebody sets the machine's clock.
All processes that the program starts by forking are on that machine too.
"""

from __future__ import annotations

import os
import runpy
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

LOOKS_EVERY = 0.05  # seconds


def begin(file: Path) -> None:
    """Set this process's clock as the file says, now and whenever it is written anew."""
    seconds = float(file.read_text())
    journey = time_machine.travel(_moment(time.time() + seconds), tick=True).start()
    time.time()  # a journey's clock starts when it is first asked
    really: Callable[[], float] = time_machine.escape_hatch.time.time

    def follow() -> None:
        known = seconds
        while True:
            time.sleep(LOOKS_EVERY)
            told = float(file.read_text() or known)
            if told != known:
                journey.move_to(_moment(really() + told))
                time.time()
                known = told

    def start() -> None:
        threading.Thread(target=follow, daemon=True).start()

    start()
    os.register_at_fork(after_in_child=start)
    socket.gethostname = lambda: file.stem  # each is a machine of its own


def _moment(since_1970: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=since_1970)


if __name__ == "__main__":
    begin(Path(sys.argv[1]))
    sys.argv = sys.argv[2:]
    if sys.argv[0] == "-c":
        code = sys.argv.pop(1)
        exec(code, {"__name__": "__main__"})
    else:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
