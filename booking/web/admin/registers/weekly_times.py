"""Weekly times: the patterns that slots are made from."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from booking.capacity.models import Pattern
from booking.catalogue.queries import active_first, titled_activities
from booking.outreach.read import is_held_at_schools
from booking.web.forms.chosen_fields import NumberChoiceField, WeekdaysField
from booking.web.forms.fields import ClocksField, DayField, Field, WholeField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.languages import wording


class WeeklyTimesRegister(Register[Pattern]):
    """One activity's times a row."""

    key = "patterns"
    what = "pattern"
    table = Pattern

    def title_of_new(self) -> str:
        """Above the form of a new weekly pattern."""
        return str(_("New weekly times"))

    def title_of(self, _row: Pattern) -> str:
        """Above the form of a pattern; it has no name of its own."""
        return str(_("Weekly times"))

    def home(self, _row: Pattern | None) -> str:
        """Weekly times, in the timetable."""
        return url_for("admin.timetable", _anchor="patterns")

    def defaults(self) -> Values:
        """Every day of the week, the last one an hour before we close."""
        return {"weekdays": 127, "last_before_close": 60, "times": []}

    def fields(self, _row: Pattern | None) -> list[Field]:
        """Which activity, at what times, with how many places, on which days."""
        activity = NumberChoiceField("activity_id", _("Activity"), choices=activity_choices())
        return [activity, *_times(), *_places(), *_days()]

    def wrong(self, values: Values, _row_id: int | None) -> dict[str, str]:
        """Both times and an interval, or neither; days in the wrong order; what is held at schools."""
        if bool(values["times"]) == bool(values["every_minutes"]):
            return {"times": _("Enter either times or how often it runs.")}
        if values["from_date"] and values["until_date"] and values["from_date"] > values["until_date"]:
            return {"until_date": _("It ends before it begins.")}
        if is_held_at_schools(values["activity_id"]):
            return {"activity_id": _("This programme is held at schools, at times that they choose.")}
        return {}


def activity_choices() -> list[tuple[str, str]]:
    """Every activity, those that are offered first."""
    return [(str(titled.id), wording().words(titled.title)) for titled in active_first(titled_activities())]


def _times() -> list[Field]:
    often = _("Or every so many minutes while open")
    last, while_open = _("The last one before closing"), _("Where it runs while open.")
    return [
        ClocksField(
            "times",
            _("Times"),
            required=False,
            hint=_("Such as 10:00 12:30 14:00. By the clock on the wall, summer and winter."),
        ),
        WholeField("every_minutes", often, least=5, most=1440, required=False),
        WholeField("last_before_close", last, most=1440, unit=_("minutes"), hint=while_open),
    ]


def _places() -> list[Field]:
    as_it_says = _("Empty: as the activity says.")
    return [WholeField("capacity", _("Places"), least=1, most=100_000, required=False, hint=as_it_says)]


def _days() -> list[Field]:
    return [
        WeekdaysField("weekdays", _("Weekdays")),
        DayField("from_date", _("From"), required=False),
        DayField("until_date", _("Until"), required=False, hint=_("The last day.")),
    ]


join(WeeklyTimesRegister())
