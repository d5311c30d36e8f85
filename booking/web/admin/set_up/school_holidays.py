"""School holidays: when the schools of which municipality have none, so that nobody is proposed a day in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.agreements import holidays
from booking.agreements.holiday_models import SchoolHoliday
from booking.agreements.municipalities import EVERYWHERE, key_of
from booking.kernel import clock
from booking.kernel.database import Model
from booking.staff.models import Role
from booking.web.admin import admin
from booking.web.admin.bookings.schools import LOOKERS
from booking.web.forms.fields import Field, FieldKind
from booking.web.forms.row_lists import Register, join
from booking.web.guards.access import staff, who
from booking.web.languages import centre

LONGEST = timedelta(days=120)


@admin.get("/school-holidays")
@staff(*LOOKERS)
def school_holidays() -> str:
    """What is kept, soonest first; what is over stands below."""
    today = centre().local(clock.now()).date()
    kept = holidays.all_kept()
    return render_template(
        "admin/school_holidays.html",
        coming=[holiday for holiday in kept if holiday.last >= today],
        over=[holiday for holiday in reversed(kept) if holiday.last < today],
        everywhere=EVERYWHERE,
        may_change=who().role is Role.ADMIN,
    )


def _fields(_row: Model | None) -> list[Field]:
    return [
        Field("name", pgettext("of a thing", "Name"), most=60, hint=_("For example Autumn holiday.")),
        Field("from_date", _("First day"), FieldKind.DATE),
        Field("until_date", _("Last day"), FieldKind.DATE),
        Field(
            "municipalities",
            _("Municipalities"),
            most=400,
            hint=_("As they are written in the list of schools, with commas between. * means everywhere."),
        ),
    ]


def _wrong(values: dict[str, Any]) -> dict[str, str]:
    if values["until_date"] < values["from_date"]:
        return {"until_date": _("The earlier day comes first.")}
    if values["until_date"] - values["from_date"] > LONGEST:
        return {"until_date": _("That is longer than any school holiday.")}
    if not any(key_of(one) for one in values["municipalities"].split(",")):
        return {"municipalities": _("Name a municipality, or write * for everywhere.")}
    return {}


join(
    Register(
        key="school-holidays",
        what="school_holiday",
        table=SchoolHoliday,
        title_new=lambda: _("New school holiday"),
        title_one=lambda row: cast(SchoolHoliday, row).name,
        fields=_fields,
        home=lambda _row: url_for("admin.school_holidays"),
        wrong=_wrong,
        lookers=LOOKERS,
    )
)
