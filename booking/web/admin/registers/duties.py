"""Duties: how many educators are at work when."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from booking.capacity.models import Duty
from booking.capacity.queries import duties_beside
from booking.web.forms.chosen_fields import WeekdaysField
from booking.web.forms.fields import ClockField, DayField, Field, WholeField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join


class DutyRegister(Register[Duty]):
    """Some weekdays, or one day, a row."""

    key = "duties"
    what = "duty"
    table = Duty

    def title_of_new(self) -> str:
        """Above the form of a new number of educators."""
        return str(_("Educators at work"))

    def title_of(self, _row: Duty) -> str:
        """Above the form of such a number; it has no name of its own."""
        return str(_("Educators at work"))

    def home(self, _row: Duty | None) -> str:
        """Educators at work, in the timetable."""
        return url_for("admin.timetable", _anchor="duties")

    def defaults(self) -> Values:
        """Monday to Friday."""
        return {"weekdays": 31}

    def fields(self, _row: Duty | None) -> list[Field]:
        """How many are at work, on which days, and for which part of the day."""
        together = _("So many programmes, courses, shows and workshops can run at the same time.")
        before_weekdays = _("It then counts before what the weekdays say. Empty: every week.")
        part = _("For a part of the day, which counts before the whole day. Empty: all day.")
        return [
            WholeField("educators", _("Educators at work"), most=1000, hint=together),
            WeekdaysField("weekdays", _("Weekdays")),
            DayField("on_date", _("Only on this day"), required=False, hint=before_weekdays),
            ClockField("from_time", _("From time"), required=False, hint=part),
            ClockField("until_time", _("Before time"), required=False),
        ]

    def wrong(self, values: Values, row_id: int | None) -> dict[str, str]:
        """One clock without the other, an end before its beginning, the same time said twice."""
        begin, until = values["from_time"], values["until_time"]
        if (begin is None) != (until is None):
            return {"until_time" if until is None else "from_time": _("Enter both times, or neither for all day.")}
        if begin is not None and begin >= until:
            return {"until_time": _("It ends before it begins.")}
        if any(_is_same_time(duty, values) for duty in duties_beside(row_id or 0, values["on_date"])):
            name = "weekdays" if values["on_date"] is None else "on_date"
            return {name: _("That time has its number already. Change it in the list.")}
        return {}


def _is_same_time(duty: Duty, values: Values) -> bool:
    """Whether both say a number for one time: both of the whole day, or both of parts that overlap."""
    begin, until = values["from_time"], values["until_time"]
    same_day = values["on_date"] is not None or duty.weekdays & values["weekdays"]
    if not same_day or (duty.from_time is None) != (begin is None):
        return False
    if duty.from_time is None or duty.until_time is None:
        return True
    return bool(duty.from_time < until and begin < duty.until_time)


join(DutyRegister())
