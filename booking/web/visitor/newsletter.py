"""The newsletter's second question. Opening the page does nothing: mail scanners open links too."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from booking.bookings.details import confirm_newsletter, end_newsletter
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.web.blueprints import visitor
from booking.web.guards.access import public


@visitor.get("/newsletter/<secret>")
@public
def newsletter(secret: str) -> str:
    """Yes or no."""
    return render_template("visitor/newsletter.html", secret=secret, answer=None)


@visitor.post("/newsletter/<secret>")
@public
def say_yes(secret: str) -> ResponseReturnValue:
    """Yes."""
    with unit_of_work():
        known = is_secret(secret) and confirm_newsletter(secret, clock.now())
    if not known:
        abort(404)
    return render_template("visitor/newsletter.html", secret=secret, answer="yes")


@visitor.post("/newsletter/<secret>/end")
@public
def say_no(secret: str) -> ResponseReturnValue:
    """No, or no more."""
    with unit_of_work():
        known = is_secret(secret) and end_newsletter(secret, clock.now())
    if not known:
        abort(404)
    return render_template("visitor/newsletter.html", secret=secret, answer="no")
