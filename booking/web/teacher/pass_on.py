"""Copy a plan to a colleague: the wishes alone, never whose they were."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import ValidationError

from booking.kernel.database import unit_of_work
from booking.outbox.promises import promise
from booking.staff.sessions import digest
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.forms.checked import checked_email, one_line
from booking.web.guards.access import public
from booking.web.languages import language
from booking.web.refusals import RefusalAnswer
from booking.web.teacher.visit import found, page
from booking.web.teacher.wishes import as_args, wish_of


@teacher.post("/visit/<secret>/copy")
@limiter.limit("10 per hour")
@public
def send_copy(secret: str) -> ResponseReturnValue:
    """Mail a colleague the way into a plan with the same wishes; each colleague gets it once."""
    facts, seen = found(secret)
    try:
        email = checked_email(one_line(request.form.get("colleague")))
    except ValidationError as error:
        return page(facts, seen, RefusalAnswer(str(error), 422))
    wishes = {name: value for name, value in as_args(wish_of(seen)).items() if value != ""}
    about = {"email": email, "lang": language(), "wishes": urlencode(wishes, doseq=True)}
    with unit_of_work():
        promise("mail.visit_copy", f"visit_copy:{facts.id}:{digest(email)[:32]}", about)
    return redirect(url_for("teacher.visit", secret=secret, done="copy"), 303)
