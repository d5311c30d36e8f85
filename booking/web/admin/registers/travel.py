"""The way to each municipality that outreach goes to: how long it is, and what it costs."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from booking.agreements.municipalities import key_of
from booking.outreach import read
from booking.outreach.models import Travel
from booking.web.admin.bookings.schools import LOOKERS
from booking.web.forms.fields import Field, MoneyField, TextField, WholeField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.languages import centre

MOST_MINUTES = 300  # one way, as the table says


class TravelRegister(Register[Travel]):
    """One municipality a row."""

    key = "travel"
    what = "travel"
    table = Travel
    lookers = LOOKERS

    def title_of_new(self) -> str:
        """Above the form of a new municipality that we go to."""
        return str(_("New municipality"))

    def title_of(self, row: Travel) -> str:
        """The municipality."""
        return row.municipality

    def home(self, _row: Travel | None) -> str:
        """Where we go, on the page about outreach."""
        return url_for("admin.outreach", _anchor="ways")

    def defaults(self) -> Values:
        """A way that costs the school nothing."""
        return {"fee": 0}

    def fields(self, _row: Travel | None) -> list[Field]:
        """The municipality, the minutes one way, and what the way costs the school."""
        each = _("For each visit, there and back. 0 when it costs nothing.")
        return [
            TextField("municipality", _("Municipality"), most=60, hint=_("As it is written in the list of schools.")),
            WholeField("minutes", _("The way, one way"), most=MOST_MINUTES, unit=_("minutes")),
            MoneyField("fee", _("What the way costs the school"), unit=centre().currency, hint=each),
        ]

    def wrong(self, values: Values, row_id: int | None) -> dict[str, str]:
        """A municipality that is in the list already."""
        if read.is_another_way_to(values["municipality"], row_id or 0):
            return {"municipality": _("This municipality is in the list already.")}
        return {}

    def worked_out(self, _row_id: int | None, values: Values) -> Values:
        """The municipality as schools are looked up by it."""
        return {"key": key_of(values["municipality"])}


join(TravelRegister())
