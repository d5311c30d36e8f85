"""Opening hours: the ordinary week, and seasons that count before it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from booking.centre import edits
from booking.centre.models import OpeningHours
from booking.web.forms.chosen_fields import NumberChoiceField, WeekdaysField
from booking.web.forms.fields import ClockField, DayField, Field
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.guards.access import who
from booking.web.languages import wording


class OpeningHoursRegister(Register[OpeningHours]):
    """A row for each weekday; a new form makes those of several at once."""

    key = "hours"
    what = "hours"
    table = OpeningHours

    def title_of_new(self) -> str:
        """Above the form of new opening hours."""
        return str(_("New opening hours"))

    def title_of(self, _row: OpeningHours) -> str:
        """Above the form of opening hours; they have no name of their own."""
        return str(_("Opening hours"))

    def home(self, _row: OpeningHours | None) -> str:
        """Opening hours, in the timetable."""
        return url_for("admin.timetable", _anchor="hours")

    def fields(self, row: OpeningHours | None) -> list[Field]:
        """New ones for several weekdays at once, old ones for their own; the clocks and the season."""
        return [_weekdays() if row is None else _weekday(), *_clocks(), *_season()]

    def wrong(self, values: Values, _row_id: int | None) -> dict[str, str]:
        """Hours that cannot be, and a season that ends before it begins."""
        return hours_wrong(values)

    def worked_out(self, _row_id: int | None, values: Values) -> Values:
        """Which season counts before which."""
        return {"rank": edits.season_rank(values["from_date"], values["until_date"])}

    def insert(self, stored: Values, values: Values) -> int:
        """A row for each weekday that was ticked; no one of them is the row."""
        edits.add_hours(values["weekdays"], {name: stored[name] for name in stored if name != "rank"}, who().actor)
        return 0


def _weekdays() -> Field:
    return WeekdaysField("weekdays", _("Weekdays"), stored=False)


def _weekday() -> Field:
    names = wording().locale.days["stand-alone"]["wide"]
    return NumberChoiceField("weekday", _("Weekday"), choices=[(str(day), names[day]) for day in range(7)])


def _clocks() -> list[Field]:
    earlier = _("When schools come earlier.")
    return [
        ClockField("opens", _("Opens"), required=False, hint=_("Empty: closed on these weekdays.")),
        ClockField("closes", _("Closes"), required=False),
        ClockField("public_from", _("Open to everybody from"), required=False, hint=earlier),
    ]


def _season() -> list[Field]:
    ordinary = _("Empty: the ordinary week. A shorter season counts before a longer one.")
    return [
        DayField("from_date", _("Season from"), required=False, hint=ordinary),
        DayField("until_date", _("Season until"), required=False, hint=_("The last day.")),
    ]


def hours_wrong(values: Values) -> dict[str, str]:
    """What is wrong with the hours of a day."""
    opens, closes = values["opens"], values["closes"]
    if (opens is None) != (closes is None):
        return {"closes" if closes is None else "opens": _("Enter both times, or neither for a closed day.")}
    if opens is not None and opens >= closes:
        return {"closes": _("It closes before it opens.")}
    if values.get("public_from") and (opens is None or not opens <= values["public_from"] < closes):
        return {"public_from": _("It lies outside the opening hours.")}
    if values.get("from_date") and values.get("until_date") and values["from_date"] > values["until_date"]:
        return {"until_date": _("It ends before it begins.")}
    return {}


join(OpeningHoursRegister())
