"""The demo till: a plain page that plays paying. It does not exist where real money is taken."""

from __future__ import annotations

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.payments.demo import Play, TillSession, play, read_session
from booking.payments.providers import tills
from booking.web.blueprints import visitor
from booking.web.guards.access import public


@visitor.get("/pay/<ref>")
@public
def demo_till(ref: str) -> str:
    """The page."""
    return render_template("visitor/demo_till.html", session=_session(ref), declined=False)


@visitor.post("/pay/<ref>")
@public
def play_at_till(ref: str) -> ResponseReturnValue:
    """Somebody plays."""
    try:
        what = Play(request.form.get("play", ""))
    except ValueError:
        abort(400)
    with unit_of_work():
        session = play(ref, what, clock.now()) if _is_here(ref) else None
    if session is None:
        abort(404)
    if what is Play.DECLINE:
        return render_template("visitor/demo_till.html", session=session, declined=True), 402
    return redirect(session.return_url, 303)


def _session(ref: str) -> TillSession:
    session = read_session(ref) if _is_here(ref) else None
    if session is None:
        abort(404)
    return session


def _is_here(ref: str) -> bool:
    return ref.isalnum() and any(provider.name.startswith("demo") for provider in tills.providers)
