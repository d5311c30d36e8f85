"""One line a request, as JSON: what was asked by its pattern, never by its address, since addresses hold secrets."""

from __future__ import annotations

import secrets
import time

from flask import Flask, Response, g, request, request_started

from booking.kernel import log
from booking.kernel.database import count_own_statements


def init_app(app: Flask) -> None:
    """Give each request an id that error pages show, and write its line."""
    log.begin()

    def begin(_app: Flask, **_more: object) -> None:
        g.request_id = secrets.token_hex(8)
        g.begun = time.perf_counter()
        g.statements = 0

    request_started.connect(begin, app, weak=False)  # before the address is read, which asks the database already

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if not app.testing:
            log.write(
                "request",
                id=g.get("request_id"),
                method=request.method,
                route=request.url_rule.rule if request.url_rule else None,
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("begun", time.perf_counter())) * 1000, 1),
                statements=g.get("statements"),
            )
        return response

    with app.app_context():
        count_own_statements(_count)


def _count(statement: str) -> None:
    if g and not statement.startswith("BEGIN"):
        g.statements = g.get("statements", 0) + 1
