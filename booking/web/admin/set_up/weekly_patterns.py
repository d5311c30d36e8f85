"""The lists that slots are made from: opening hours, days that differ, weekly patterns, allotments, educators."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from flask import request, url_for
from flask_babel import gettext as _

from booking.capacity.models import Allotment, Duty, Pattern
from booking.capacity.queries import duties_beside
from booking.catalogue.queries import active_first, titled_activities
from booking.centre import edits
from booking.centre.models import DayException, OpeningHours
from booking.centre.queries import is_said_otherwise_of, spaces
from booking.closures.days import Differing, close_for, closure_of_day, wish_for
from booking.kernel import clock
from booking.kernel.database import Model
from booking.outreach.read import is_held_at_schools
from booking.records import audited_rows
from booking.web.admin.day.whom import ask_whether
from booking.web.forms.fields import Field, FieldKind
from booking.web.forms.row_lists import Register, join
from booking.web.guards.access import who
from booking.web.languages import centre, wording

Values = dict[str, Any]


def _home(anchor: str) -> Any:  # noqa: ANN401  (a function that makes an address)
    return lambda _row: url_for("admin.timetable", _anchor=anchor)


def _hours_fields(row: Model | None) -> list[Field]:
    days = wording().locale.days["stand-alone"]["wide"]
    weekday = (
        Field("weekdays", _("Weekdays"), FieldKind.WEEKDAYS, stored=False)
        if row is None
        else Field(
            "weekday", _("Weekday"), FieldKind.CHOICE, choices=[(str(n), days[n]) for n in range(7)], convert=int
        )
    )
    return [
        weekday,
        Field("opens", _("Opens"), FieldKind.TIME, required=False, hint=_("Empty: closed on these weekdays.")),
        Field("closes", _("Closes"), FieldKind.TIME, required=False),
        Field(
            "public_from",
            _("Open to everybody from"),
            FieldKind.TIME,
            required=False,
            hint=_("When schools come earlier."),
        ),
        Field(
            "from_date",
            _("Season from"),
            FieldKind.DATE,
            required=False,
            hint=_("Empty: the ordinary week. A shorter season counts before a longer one."),
        ),
        Field("until_date", _("Season until"), FieldKind.DATE, required=False, hint=_("The last day.")),
    ]


def _hours_wrong(values: Values) -> dict[str, str]:
    opens, closes = values["opens"], values["closes"]
    if (opens is None) != (closes is None):
        return {"closes" if closes is None else "opens": _("Write both times, or neither for a closed day.")}
    if opens is not None and opens >= closes:
        return {"closes": _("It closes before it opens.")}
    if values.get("public_from") and (opens is None or not opens <= values["public_from"] < closes):
        return {"public_from": _("It lies outside the opening hours.")}
    if values.get("from_date") and values.get("until_date") and values["from_date"] > values["until_date"]:
        return {"until_date": _("It ends before it begins.")}
    return {}


def _add_hours(values: Values) -> None:
    stored = {name: values[name] for name in ("opens", "closes", "public_from", "from_date", "until_date")}
    edits.add_hours(values["weekdays"], stored, who().actor)


def _day_fields(_row: Model | None) -> list[Field]:
    return [
        Field("on_date", _("Day"), FieldKind.DATE),
        Field("opens", _("Opens"), FieldKind.TIME, required=False, hint=_("Empty: closed that day.")),
        Field("closes", _("Closes"), FieldKind.TIME, required=False),
        Field("reason", _("Why"), FieldKind.TEXTS, required=False, most=120, hint=_("Visitors read it.")),
    ]


def _day_wrong(values: Values) -> dict[str, str]:
    row_id = (request.view_args or {}).get("row_id", 0)
    if is_said_otherwise_of(values["on_date"], row_id):
        return {"on_date": _("Something is said about that day already. Change it in the list.")}
    old = audited_rows.find(DayException, row_id) if row_id else None
    was = old.on_date if old is not None else values["on_date"]
    stays_closed = values["opens"] is None and was == values["on_date"]
    if not stays_closed and closure_of_day(was, centre()) is not None:
        return {"opens" if was == values["on_date"] else "on_date": _closed_by_closure()}
    return _hours_wrong(values)


def _closed_by_closure() -> str:
    return str(_("A closure closes that day. Open it again among the closures, so that those who were hit are told."))


def _differing(values: Values) -> Differing:
    return Differing(values["on_date"], values["opens"], values["closes"], values["reason"])


def _whom_a_day_hits(values: Values) -> str | None:
    """A page that says whom the day would hit, as for every closing; None when it hits nobody."""
    wish = wish_for(_differing(values), centre(), clock.now())
    return None if wish is None else ask_whether([wish], url_for("admin.timetable", _anchor="days"))


def _before_day(row_id: int | None, values: Values) -> None:
    wish = wish_for(_differing(values), centre(), clock.now())
    if wish is not None and wish.only is not None and row_id is not None:
        wish = replace(wish, announced=())  # it had hours of its own before, and they do not come back with the times
    values["wish"] = wish


def _after_day(_row_id: int, values: Values) -> None:
    if values["wish"] is not None:
        close_for(values["wish"], now=clock.now(), account_id=who().account_id, actor=who().actor)


def _day_stays(row: Model) -> tuple[str, str] | None:
    closure_id = closure_of_day(cast(DayException, row).on_date, centre())
    return None if closure_id is None else (_closed_by_closure(), url_for("admin.closure", closure_id=closure_id))


def _activities() -> list[tuple[str, str]]:
    return [(str(titled.id), wording().words(titled.title)) for titled in active_first(titled_activities())]


def _spaces() -> list[tuple[str, str]]:
    return [(str(space.id), wording().words(space.name)) for space in spaces()]


def _pattern_fields(_row: Model | None) -> list[Field]:
    return [
        Field("activity_id", _("Activity"), FieldKind.CHOICE, choices=_activities(), convert=int),
        Field(
            "times",
            _("Times"),
            FieldKind.TIMES,
            required=False,
            hint=_("Such as 10:00 12:30 14:00. On the clock of the wall, summer and winter."),
        ),
        Field(
            "every_minutes",
            _("Or every so many minutes while open"),
            FieldKind.WHOLE,
            least=5,
            most=1440,
            required=False,
        ),
        Field(
            "last_before_close",
            _("The last one before closing"),
            FieldKind.WHOLE,
            most=1440,
            unit=_("minutes"),
            hint=_("Where it runs while open."),
        ),
        Field(
            "capacity",
            _("Places"),
            FieldKind.WHOLE,
            least=1,
            most=100_000,
            required=False,
            hint=_("Empty: as the activity says."),
        ),
        Field("weekdays", _("Weekdays"), FieldKind.WEEKDAYS),
        Field("from_date", _("From"), FieldKind.DATE, required=False),
        Field("until_date", _("Until"), FieldKind.DATE, required=False, hint=_("The last day.")),
    ]


def _pattern_wrong(values: Values) -> dict[str, str]:
    if bool(values["times"]) == bool(values["every_minutes"]):
        return {"times": _("Write either times or how often it runs.")}
    if values["from_date"] and values["until_date"] and values["from_date"] > values["until_date"]:
        return {"until_date": _("It ends before it begins.")}
    if is_held_at_schools(values["activity_id"]):
        return {"activity_id": _("This programme is held at schools, at times that they choose.")}
    return {}


def _allotment_fields(_row: Model | None) -> list[Field]:
    return [
        Field(
            "space_id",
            _("Space"),
            FieldKind.CHOICE,
            choices=_spaces(),
            convert=int,
            required=False,
            hint=_("Kept of the space …"),
        ),
        Field(
            "activity_id",
            _("Activity"),
            FieldKind.CHOICE,
            choices=_activities(),
            convert=int,
            required=False,
            hint=_("… or of one activity."),
        ),
        Field("places", _("Places kept for schools"), FieldKind.WHOLE, most=100_000),
        Field("release_days", _("Free for everybody before the day"), FieldKind.WHOLE, most=365, unit=_("days")),
        Field("from_time", _("From time"), FieldKind.TIME),
        Field("until_time", _("Before time"), FieldKind.TIME),
        Field("weekdays", _("Weekdays"), FieldKind.WEEKDAYS),
    ]


def _allotment_wrong(values: Values) -> dict[str, str]:
    if bool(values["space_id"]) == bool(values["activity_id"]):
        return {"space_id": _("Choose either a space or an activity.")}
    if values["from_time"] >= values["until_time"]:
        return {"until_time": _("It ends before it begins.")}
    return {}


def _duty_fields(_row: Model | None) -> list[Field]:
    return [
        Field(
            "educators",
            _("Educators at work"),
            FieldKind.WHOLE,
            most=1000,
            hint=_("So many programmes, courses, shows and workshops can run at the same time."),
        ),
        Field("weekdays", _("Weekdays"), FieldKind.WEEKDAYS),
        Field(
            "on_date",
            _("Only on this day"),
            FieldKind.DATE,
            required=False,
            hint=_("It then counts before what the weekdays say. Empty: every week."),
        ),
        Field(
            "from_time",
            _("From time"),
            FieldKind.TIME,
            required=False,
            hint=_("For a part of the day, which counts before the whole day. Empty: all day."),
        ),
        Field("until_time", _("Before time"), FieldKind.TIME, required=False),
    ]


def _duty_wrong(values: Values) -> dict[str, str]:
    begin, until = values["from_time"], values["until_time"]
    if (begin is None) != (until is None):
        return {"until_time" if until is None else "from_time": _("Write both times, or neither for all day.")}
    if begin is not None and begin >= until:
        return {"until_time": _("It ends before it begins.")}
    row_id = (request.view_args or {}).get("row_id", 0)
    on_date = values["on_date"]
    for other in duties_beside(row_id, on_date):
        same_day = on_date is not None or other.weekdays & values["weekdays"]
        if not same_day or (other.from_time is None) != (begin is None):
            continue
        if begin is None or (other.from_time < until and begin < other.until_time):  # type: ignore[operator]  # in pairs
            name = "weekdays" if on_date is None else "on_date"
            return {name: _("That time has its number already. Change it in the list.")}
    return {}


join(
    Register(
        key="hours",
        what="hours",
        table=OpeningHours,
        title_new=lambda: _("New opening hours"),
        title_one=lambda _row: _("Opening hours"),
        fields=_hours_fields,
        home=_home("hours"),
        complete=lambda _id, values: {"rank": edits.season_rank(values["from_date"], values["until_date"])},
        wrong=_hours_wrong,
        add=_add_hours,
    )
)
join(
    Register(
        key="days",
        what="day",
        table=DayException,
        title_new=lambda: _("A day that differs"),
        title_one=lambda row: wording().day(cast(DayException, row).on_date),
        fields=_day_fields,
        home=_home("days"),
        wrong=_day_wrong,
        asks=_whom_a_day_hits,
        before=_before_day,
        afterwards=_after_day,
        stays=_day_stays,
    )
)
join(
    Register(
        key="patterns",
        what="pattern",
        table=Pattern,
        title_new=lambda: _("New weekly times"),
        title_one=lambda _row: _("Weekly times"),
        fields=_pattern_fields,
        home=_home("patterns"),
        wrong=_pattern_wrong,
        defaults=lambda: {"weekdays": 127, "last_before_close": 60, "times": []},
    )
)
join(
    Register(
        key="allotments",
        what="allotment",
        table=Allotment,
        title_new=lambda: _("New places for schools"),
        title_one=lambda _row: _("Places for schools"),
        fields=_allotment_fields,
        home=_home("allotments"),
        wrong=_allotment_wrong,
        defaults=lambda: {"weekdays": 31, "release_days": 7},
    )
)
join(
    Register(
        key="duties",
        what="duty",
        table=Duty,
        title_new=lambda: _("Educators at work"),
        title_one=lambda _row: _("Educators at work"),
        fields=_duty_fields,
        home=_home("duties"),
        wrong=_duty_wrong,
        defaults=lambda: {"weekdays": 31},
    )
)
