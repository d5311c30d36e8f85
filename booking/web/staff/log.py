"""The audit log, for administrators. Filters stand in the address, so that a view can be kept and sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.capacity.timetable import at
from booking.exports.sources import log_filters
from booking.history import log
from booking.history.log import LogEntry, LogPage
from booking.history.sentences import LogSentence, act, acts, log_sentence, subject
from booking.reports.names import actors
from booking.web.admin.bookings.exports import export_list
from booking.web.admin.staff.log_fields import names_for
from booking.web.blueprints import staff
from booking.web.forms.checked import one_line
from booking.web.forms.filled import FORMS
from booking.web.guards.access import staff as staff_only
from booking.web.languages import centre, wording
from booking.web.typed import a_day, identity

FILTERS = ("actor", "action", "subject", "day")
LONGEST = 60


@dataclass(frozen=True, slots=True)
class LogListPage:
    """A page of the log, and what it was asked for."""

    log: LogPage
    asked: dict[str, str]  # what each filter says
    names: dict[str, str]  # of who did it and what it was done to
    wrong: set[str]  # the filters that cannot be read
    actions: list[tuple[str, str]]

    @staticmethod
    def said(entry: LogEntry) -> LogSentence:
        """What was done, in words."""
        names = names_for(entry.action, wording())
        return log_sentence(entry.action, entry.before, entry.after, wording(), names)

    def subject(self, of: str) -> str:
        """What it was done to, in words."""
        return subject(of, self.names)


@staff.get("/log")
@staff_only()
def audit_log() -> tuple[str, int]:
    """Who did what to what, newest first."""
    typed, wanted, wrong = _asked()
    shown = render_template(
        "staff/log.html",
        page=LogListPage(
            log=log.LogPage([], None) if wrong else log.read(wanted),
            asked=typed,
            names=log.names() | actors(),
            wrong=wrong,
            actions=_actions(typed.get("action", "")),
        ),
    )
    return shown, 422 if wrong else 200


@staff.post("/log/export")
@staff_only()
def export_log() -> ResponseReturnValue:
    """The log as a file, with the filters of the address."""
    _typed, wanted, wrong = _asked()
    return redirect(url_for("staff.audit_log"), 303) if wrong else export_list("log", log_filters(wanted))


def _actions(chosen: str) -> list[tuple[str, str]]:
    """All acts with their words, as the reader's alphabet has them; that of the address too, whatever it is."""
    every = set(acts()) | {f"{what}.{verb}" for what in FORMS for verb in ("add", "change", "remove")}
    return sorted(
        ((action, act(action)) for action in every | ({chosen} - {""})), key=lambda choice: choice[1].casefold()
    )


def _asked() -> tuple[dict[str, str], log.LogFilter, set[str]]:
    """The filters as typed, as understood, and which could not be."""
    typed = {name: value for name in FILTERS if (value := one_line(request.args.get(name))[:LONGEST])}
    day = a_day(typed.get("day", ""))
    wanted = log.LogFilter(
        actor=typed.get("actor", ""),
        action=typed.get("action", ""),
        subject=typed.get("subject", ""),
        begin=_midnight(day) if day else None,
        end=_midnight(day + timedelta(days=1)) if day else None,
        older_than=identity(request.args.get("below")) or log.NEWEST,
    )
    wrong = {"day"} if typed.get("day") and day is None else set()
    return typed, wanted, wrong


def _midnight(day: date) -> datetime:
    return at(day, time(0), centre().zone)
