"""Find my booking: the link comes by mail again. The answer is the same whether there is a booking or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.outbox.promises import promise
from booking.staff.sessions import digest
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.forms.checked import EmailForm, errors_of
from booking.web.guards.access import public
from booking.web.languages import language

QUARTER = 900  # seconds


@dataclass(frozen=True, slots=True)
class FindPage:
    """The form that asks for the link to a booking once more."""

    form: EmailForm
    errors: Mapping[str, str]
    asked: bool


@visitor.get("/my-booking")
@public
def find() -> str:
    """The form."""
    return render_template("visitor/find.html", page=FindPage(form=EmailForm(), errors={}, asked=False))


@visitor.post("/my-booking")
@limiter.limit("10 per hour")
@public
def send_link() -> ResponseReturnValue:
    """Promise the mail, at most one a quarter of an hour for each address."""
    form = EmailForm()
    if not form.validate():
        return render_template("visitor/find.html", page=FindPage(form=form, errors=errors_of(form), asked=False)), 422
    quarter = int(clock.now().timestamp()) // QUARTER
    about = {"email": form.address, "lang": language()}
    with unit_of_work():
        promise("mail.find", f"find:{digest(form.address)[:32]}:{quarter}", about)
    return render_template("visitor/find.html", page=FindPage(form=form, errors={}, asked=True))
