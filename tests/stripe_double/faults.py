"""Mishaps to order: the next so many requests to a path get an error, silence or a cut line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from tests.stripe_double.problems import Json


class Mishap(StrEnum):
    """What goes wrong with a request."""

    ERROR = "500"
    TOO_MANY = "429"
    REFUSED = "400"
    CONFLICT = "409"
    HANG = "hang"
    CUT = "cut"


@dataclass
class Fault:
    """One kind of mishap for the next `times` requests. `after`: the work is done and only the answer is lost.

    `sticky`: the answer is remembered for the request's idempotency key, as Stripe does with errors of its own making.
    `again`: whether the SDK is told to try again by itself.
    """

    what: Mishap
    times: int
    method: str
    path: re.Pattern[str]
    after: bool
    sticky: bool
    again: bool
    seconds: float


class Faults:
    """Those that are waiting for a request."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.waiting: list[Fault] = []

    def order(self, wish: Json) -> None:
        """Order mishaps, as the control address takes them."""
        fault = Fault(
            what=Mishap(wish["what"]),
            times=int(wish.get("times", 1)),
            method=wish.get("method", ""),
            path=re.compile(wish.get("path", "/v1/")),
            after=bool(wish.get("after")),
            sticky=bool(wish.get("sticky")),
            again=bool(wish.get("again")),
            seconds=float(wish.get("seconds", 1)),
        )
        with self.lock:
            self.waiting.append(fault)

    def clear(self) -> None:
        """No more mishaps."""
        with self.lock:
            self.waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The mishap of this request, if it is to have one."""
        with self.lock:
            for fault in self.waiting:
                if fault.method in ("", method) and fault.path.search(path):
                    fault.times -= 1
                    self.waiting = [fault for fault in self.waiting if fault.times > 0]
                    return fault
        return None
