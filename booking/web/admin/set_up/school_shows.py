"""A show for school classes: whether they may see it as part of their day, for whom it is, and what it costs them."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.catalogue.models import Kind
from booking.programmes import shows
from booking.programmes.models import SchoolShow
from booking.web.admin.set_up.activity_entry import ActivityEntry
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import NumberChoiceField, YesField
from booking.web.forms.fields import Field, MoneyField, PercentField
from booking.web.forms.filled import Values
from booking.web.guards.access import staff
from booking.web.teacher.sentences import grade_words


@admin.get("/activities/<int:row_id>/classes")
@staff()
def school_show(row_id: int) -> str:
    """Whether and how classes may see one show."""
    return ShowEntry(row_id).show()


@admin.post("/activities/<int:row_id>/classes")
@staff()
def save_school_show(row_id: int) -> ResponseReturnValue:
    """Change it. Visits that are booked keep their show and its price."""
    return ShowEntry(row_id).save()


class ShowEntry(ActivityEntry[SchoolShow]):
    """One show; until something is said here it is closed to classes."""

    table = SchoolShow
    what = "school_show"
    template = "admin/school_show.html"
    of_one = "admin.school_show"
    kind = Kind.SHOW

    def home(self) -> str:
        """The show itself."""
        return url_for("admin.activities_one", row_id=self.row_id)

    def fields(self) -> list[Field]:
        """Whether it is open, for whom, and what it costs."""
        grades = [(str(grade), grade_words(grade)) for grade in range(14)]
        return [
            YesField(
                "is_open",
                _("Classes may see it as part of their visit"),
                heading=_("For whom"),
                hint=_("They take places of the same times as everybody else."),
            ),
            NumberChoiceField("grade_from", _("From grade"), choices=grades),
            NumberChoiceField("grade_to", _("To grade"), choices=grades),
            MoneyField(
                "price",
                _("Price for each pupil"),
                heading=_("Price"),
                hint=_(
                    "0 is free of charge. Adults who come free with the class see it free, too; others pay as pupils "
                    "do. The school pays it, whatever its agreement says."
                ),
            ),
            PercentField("vat_rate", _("VAT rate"), unit="%", hint=_("The price includes VAT.")),
        ]

    def defaults(self) -> Values:
        """Closed, and free of charge."""
        return {"is_open": False, "price": 0, "vat_rate": 0}

    def wrong(self, values: Values) -> dict[str, str]:
        """Grades in the wrong order."""
        if values["grade_from"] > values["grade_to"]:
            return {"grade_to": _("The lower grade comes first.")}
        return {}

    def afterwards(self) -> None:
        """Servers of before there were shows for classes leave with the first."""
        shows.changed()
