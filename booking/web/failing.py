"""What is refused or breaks is noted while it is answered, then told: to the log, the counts, the staff's page.

A request has one such cause, the last that was told to its reader. Nothing of it is asked of the database here.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, current_app, g, has_request_context, request
from werkzeug.exceptions import HTTPException

from booking.failures.keeping import FailureKeeper, NotedFailure
from booking.kernel import clock, log, origin
from booking.kernel.refusals import Refusal
from booking.web.metering import counts_of

KEEPER = "failures"


def init_app(app: Flask) -> None:
    """Look at each answer's cause, where it has one."""
    app.extensions[KEEPER] = FailureKeeper(app)
    app.after_request(_tell)
    app.add_template_global(is_refused, "is_refused")


def note(cause: Exception) -> None:
    """The reader is being told of this."""
    if has_request_context():
        g.failure = cause


def is_refused() -> bool:
    """Whether what somebody sent is being refused on the very page that they sent it from."""
    return request.method == "POST" and isinstance(g.get("failure"), Refusal)


def _tell(response: Response) -> Response:
    cause = g.get("failure")
    if cause is not None and _has_failed(cause, response.status_code):
        failure = _of(cause, response.status_code)
        if isinstance(cause, Refusal):
            log.write("refusal", cause=failure.cause, slot=failure.slot_id, route=failure.route)
        _count(cause, is_kept=_keeper().take(failure, begin="gunicorn.socket" in request.environ))
    return response


def _has_failed(cause: Exception, status: int) -> bool:
    """Whether anybody may come and ask why: not who has found another way, nor who tries addresses, nor a machine."""
    if isinstance(cause, HTTPException) and (request.url_rule is None or request.blueprint == "machine"):
        return False
    return status >= HTTPStatus.BAD_REQUEST or (request.method == "POST" and isinstance(cause, Refusal))


def _of(cause: Exception, status: int) -> NotedFailure:
    told = request.view_args or {}
    slot_id = getattr(cause, "slot_id", None) or told.get("slot_id")
    return NotedFailure(
        at=clock.now(),
        request_id=origin.request_id(),
        method=request.method,
        route=request.url_rule.rule if request.url_rule else "",
        status=status,
        cause=type(cause).__name__ if isinstance(cause, Refusal | HTTPException) else log.kind_of(cause),
        slot_id=slot_id if isinstance(slot_id, int) else None,
        secret=str(told.get("secret", "")),
    )


def _count(cause: Exception, *, is_kept: bool) -> None:
    counts = counts_of(current_app)
    if counts is not None and isinstance(cause, Refusal):
        counts.refusals.labels(type(cause).__name__).inc()
    if counts is not None and not is_kept:
        counts.left_out.inc()


def _keeper() -> FailureKeeper:
    keeper: FailureKeeper = current_app.extensions[KEEPER]
    return keeper
