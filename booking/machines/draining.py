"""The end of a server that others stand beside: from SIGTERM on it says that it is not ready, and serves on a while.

Whoever shares out visitors sees that within some seconds and sends them elsewhere; only then is the door shut. One byte
of memory tells it to all processes of the server, those that are forked later too.
"""

from __future__ import annotations

import mmap
import os
import signal
from types import FrameType

_FLAG = mmap.mmap(-1, 1)


def is_draining() -> bool:
    """Whether this server is about to end."""
    return _FLAG[0] == 1


def linger(seconds: int) -> None:
    """Have this process, the first of a server that has set its signals, wait so long before it follows a SIGTERM.

    A second SIGTERM is followed at once: somebody has no patience.
    """
    follow = signal.getsignal(signal.SIGTERM)

    def drain(told: int, frame: FrameType | None) -> None:
        patient = seconds > 0 and not is_draining()
        _FLAG[0] = 1
        if patient:
            signal.alarm(seconds)
        elif callable(follow):
            signal.alarm(0)
            follow(told, frame)

    def go(_alarm: int, _frame: FrameType | None) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGALRM, go)
    signal.signal(signal.SIGTERM, drain)
