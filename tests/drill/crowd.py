"""Buyers who come without a pause while something fails; when each of them had their tickets."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random

from tests.chaos import visitors
from tests.chaos.browser import Away, Refused, Unknown
from tests.chaos.house import House
from tests.chaos.ledger import Ending, Ledger
from tests.chaos.plan import Kind
from tests.chaos.visitors import Scene

PEOPLE = 3
SOLD_BEFORE, SOLD_AFTER = 5, 8
PATIENCE = 300  # seconds for any sale at all
NUMBERS = count(1)  # of buyers, in whatever crowd
REST = 0.3  # between two tickets of the same buyer


@dataclass
class Crowd:
    """What they bought: moments of beginning and end."""

    house: House
    ledger: Ledger = field(default_factory=Ledger)
    sales: list[tuple[float, float]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)

    def live(self) -> None:
        """Buy, and again."""
        while not self.gone.wait(REST):
            begun, number = time.monotonic(), next(NUMBERS)
            try:
                visitors.buy(Scene(self.house, self.ledger, Random(f"drill:{number}"), number))
            except Refused as refused:
                self.ledger.end(Kind.BUY, Ending.REFUSED, str(refused))
            except (Unknown, Away) as unknown:
                self.ledger.end(Kind.BUY, Ending.UNKNOWN, str(unknown))
            except Exception as error:
                self.broken.append(f"{type(error).__name__}: {error}")
            else:
                self.ledger.end(Kind.BUY, Ending.DONE)
                self.sales.append((begun, time.monotonic()))

    def wait_for(self, number: int, since: float) -> float:
        """Until so many who came after a moment have their tickets; when the first of them had.

        Raises AssertionError when nobody gets any.
        """
        until = time.monotonic() + PATIENCE
        while len(sold := sorted(end for begun, end in list(self.sales) if begun >= since)) < number:
            assert time.monotonic() < until, f"no sale: {self.ledger.reasons.most_common(3)}, {self.broken[:3]}"
            time.sleep(0.05)
        return sold[0]


@contextmanager
def a_crowd(house: House, ledger: Ledger | None = None) -> Iterator[Crowd]:
    """At work until the end of the block."""
    crowd = Crowd(house, ledger or Ledger())
    threads = [threading.Thread(target=crowd.live) for _ in range(PEOPLE)]
    for thread in threads:
        thread.start()
    try:
        yield crowd
    finally:
        crowd.gone.set()
        for thread in threads:
            thread.join()
