"""A server that began while the database was away has seen no clock but its machine's: it looks before it decides."""

from __future__ import annotations

from flask import Flask, request

from booking.kernel import clock
from booking.kernel.server.patience import Process, this_process
from booking.machines.start import look_if_it_answers

ASKS_NOBODY = "machine.live"


def init_app(app: Flask) -> None:
    """Have every request look first, until one has; from then on that is one question to ourselves."""

    @app.before_request
    def look() -> None:
        if clock.has_looked() or this_process() is not Process.WEB or request.endpoint == ASKS_NOBODY:
            return
        look_if_it_answers()
