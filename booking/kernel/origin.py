"""Which request all this comes from: one id in its log lines, in what it promises, and in the letters of that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LONGEST = 64  # letters of an id
# What proxies make: numbers and UUIDs, long enough that no two are alike; nothing that means something in a log, a
# letter's header or a page.
_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{15,{LONGEST - 1}}}")

_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The id of the request in hand, or of the one that asked for the work in hand; "" where nobody has asked."""
    return _id.get()


def is_id(text: str) -> bool:
    """Whether this can be the id of a request."""
    return _ID.fullmatch(text) is not None


def begin(request_id: str) -> None:
    """All that this thread does from now on comes from this request; "" once it is over."""
    _id.set(request_id)


@contextmanager
def asked_by(request_id: str) -> Iterator[None]:
    """What is done in this block comes from that request."""
    token = _id.set(request_id)
    try:
        yield
    finally:
        _id.reset(token)
