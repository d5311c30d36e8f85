"""For Prometheus, which must say who it is: how much is booked and how busy we are is nobody else's to read."""

from __future__ import annotations

import hmac

from flask import Response, abort, current_app, request

from booking.settings import settings_of
from booking.web.blueprints import machine
from booking.web.guards.access import public
from booking.web.metering import counts_of

BEARER = "Bearer "


@machine.get("/metrics")
@public
def metrics() -> Response:
    """What is counted by the processes of this machine, and how things stand; 404 where no METRICS_TOKEN is set."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    counts, token = counts_of(app), settings_of(app).metrics_token
    if counts is None:
        abort(404)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"{BEARER}{token}".encode()):
        abort(401)
    from booking.web.metering.told import told

    content, kind = told(app, counts, request.headers.get("Accept", ""))
    return Response(content, content_type=kind, headers={"Cache-Control": "no-store"})
