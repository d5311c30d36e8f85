"""Limits are counted together while that is possible, and by each process for itself while it is not.

Flask-Limiter has such a way out of its own, but waits for a frozen Redis, asks it again in the middle of somebody's
request, and raises what a second thread met while the first was changing over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from limits.storage import MemoryStorage, Storage, storage_from_string

from booking.kernel import log
from booking.web.extensions import limiter

T = TypeVar("T")
SCHEME = "together"
WAITS = 0.5  # seconds for Redis to answer: it takes a tenth of a millisecond
REST = 5.0  # seconds for which one that did not answer is left alone


class CountedTogether(Storage):
    """A storage of the library `limits` before another: when that fails, this process counts by itself for a while."""

    STORAGE_SCHEME = [f"{SCHEME}+{kind}" for kind in ("redis", "rediss", "redis+unix", "counters")]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:  # noqa: ANN401
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        address = uri.removeprefix(f"{SCHEME}+")
        self.shared: Any = storage_from_string(address, **(_patience() if address.startswith("redis") else {}))
        self.own = MemoryStorage()
        self.lock = Lock()
        self.is_alone = False
        self.next_try = 0.0

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """None of the other's comes through."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and say how many there are now in this window."""
        return self._ask(lambda storage: storage.incr(key, expiry, amount))

    def get(self, key: str) -> int:
        """How many there are in the present window."""
        return self._ask(lambda storage: storage.get(key))

    def get_expiry(self, key: str) -> float:
        """When the present window ends, in seconds since 1970."""
        return self._ask(lambda storage: storage.get_expiry(key))

    def check(self) -> bool:
        """Whether it counts, which it does."""
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        return self._ask(lambda storage: storage.reset())

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._ask(lambda storage: storage.clear(key))

    def counts_together(self) -> bool:
        """Whether the shared counts can be reached now, for whoever looks after us."""
        return bool(self.shared.check())

    def _ask(self, question: Callable[[Storage], T]) -> T:
        if self._may_try():
            try:
                answer = question(self.shared)
            except self.shared.base_exceptions as error:
                self._note(alone=True, cause=type(error).__name__)
            else:
                self._note(alone=False)
                return answer
        return question(self.own)

    def _may_try(self) -> bool:
        """Whether to ask the shared one: while it is away one thread does, every now and then."""
        if not self.is_alone:
            return True
        with self.lock:
            now = time.monotonic()
            if now < self.next_try:
                return False
            self.next_try = now + REST
            return True

    def _note(self, alone: bool, **facts: object) -> None:
        if alone == self.is_alone:
            return
        with self.lock:
            if alone == self.is_alone:
                return
            self.is_alone, self.next_try = alone, time.monotonic() + REST
        log.write("limits.alone" if alone else "limits.together", **facts)


def before(address: str) -> str:
    """The address of this storage before the one at an address."""
    return f"{SCHEME}+{address}"


def _patience() -> dict[str, Any]:
    """How short Redis is waited for; its library is loaded only where there is one."""
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {"socket_timeout": WAITS, "socket_connect_timeout": WAITS, "retry": Retry(NoBackoff(), 0)}


def counts_together() -> bool:
    """Whether limits are counted together with all others now, or by each process for itself."""
    if not limiter.enabled:
        return True  # nothing is counted
    storage = limiter.storage
    return not isinstance(storage, CountedTogether) or storage.counts_together()
