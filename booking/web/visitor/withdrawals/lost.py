"""Withdraw without the letter: by reference and address a link is mailed. The answer is the same whatever is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Field, StringField, ValidationError
from wtforms.validators import DataRequired

from booking.kernel import clock
from booking.kernel.codes import read_reference
from booking.kernel.database import unit_of_work
from booking.outbox.promises import promise
from booking.staff.sessions import digest
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.forms.checked import EmailForm, errors_of, one_line
from booking.web.guards.access import public
from booking.web.languages import language

QUARTER = 900  # seconds


class LostLetterForm(EmailForm):
    """What tells a purchase, and whose it is."""

    reference = StringField(filters=[one_line], validators=[DataRequired(lazy_gettext("Enter the reference."))])

    def validate_reference(self, field: Field) -> None:
        """WTForms' hook. Says only whether it can be one."""
        if read_reference(field.data[:40]) is None:
            raise ValidationError(_("A reference has eight letters and digits, and no letter O, I, L or U."))

    @property
    def read(self) -> str:
        """The reference that was meant; once the form is valid."""
        return read_reference(self.reference.data) or ""


@dataclass(frozen=True, slots=True)
class LostLetterPage:
    """The form that asks for the link."""

    form: LostLetterForm
    errors: Mapping[str, str]
    asked: bool = False

    @property
    def labels(self) -> dict[str, str]:
        """What the fields are called above the form."""
        return {"reference": _("Reference"), "email": _("Email")}


@visitor.get("/withdraw")
@public
def withdraw_without_letter() -> str:
    """The form."""
    return _page(LostLetterPage(LostLetterForm(formdata=None), {}))


@visitor.post("/withdraw")
@limiter.limit("10 per hour")
@public
def send_withdrawal_link() -> ResponseReturnValue:
    """Promise the mail, one a quarter of an hour for each purchase; whether there is one, the worker looks."""
    form = LostLetterForm()
    if not form.validate():
        return _page(LostLetterPage(form, errors_of(form))), 422
    quarter = int(clock.now().timestamp()) // QUARTER
    about = {"email": form.address, "lang": language(), "reference": form.read}
    with unit_of_work():
        promise("mail.withdraw_link", f"withdraw_link:{digest(form.read + form.address)[:32]}:{quarter}", about)
    return _page(LostLetterPage(form, {}, asked=True))


def _page(page: LostLetterPage) -> str:
    # Also where nothing is sold any more that one may withdraw from: what was sold until yesterday still has its days.
    return render_template("visitor/withdraw_lost.html", page=page)
