"""A screen for the lobby: what is on now and next, with places left; opens itself anew by an HTTP header."""

from __future__ import annotations

from flask import Response, make_response, render_template

from booking.door.lobby import on_today
from booking.kernel import clock
from booking.web.blueprints import visitor
from booking.web.guards.access import public
from booking.web.languages import centre

SECONDS = 30


@visitor.get("/today")
@public
def lobby() -> Response:
    """Today's times that are running or still come."""
    now = clock.now()
    page = render_template("visitor/lobby.html", times=on_today(centre(), now), now=now)
    response = make_response(page)
    # A screen without anybody at it: the header opens it anew, also where there is no scripting.
    response.headers["Refresh"] = str(SECONDS)
    return response
