"""The audit log, for administrators. Filters stand in the address, so that a view can be kept and sent."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.capacity.timetable import at
from booking.exports.sources import log_filters
from booking.history import log
from booking.history.sentences import act, acts, log_sentence, subject
from booking.reports.names import actors
from booking.web.admin.bookings.exports import export_list
from booking.web.admin.staff.log_fields import names_for
from booking.web.forms.checked import identity, tidy
from booking.web.forms.fields import FORMS
from booking.web.guards.access import staff as staff_only
from booking.web.languages import centre, wording
from booking.web.staff import staff

FILTERS = ("actor", "action", "subject", "day")
LONGEST = 60


@staff.get("/log")
@staff_only()
def audit_log() -> tuple[str, int]:
    """Who did what to what, newest first."""
    asked, wanted, wrong = _asked()
    page = log.LogPage([], None) if wrong else log.read(wanted)
    names = log.names() | actors()
    shown = render_template(
        "staff/log.html",
        page=page,
        asked=asked,
        names=names,
        wrong=wrong,
        actions=_actions(asked.get("action", "")),
        said=lambda one: log_sentence(one.action, one.before, one.after, wording(), names_for(one.action, wording())),
        subject=lambda of: subject(of, names),
    )
    return shown, 422 if wrong else 200


@staff.post("/log/export")
@staff_only()
def export_log() -> ResponseReturnValue:
    """The log as a file, with the filters of the address."""
    _said, wanted, wrong = _asked()
    return redirect(url_for("staff.audit_log"), 303) if wrong else export_list("log", log_filters(wanted))


def _actions(asked: str) -> list[tuple[str, str]]:
    """All acts with their words, as the reader's alphabet has them; that of the address too, whatever it is."""
    every = set(acts()) | {f"{what}.{verb}" for what in FORMS for verb in ("add", "change", "remove")}
    return sorted(((action, act(action)) for action in every | ({asked} - {""})), key=lambda one: one[1].casefold())


def _asked() -> tuple[dict[str, str], log.LogFilter, set[str]]:
    """The filters as typed, as understood, and which could not be."""
    asked = {name: said for name in FILTERS if (said := tidy(request.args.get(name))[:LONGEST])}
    day = _day(asked.get("day", ""))
    wanted = log.LogFilter(
        actor=asked.get("actor", ""),
        action=asked.get("action", ""),
        subject=asked.get("subject", ""),
        begin=_midnight(day) if day else None,
        end=_midnight(day + timedelta(days=1)) if day else None,
        older_than=identity(request.args.get("below")) or log.NEWEST,
    )
    wrong = {"day"} if asked.get("day") and day is None else set()
    return asked, wanted, wrong


def _day(text: str) -> date | None:
    """A day near enough for clocks to reckon with."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _midnight(day: date) -> datetime:
    return at(day, time(0), centre().zone)
