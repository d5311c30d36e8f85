"""Allotments: how many places are kept for schools, where and until when."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from booking.capacity.models import Allotment
from booking.centre.queries import spaces
from booking.web.admin.registers.weekly_times import activity_choices
from booking.web.forms.chosen_fields import NumberChoiceField, WeekdaysField
from booking.web.forms.fields import ClockField, Field, WholeField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.languages import wording


class AllotmentRegister(Register[Allotment]):
    """One space or activity a row."""

    key = "allotments"
    what = "allotment"
    table = Allotment

    def title_of_new(self) -> str:
        """Above the form of a new rule for places kept for schools."""
        return str(_("New places for schools"))

    def title_of(self, _row: Allotment) -> str:
        """Above the form of such a rule; it has no name of its own."""
        return str(_("Places for schools"))

    def home(self, _row: Allotment | None) -> str:
        """Places for schools, in the timetable."""
        return url_for("admin.timetable", _anchor="allotments")

    def defaults(self) -> Values:
        """Monday to Friday, let go a week before."""
        return {"weekdays": 31, "release_days": 7}

    def fields(self, _row: Allotment | None) -> list[Field]:
        """Of which space or activity, how many places, and when."""
        return [*_of_what(), *_how_many(), *_when()]

    def wrong(self, values: Values, _row_id: int | None) -> dict[str, str]:
        """Neither or both of space and activity; a time that ends before it begins."""
        if bool(values["space_id"]) == bool(values["activity_id"]):
            return {"space_id": _("Choose either a space or an activity.")}
        if values["from_time"] >= values["until_time"]:
            return {"until_time": _("It ends before it begins.")}
        return {}


def _of_what() -> list[Field]:
    rooms = [(str(space.id), wording().words(space.name)) for space in spaces()]
    activities = activity_choices()
    return [
        NumberChoiceField("space_id", _("Space"), choices=rooms, required=False, hint=_("Kept of the space …")),
        NumberChoiceField(
            "activity_id", _("Activity"), choices=activities, required=False, hint=_("… or of one activity.")
        ),
    ]


def _how_many() -> list[Field]:
    return [
        WholeField("places", _("Places kept for schools"), most=100_000),
        WholeField("release_days", _("Open to everybody before the day"), most=365, unit=_("days")),
    ]


def _when() -> list[Field]:
    return [
        ClockField("from_time", _("From time")),
        ClockField("until_time", _("Before time")),
        WeekdaysField("weekdays", _("Weekdays")),
    ]


join(AllotmentRegister())
