"""A process none of whose threads gets on is replaced: the server sees only that its main thread lives.

Gunicorn's main thread takes connections and shows that it lives, while the threads that answer may all wait for ever.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from threading import Lock, Thread, get_ident
from types import FrameType
from typing import TYPE_CHECKING

from flask import Flask

from booking.kernel import log
from booking.settings import settings_of
from booking.web.metering import counts_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

INNERMOST = 6  # frames of a thread that say where it stands


class Watched:
    """Knows since when each thread has been at its request, and ends the process once all have been for too long."""

    def __init__(
        self,
        app: WSGIApplication,
        threads: int,
        seconds: float,
        tell: Callable[[int, Mapping[int, float]], None] | None = None,
    ) -> None:
        self.app = app
        self.tell = tell  # is told each second how many threads there are, and since when they are at what
        self.threads = threads
        self.seconds = seconds
        self.begun: dict[int, float] = {}  # by the thread's number; each writes its own alone
        self.lock = Lock()
        self.looks_in = 0  # the process that has a thread which looks: a forked one has none of its parent's

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI. What is sent afterwards is the network's time, not counted here."""
        if "gunicorn.socket" not in environ:
            return self.app(environ, start_response)
        if self.looks_in != os.getpid():
            self._begin_to_look()
        me = get_ident()
        self.begun[me] = time.monotonic()
        try:
            return self.app(environ, start_response)
        finally:
            self.begun.pop(me, None)

    def _begin_to_look(self) -> None:
        with self.lock:
            if self.looks_in != os.getpid():
                self.looks_in = os.getpid()
                self.begun.clear()
                Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            time.sleep(min(1.0, self.seconds / 4))
            self._tell()
            stuck = self.stuck(time.monotonic())
            if len(stuck) >= self.threads:
                log.write("process.stuck", threads=len(stuck), seconds=self.seconds, frames=_where(stuck))
                os._exit(1)  # gunicorn starts another; nothing is committed that was not answered for

    def _tell(self) -> None:
        if self.tell is not None:
            try:
                self.tell(self.threads, dict(self.begun))
            except Exception as error:  # looking goes on, whatever becomes of telling
                log.write("process.not_told", **log.cause(error))
                self.tell = None

    def stuck(self, now: float) -> list[int]:
        """The threads that have been at one request for too long."""
        return [thread for thread, since in list(self.begun.items()) if now - since >= self.seconds]


def _where(threads: Iterable[int]) -> list[str]:
    """Where each of them stands, by files and lines alone."""
    frames = sys._current_frames()
    return [_place(frames[thread]) for thread in threads if thread in frames]


def _place(frame: FrameType) -> str:
    stack = traceback.extract_stack(frame)
    ours = [summary for summary in stack if summary.filename.startswith(log.OURS)][-INNERMOST:]
    return " < ".join(
        f"{summary.filename.rpartition('/')[2]}:{summary.lineno} {summary.name}" for summary in reversed(ours)
    )


def init_app(app: Flask) -> None:
    """Inside of what reads forms: how slowly they come is not ours to answer for."""
    settings = settings_of(app)
    counts = counts_of(app)
    tell = partial(counts.sample, app) if counts is not None else None
    watched = Watched(app.wsgi_app, settings.web_threads, settings.stuck_seconds, tell)
    app.wsgi_app = watched  # type: ignore[method-assign]
