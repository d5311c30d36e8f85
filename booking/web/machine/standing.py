"""For whoever shares out visitors among servers: does this one live, and should it be sent any?

Neither says anything of letters, the worker or the books: that is `/healthz`, for alarms, and no reason to send nobody.
"""

from __future__ import annotations

from flask import current_app
from flask.typing import ResponseReturnValue

from booking.machines.readiness import Readiness
from booking.web.blueprints import machine
from booking.web.guards.access import public


@machine.get("/livez")
@public
def live() -> ResponseReturnValue:
    """That this process answers. It asks nobody: one that does not answer is to be started anew."""
    return {"live": True}, 200


@machine.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Whether to send visitors here: the database answers, its schema and key are ours, and we are not ending."""
    why_not = _readiness().why_not()
    if why_not is not None:
        return {"ready": False, "why": why_not}, 503
    return {"ready": True}, 200


def _readiness() -> Readiness:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    kept: Readiness = app.extensions.setdefault("readiness", Readiness(app))
    return kept
