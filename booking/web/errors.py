"""Error pages: what happened, what is kept, what to do next, and the request's id to tell us."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from booking.centre.facts import NoCentre
from booking.kernel import log, origin
from booking.kernel.database import give_up
from booking.kernel.refusals import Refusal
from booking.kernel.server.outage import outage_in
from booking.staff.sessions import Present
from booking.web.failing import note
from booking.web.guards.access import EVERYBODY, staff_here
from booking.web.languages import speak
from booking.web.outages import answer_outage
from booking.web.refusals import sentence


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What went wrong, for whoever reads."""

    title: str
    text: str
    status: int


def init_app(app: Flask) -> None:
    """Draw every error in the reader's language."""
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(NoCentre, _empty)
    app.register_error_handler(Refusal, _unanswered)
    if not app.testing:
        app.register_error_handler(Exception, _broken)


def _refused(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None and status < 400:
        return error.response
    note(error)
    if request.path.startswith(("/api/", "/stripe/", "/vipps/", "/healthz", "/livez", "/readyz")):
        return {"error": error.name, "request_id": origin.request_id()}, status
    colleague = _colleague() if status < 500 else None
    title, text = (_sentence_to_staff if colleague else _sentence)(status, isinstance(error, CSRFError))
    headers = {"Allow": ", ".join(error.valid_methods or ())} if hasattr(error, "valid_methods") else {}
    return _answer(title, text, status, colleague, headers)


def _broken(error: Exception) -> ResponseReturnValue:
    if outage := answer_outage(error):
        return outage
    give_up()
    note(error)
    log.write("error", **log.cause(error))
    title, text = _sentence(500, False)
    return _answer(title, text, 500)


def _unanswered(refusal: Refusal) -> ResponseReturnValue:
    """No view has answered it in its place, as each should: it is said all the same, and seen in the log."""
    give_up()
    log.write("refusal.unanswered", **log.cause(refusal))
    colleague, answer = _colleague(), sentence(refusal)
    return _answer(_("That cannot be done here"), answer.text, answer.status, colleague)


def _empty(_error: NoCentre) -> ResponseReturnValue:
    if request.path.startswith("/staff") and request.method == "GET":
        return redirect(url_for("staff.start"), 303)
    if request.path.startswith(("/api/", "/stripe/", "/vipps/")):
        return {"error": "no centre", "request_id": origin.request_id()}, 503
    return _empty_page(), 503


def _colleague() -> Present | None:
    """Whose work it was that went wrong, on the pages of the staff; the answer is then in their language."""
    if not request.path.startswith("/staff"):
        return None
    try:
        person: Present | None = g.get("present") or staff_here(*EVERYBODY)
    except Exception as error:
        if outage_in(error):
            return None  # the page that follows tells it
        raise
    if person is not None:
        speak(person.lang)
    return person


def _answer(
    title: str, text: str, status: int, colleague: Present | None = None, headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    """The page in its frame, which asks the database: it may be that which is away."""
    page = ErrorPage(title, text, status)
    try:
        if colleague is not None:
            return render_template("errors/staff.html", page=page, present=colleague), status, headers or {}
        return render_template("errors/error.html", page=page), status, headers or {}
    except NoCentre:
        return _empty_page(), status
    except Exception as error:
        if outage := answer_outage(error):
            return outage
        raise


def _empty_page() -> str:
    title, text = _sentence(503, False)
    return render_template("errors/empty.html", title=title, text=text)


def _sentence_to_staff(status: int, stale_form: bool) -> tuple[str, str]:
    """As `_sentence`, to whoever works here and knows of no bookings of their own."""
    if stale_form:
        return _("The form had grown too old"), _("Go back, reload the page and send it again. Nothing was changed.")
    sentences = {
        403: (_("This page is not for you"), _("Your account may not open it. Ask an administrator if it should.")),
        404: (_("We cannot find that page"), _("The link may be old or mistyped, or what it showed is gone.")),
    }
    if status in sentences:
        return sentences[status]
    title, text = _sentence(status, stale_form)
    return title, _("Go back and try again. Nothing was changed.") if status in (400, 422) else text


def _sentence(status: int, stale_form: bool) -> tuple[str, str]:
    if stale_form:
        return _("The form had grown too old"), _("Go back, reload the page and send it again. Nothing was booked.")
    sentences = {
        403: (_("This page is not for you"), _("Sign in with an account that may open it.")),
        404: (_("We cannot find that page"), _("The link may be old or mistyped. Your bookings are safe.")),
        405: (_("That cannot be done here"), _("Go back and use the buttons on the page.")),
        413: (
            _("That was too much"),
            _("What you sent is larger than we take. Go back and choose a smaller file, or write less."),
        ),
        429: (
            _("A little too fast"),
            _("You have tried many times in a short while. Wait a minute, then try again."),
        ),
        503: (_("We are not open yet"), _("The ticket shop is being set up. Please come back soon.")),
    }
    if status in sentences:
        return sentences[status]
    if status < 500:
        return _("We did not understand that"), _("Go back and try again. Nothing was booked.")
    return _("Something broke on our side"), _(
        "Nothing was lost. Please try again. If it happens again, tell us the number below."
    )
