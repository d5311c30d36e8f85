"""Not every thread of a web process may wait to write: who only reads must find one, whatever row somebody locks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from booking.kernel.server.patience import Process, this_process

# Seconds. A unit of work takes a few milliseconds, on a slow disk some hundred: who takes longer waits for a lock. Who
# only reads waits behind the one that finds out, so it stays below two.
STUCK = 1.5


class Jammed(Exception):
    """All who write here are waiting for somebody; whoever comes now is told at once and not made to wait as well."""


class Turns:
    """At most so many units of work at once. The next waits only while those before it get on."""

    def __init__(self, most: int = 0) -> None:
        self.most = most  # 0: as many as come
        self.begun: dict[object, float] = {}
        self.changed = Condition()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One unit of work. Raises Jammed."""
        if not self.most or this_process() is not Process.WEB:
            yield
            return
        mine = object()
        with self.changed:
            while len(self.begun) >= self.most:
                gets_on_until = max(self.begun.values()) + STUCK
                if time.monotonic() >= gets_on_until:
                    raise Jammed
                self.changed.wait(gets_on_until - time.monotonic())
            self.begun[mine] = time.monotonic()
        try:
            yield
        finally:
            with self.changed:
                del self.begun[mine]
                self.changed.notify()
