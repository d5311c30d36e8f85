"""School holidays: when the schools of which municipality have none, so that nobody is proposed a day in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.agreements import holidays
from booking.agreements.holiday_models import SchoolHoliday
from booking.agreements.holidays import Holiday
from booking.agreements.municipalities import EVERYWHERE, key_of
from booking.kernel import clock
from booking.staff.models import Role
from booking.web.admin.bookings.schools import LOOKERS
from booking.web.blueprints import admin
from booking.web.forms.fields import DayField, Field, TextField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.guards.access import staff, who
from booking.web.languages import centre

LONGEST = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class SchoolHolidaysPage:
    """What is kept, soonest first; what is over stands below."""

    coming: Sequence[Holiday]
    over: Sequence[Holiday]
    everywhere: str
    may_change: bool


@admin.get("/school-holidays")
@staff(*LOOKERS)
def school_holidays() -> str:
    """What is kept, soonest first; what is over stands below."""
    today = centre().local(clock.now()).date()
    kept = holidays.all_kept()
    return render_template(
        "admin/school_holidays.html",
        page=SchoolHolidaysPage(
            coming=[holiday for holiday in kept if holiday.last >= today],
            over=[holiday for holiday in reversed(kept) if holiday.last < today],
            everywhere=EVERYWHERE,
            may_change=who().role is Role.ADMIN,
        ),
    )


class SchoolHolidayRegister(Register[SchoolHoliday]):
    """One holiday of some municipalities a row."""

    key = "school-holidays"
    what = "school_holiday"
    table = SchoolHoliday
    lookers = LOOKERS

    def title_of_new(self) -> str:
        """Above the form of a new school holiday."""
        return str(_("New school holiday"))

    def title_of(self, row: SchoolHoliday) -> str:
        """What the holiday is called."""
        return row.name

    def home(self, _row: SchoolHoliday | None) -> str:
        """The list of school holidays."""
        return url_for("admin.school_holidays")

    def fields(self, _row: SchoolHoliday | None) -> list[Field]:
        """What it is called, its days, and in which municipalities."""
        written = _("As they are written in the list of schools, with commas between. * means everywhere.")
        return [
            TextField("name", pgettext("of a thing", "Name"), most=60, hint=_("For example Autumn holiday.")),
            DayField("from_date", _("First day")),
            DayField("until_date", _("Last day")),
            TextField("municipalities", _("Municipalities"), most=400, hint=written),
        ]

    def wrong(self, values: Values, _row_id: int | None) -> dict[str, str]:
        """Days in the wrong order or too many of them; no municipality."""
        if values["until_date"] < values["from_date"]:
            return {"until_date": _("The earlier day comes first.")}
        if values["until_date"] - values["from_date"] > LONGEST:
            return {"until_date": _("That is longer than any school holiday.")}
        if not any(key_of(name) for name in values["municipalities"].split(",")):
            return {"municipalities": _("Name a municipality, or write * for everywhere.")}
        return {}


join(SchoolHolidayRegister())
