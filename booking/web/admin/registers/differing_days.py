"""Days that differ: other hours, or closed; a day that would hit bookings is closed as every closing is."""

from __future__ import annotations

from dataclasses import replace

from flask import url_for
from flask_babel import gettext as _

from booking.centre.models import DayException
from booking.centre.queries import is_said_otherwise_of
from booking.closures.days import Differing, close_for, closure_of_day, wish_for
from booking.kernel import clock
from booking.records import audited_rows
from booking.web.admin.day.whom import ask_whether
from booking.web.admin.registers.opening_hours import hours_wrong
from booking.web.forms.fields import ClockField, DayField, Field, TextsField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register, RowStays
from booking.web.forms.row_pages import join
from booking.web.guards.access import who
from booking.web.languages import centre, wording


class DifferingDayRegister(Register[DayException]):
    """One day a row."""

    key = "days"
    what = "day"
    table = DayException

    def title_of_new(self) -> str:
        """Above the form of a new day that differs."""
        return str(_("A day that differs"))

    def title_of(self, row: DayException) -> str:
        """The day, in words."""
        return wording().day(row.on_date)

    def home(self, _row: DayException | None) -> str:
        """The days that differ, in the timetable."""
        return _home()

    def fields(self, _row: DayException | None) -> list[Field]:
        """The day, its hours and the reason that visitors read."""
        return [
            DayField("on_date", _("Day")),
            ClockField("opens", _("Opens"), required=False, hint=_("Empty: closed that day.")),
            ClockField("closes", _("Closes"), required=False),
            TextsField("reason", _("Why"), required=False, most=120, hint=_("Visitors read it.")),
        ]

    def wrong(self, values: Values, row_id: int | None) -> dict[str, str]:
        """A day that is in the list already; hours that cannot be; a day that a closure keeps shut."""
        if is_said_otherwise_of(values["on_date"], row_id or 0):
            return {"on_date": _("Something is said about that day already. Change it in the list.")}
        row = audited_rows.find(DayException, row_id) if row_id else None
        was = row.on_date if row is not None else values["on_date"]
        stays_closed = values["opens"] is None and was == values["on_date"]
        if not stays_closed and closure_of_day(was, centre()) is not None:
            return {"opens" if was == values["on_date"] else "on_date": _closed_by_closure()}
        return hours_wrong(values)

    def question(self, values: Values) -> str | None:
        """Whom the day would hit, as for every closing; None when it hits nobody."""
        wish = wish_for(_differing(values), centre(), clock.now())
        return None if wish is None else ask_whether([wish], _home())

    def before(self, row_id: int | None, values: Values) -> None:
        """What is to be closed is found out while the times still stand as they were."""
        wish = wish_for(_differing(values), centre(), clock.now())
        if wish is not None and wish.only is not None and row_id is not None:
            # It had hours of its own before, and they do not come back with the times.
            wish = replace(wish, announced=())
        values["wish"] = wish

    def afterwards(self, _row_id: int, values: Values) -> None:
        """Close what the day closes."""
        if values["wish"] is not None:
            close_for(values["wish"], now=clock.now(), account_id=who().account_id, actor=who().actor)

    def stays(self, row: DayException) -> RowStays | None:
        """A closure's own day goes with the closure, not from here."""
        closure_id = closure_of_day(row.on_date, centre())
        if closure_id is None:
            return None
        return RowStays(_closed_by_closure(), url_for("admin.closure", closure_id=closure_id))


def _home() -> str:
    return url_for("admin.timetable", _anchor="days")


def _closed_by_closure() -> str:
    return str(_("A closure closes that day. Open it again among the closures, so that those who were hit are told."))


def _differing(values: Values) -> Differing:
    return Differing(values["on_date"], values["opens"], values["closes"], values["reason"])


join(DifferingDayRegister())
