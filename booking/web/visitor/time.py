"""The centre's clock for pages that count: what a device believes the time to be makes no difference."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from booking.kernel import clock
from booking.kernel.clock import milliseconds
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.guards.access import public


@visitor.get("/clock")
@limiter.limit("3000 per minute")
@public
def centre_clock() -> ResponseReturnValue:
    """What time it is here, in milliseconds: one clock for all."""
    return {"now": milliseconds(clock.now())}
