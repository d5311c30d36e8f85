"""The timetable: what slots are made from, what making them would do, making them, taking them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.capacity import apply_patterns, one_off_slots, queries
from booking.capacity.apply_patterns import MOST_DAYS, ApplyRequest, Foreseen
from booking.capacity.models import Allotment, Duty, Pattern
from booking.catalogue.models import Activity
from booking.catalogue.queries import titled_activities
from booking.centre import edits
from booking.centre.models import DayException, OpeningHours
from booking.centre.queries import days_that_differ, opening_hours, spaces
from booking.closures.days import Differing, all_of, close_for
from booking.kernel import clock
from booking.kernel.database import Texts, unit_of_work
from booking.outbox import long_work
from booking.outbox.long_work import Work
from booking.records import audited_rows
from booking.records.audit import note
from booking.web.admin.day.whom import ask_whether
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import NumberChoiceField, WeekdaysField, YesField
from booking.web.forms.fields import ClocksField, DayField, Field, WholeField
from booking.web.forms.filled import Filled, labels, read, show
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.typed import identity

MOST_TICKED = 1000
AHEAD = 400  # days for which holidays are proposed


def period_fields() -> list[Field]:
    """Which days, and what may happen there."""
    return [
        DayField("start", _("From")),
        DayField("until", _("Until"), hint=_("The last day.")),
        YesField("change", _("Change times that differ and have no bookings")),
    ]


@admin.get("/timetable")
@staff()
def timetable() -> str:
    """Everything that slots are made from."""
    return _timetable(Filled(typed=show(_first_look(), period_fields(), centre().languages)))


def _first_look() -> dict[str, object]:
    today = _today()
    return {"start": today, "until": today + timedelta(days=centre().on_sale_days), "change": True}


@dataclass(frozen=True, slots=True)
class TimetablePage:
    """The lists that slots are made from, and the form that makes them."""

    hours: Sequence[OpeningHours]
    days: Sequence[DayException]
    patterns: Sequence[tuple[Pattern, Mapping[str, str]]]
    allotments: Sequence[Allotment]
    activities: Mapping[int, Mapping[str, str]]
    spaces: Mapping[int, Mapping[str, str]]
    duties: Sequence[Duty]
    works: Sequence[Work]
    fields: Sequence[Field]
    typed: Mapping[str, Any]
    errors: Mapping[str, str]
    labels: Mapping[str, str]
    langs: Sequence[str]


def _timetable(filled: Filled) -> str:
    langs, fields = centre().languages, period_fields()
    return render_template(
        "admin/timetable.html",
        page=TimetablePage(
            hours=opening_hours(),
            days=days_that_differ(_today()),
            patterns=queries.patterns_with_titles(),
            allotments=queries.allotments(),
            activities=_titles(),
            spaces={space.id: space.name for space in spaces()},
            duties=queries.duties(),
            works=[work for work in long_work.latest(20) if work.kind in ("slots.make", "slots.undo")][:5],
            fields=fields,
            typed=filled.typed,
            errors=filled.errors,
            labels=labels(fields, langs),
            langs=langs,
        ),
    )


@admin.get("/timetable/preview")
@staff()
def preview_slots() -> ResponseReturnValue:
    """What making them would do; from which activities times are taken away is ticked there, and from none at first."""
    fields = period_fields()
    filled = read(request.args, fields, centre().languages)
    wanted = _wanted(filled)
    if wanted is None:
        return _timetable(filled), 422
    return _preview(wanted)


@admin.post("/timetable/make")
@staff()
def make_slots() -> ResponseReturnValue:
    """Have the worker do it, or look once more with what is ticked now."""
    filled = read(request.form, period_fields(), centre().languages)
    wanted = _wanted(filled)
    if wanted is None:
        return _timetable(filled), 422
    return _preview(wanted) if request.form.get("look") else _begin(wanted)


@admin.post("/timetable/<int:work_id>/undo")
@staff()
def undo_slots(work_id: int) -> ResponseReturnValue:
    """Have the worker take back what one application made."""
    work = long_work.read(work_id) if work_id < 10**18 else None
    if work is None or work.kind not in ("slots.make", "import.rows"):
        abort(404)
    with unit_of_work():
        if work.is_going_on:
            long_work.stop(work_id, clock.now())
        undoing = long_work.begin("slots.undo", {"work_id": work_id}, who().account_id)
        note(who().actor, "slots.undo", f"work:{work_id}", None, {"work": undoing})
    return redirect(url_for("admin.work", work_id=undoing), 303)


@admin.get("/timetable/holidays")
@staff()
def holidays() -> str:
    """Public holidays about which nothing is said yet."""
    return render_template("admin/holidays.html", proposed=_proposed())


@admin.post("/timetable/holidays")
@staff()
def close_holidays() -> ResponseReturnValue:
    """Close those that are chosen; where times are sold for one, only after a look at whom it hits."""
    chosen, me, now = set(request.form.getlist("day")), who(), clock.now()
    days = [Differing(day, None, None, reason) for day, reason in _proposed().items() if day.isoformat() in chosen]
    wishes = all_of(days, centre(), now)
    if wishes and not request.form.get("sure"):
        return ask_whether(wishes, url_for("admin.holidays"))
    with unit_of_work():
        closed = edits.close_days([(day.on_date, day.reason) for day in days], me.actor)
        for wish in wishes:
            close_for(wish, now=now, account_id=me.account_id, actor=me.actor)
    flash(ngettext("%(num)s day is closed now.", "%(num)s days are closed now.", closed))
    return redirect(url_for("admin.timetable", _anchor="days"), 303)


def _proposed() -> dict[date, Texts]:
    today = _today()
    return dict(edits.proposals(centre().country, today, today + timedelta(days=AHEAD)))


def several_fields() -> list[Field]:
    """Several slots at once."""
    choices = [(str(key), wording().words(title)) for key, title in _titles().items()]
    return [
        NumberChoiceField("activity_id", _("Activity"), choices=choices),
        WholeField(
            "capacity", _("Places"), least=1, most=100_000, required=False, hint=_("Empty: as the activity says.")
        ),
        DayField("start", _("From")),
        DayField("until", _("Until"), hint=_("The last day.")),
        ClocksField("times", _("Times"), hint=_("Such as 10:00 12:30 14:00.")),
        WeekdaysField("weekdays", _("Weekdays")),
    ]


def week_fields() -> list[Field]:
    """A week as another."""
    return [
        DayField("week", _("A day of the week to copy")),
        DayField("onto", _("A day of the week to copy it to")),
        WholeField("weeks", _("How many weeks from there on"), least=1, most=20),
    ]


@admin.get("/timetable/several")
@staff()
def several() -> str:
    """Slots beside the weekly patterns."""
    today, langs = _today(), centre().languages
    first = show(
        {"start": today, "until": today, "weekdays": 127, "capacity": None, "times": []}, several_fields(), langs
    )
    week = show({"week": today, "onto": today + timedelta(days=7), "weeks": 1}, week_fields(), langs)
    return _several(Filled(typed=first), Filled(typed=week))


@admin.post("/timetable/several")
@staff()
def make_several() -> ResponseReturnValue:
    """Look at them, then make them."""
    filled = read(request.form, several_fields(), centre().languages)
    start, until = filled.values.get("start"), filled.values.get("until")
    _check_period(filled, start, until)
    if filled.errors or start is None or until is None:
        week = show({"week": _today(), "onto": _today() + timedelta(days=7), "weeks": 1}, week_fields(), [])
        return _several(filled, Filled(typed=week)), 422
    values = filled.values
    activity = audited_rows.find(Activity, values["activity_id"])
    if activity is None:
        abort(404)
    habit = one_off_slots.habit_of(activity, start, until, values["weekdays"], values["times"], values["capacity"])
    wanted = ApplyRequest(start, until + timedelta(days=1), change=False, remove=False, extra=(habit,))
    return _begin(wanted) if request.form.get("sure") else _preview(wanted, url_for("admin.make_several"))


@admin.post("/timetable/copy")
@staff()
def copy_week() -> ResponseReturnValue:
    """Look at the copy, then make it."""
    filled = read(request.form, week_fields(), centre().languages)
    values = filled.values
    if not filled.errors:
        _check_period(filled, values["onto"], values["onto"] + timedelta(weeks=values["weeks"]), name="onto")
    if filled.errors:
        first = show({"start": _today(), "until": _today(), "weekdays": 127}, several_fields(), [])
        return _several(Filled(typed=first), filled), 422
    monday, onto = _monday(values["week"]), _monday(values["onto"])
    habits = [
        habit
        for later in range(values["weeks"])
        for habit in one_off_slots.slots_of_week(monday, (onto - monday).days // 7 + later)
    ]
    start = max(onto, _today())
    wanted = ApplyRequest(
        start, onto + timedelta(weeks=values["weeks"]), change=False, remove=False, extra=tuple(habits)
    )
    return _begin(wanted) if request.form.get("sure") else _preview(wanted, url_for("admin.copy_week"))


@dataclass(frozen=True, slots=True)
class SeveralTimesPage:
    """Two forms: many times of one activity, and a week onto others."""

    fields: Sequence[Field]
    typed: Mapping[str, Any]
    errors: Mapping[str, str]
    week_fields: Sequence[Field]
    week_typed: Mapping[str, Any]
    week_errors: Mapping[str, str]
    labels: Mapping[str, str]
    langs: Sequence[str]


def _several(filled: Filled, week: Filled) -> str:
    langs = centre().languages
    return render_template(
        "admin/several.html",
        page=SeveralTimesPage(
            fields=several_fields(),
            typed=filled.typed,
            errors=filled.errors,
            week_fields=week_fields(),
            week_typed=week.typed,
            week_errors=week.errors,
            labels=labels([*several_fields(), *week_fields()], langs),
            langs=langs,
        ),
    )


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What making slots would add, change and take away, before it is done."""

    foreseen: Foreseen
    start: date
    until: date
    activities: Mapping[int, Mapping[str, str]]
    titles: Mapping[int, Mapping[str, str]]
    ticked: Collection[int]
    action: str
    typed: Sequence[tuple[str, list[str]]]


def _preview(wanted: ApplyRequest, again: str = "") -> str:
    foreseen = apply_patterns.foresee(wanted, clock.now())
    typed = [
        (name, value)
        for name, value in request.values.items(multi=True)
        if name not in ("csrf_token", "sure", "remove", "look")
    ]
    return render_template(
        "admin/preview.html",
        page=PreviewPage(
            foreseen=foreseen,
            start=wanted.start,
            until=wanted.end - timedelta(days=1),
            activities=_titles(),
            titles=_titles(every=True),
            ticked=wanted.remove_of or (),
            action=again or url_for("admin.make_slots"),
            typed=typed,
        ),
    )


def _begin(wanted: ApplyRequest) -> ResponseReturnValue:
    about = wanted.as_facts()
    if wanted.extra is not None:
        about["extra"] = one_off_slots.extra_facts(wanted.extra)
    with unit_of_work():
        total = (wanted.end - wanted.start).days
        work_id = long_work.begin("slots.make", about, who().account_id, total)
        note(who().actor, "slots.make", f"work:{work_id}", None, wanted.as_facts())
    return redirect(url_for("admin.work", work_id=work_id), 303)


def _wanted(filled: Filled) -> ApplyRequest | None:
    start, until = filled.values.get("start"), filled.values.get("until")
    _check_period(filled, start, until)
    if filled.errors or start is None or until is None:
        return None
    ticked = {slot_id for text in request.values.getlist("remove")[:MOST_TICKED] if (slot_id := identity(text))}
    return ApplyRequest(start, until + timedelta(days=1), change=filled.values["change"], remove_of=frozenset(ticked))


def _check_period(filled: Filled, start: date | None, until: date | None, name: str = "start") -> None:
    if start is None or until is None:
        return
    if start < _today() and name == "start":
        filled.errors["start"] = _("That day is over. Begin today or later.")
    elif until < start:
        filled.errors["until"] = _("It ends before it begins.")
    elif (until - start).days >= MOST_DAYS or (until - _today()).days > 3 * MOST_DAYS:
        filled.errors["until" if name == "start" else name] = _("At most %(days)s days at once.", days=MOST_DAYS)


def _titles(every: bool = False) -> dict[int, Texts]:
    """Of the activities that there are now, or of every one there was."""
    return {activity.id: activity.title for activity in titled_activities() if activity.active or every}


def _today() -> date:
    return clock.now().astimezone(centre().zone).date()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
