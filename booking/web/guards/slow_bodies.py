"""A form that does not come in time is not waited for: eight that come a letter a minute would hold all our threads.

The proxy in front takes requests whole before it hands them on (docs/operations.md); this is for where there is none,
or one that does not. Heads of requests are read by the server before we are asked, and are the proxy's to limit.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Iterable
from threading import Lock, Thread
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wrappers import Response

from booking.web.typed import whole_number

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BODY_TAKES = 20.0  # seconds for a quarter of a megabyte at most: a modem of 1995 is faster


class InTime:
    """Reads a body whole, before anything else is done, and hangs up on whoever is too slow."""

    def __init__(self, app: WSGIApplication, most: int, seconds: float = BODY_TAKES) -> None:
        self.app = app
        self.most = most
        self.watch = Watch(seconds)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI. What is larger than any form is refused unread by those behind us."""
        connection, length = environ.get("gunicorn.socket"), whole_number(environ.get("CONTENT_LENGTH"), 1, self.most)
        if connection is None or length is None:
            return self.app(environ, start_response)
        body = self._read(connection, environ["wsgi.input"], length)
        if len(body) < length:
            late = Response("Too slow.\n", 408, {"Connection": "close"}, mimetype="text/plain")
            return late(environ, start_response)
        environ["wsgi.input"] = io.BytesIO(body)
        return self.app(environ, start_response)

    def _read(self, connection: socket.socket, coming: io.BufferedIOBase, length: int) -> bytes:
        """What has come when the time is over, or all of it."""
        self.watch.begin(connection)
        try:
            return coming.read(length)
        except OSError:
            return b""
        finally:
            self.watch.end(connection)


class Watch:
    """Hangs up on who is late. One thread for all, since one for each form costs a tenth of what the form does."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.late_at: dict[socket.socket, float] = {}
        self.lock = Lock()
        self.thread: Thread | None = None

    def begin(self, connection: socket.socket) -> None:
        """From now on its time runs."""
        with self.lock:
            self.late_at[connection] = time.monotonic() + self.seconds
            if self.thread is None or not self.thread.is_alive():  # a process that was forked has none of its own yet
                self.thread = Thread(target=self._look, daemon=True)
                self.thread.start()

    def end(self, connection: socket.socket) -> None:
        """All has come, or nothing will."""
        with self.lock:
            self.late_at.pop(connection, None)

    def _look(self) -> None:
        """Every now and then: nobody would notice a second more."""
        while True:
            time.sleep(min(1.0, self.seconds / 4))
            now = time.monotonic()
            with self.lock:
                for connection in [who for who, late_at in self.late_at.items() if late_at <= now]:
                    del self.late_at[connection]
                    _stop_reading(connection)


def _stop_reading(connection: socket.socket) -> None:
    """Whoever waits for more gets the end of it at once; an answer can still be sent."""
    try:
        connection.shutdown(socket.SHUT_RD)
    except OSError:  # gone already
        return


def init_app(app: Flask) -> None:
    """Outermost of all."""
    app.wsgi_app = InTime(app.wsgi_app, app.config["MAX_CONTENT_LENGTH"])  # type: ignore[method-assign]
