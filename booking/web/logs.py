"""One line a request, as JSON: what was asked by its pattern, never by its address, since addresses hold secrets.

Each request has an id: the proxy's, where one of ours gives it, or our own. It is in every line of the log that comes
from the request, on error pages, and goes on with what is promised.
"""

from __future__ import annotations

import secrets
import time

from flask import Flask, Response, g, request, request_started

from booking.kernel import log, origin
from booking.kernel.database import count_own_statements
from booking.web.guards.network import ID_BY_PROXY

OWN_BYTES = 16  # of an id of ours: nobody guesses another's


def init_app(app: Flask) -> None:
    """Give each request an id that error pages show, and write its line."""
    log.begin()

    def begin(_app: Flask, **_more: object) -> None:
        origin.begin(_id_of_request())
        g.begun = time.perf_counter()
        g.statements = 0

    request_started.connect(begin, app, weak=False)  # before the address is read, which asks the database already

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = origin.request_id()
        if not app.testing:
            log.write(
                "request",
                method=request.method,
                route=request.url_rule.rule if request.url_rule else None,
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("begun", time.perf_counter())) * 1000, 1),
                statements=g.get("statements"),
            )
        return response

    app.teardown_request(lambda _error: origin.begin(""))
    with app.app_context():
        count_own_statements(_count)


def _id_of_request() -> str:
    by_proxy = request.environ.get(ID_BY_PROXY, "")
    return by_proxy if origin.is_id(by_proxy) else secrets.token_hex(OWN_BYTES)


def _count(statement: str) -> None:
    if g and not statement.startswith("BEGIN"):
        g.statements = g.get("statements", 0) + 1
