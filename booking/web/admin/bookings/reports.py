"""Reports: figures of a period beside those of another, drawn and as a table, and as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.rules import SCHOOL_YEAR_BEGINS, school_year
from booking.kernel import clock
from booking.reports.all import REPORTS
from booking.reports.figures import Report, ReportRequest, ReportSection, make
from booking.reports.period import Against, BadPeriod, Period
from booking.sheets.files import Format
from booking.sheets.sheet import Sheet
from booking.staff.models import Role
from booking.web.admin.bookings.exports import send_sheet
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre, language
from booking.web.refusals import sentence
from booking.web.typed import a_day, one_of


@admin.get("/reports")
@staff(Role.FINANCE)
def reports() -> str:
    """Which reports there are."""
    sections = {
        ReportSection.VISITS: _("Visits"),
        ReportSection.MONEY: _("Money"),
        ReportSection.FUNDERS: _("For funders"),
    }
    listed = [
        (name, [report for report in REPORTS.values() if report.section is section])
        for section, name in sections.items()
    ]
    return render_template("admin/reports.html", present=who(), sections=listed)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One report over a period, beside another."""

    report: Report
    sheet: Sheet | None
    typed: Mapping[str, str]
    problem: str
    period: Period | None
    before: Period | None
    against: Against
    choices: Mapping[Against, str]
    shortcuts: Sequence[tuple[str, date, date]]


@admin.get("/reports/<slug>")
@staff(Role.FINANCE)
def report(slug: str) -> ResponseReturnValue:
    """One report for a period."""
    wanted = _report(slug)
    typed, period, problem = _period(wanted)
    against = _against(wanted)
    sheet = make(wanted, ReportRequest(period, language()), against) if period else None
    shown = render_template(
        "admin/report.html",
        page=ReportPage(
            report=wanted,
            sheet=sheet,
            typed=typed,
            problem=problem,
            period=period,
            before=period.before(against) if period else None,
            against=against,
            choices={
                Against.BEFORE: _("The same number of days before"),
                Against.YEAR: _("The same days a year earlier"),
                Against.NOTHING: _("Nothing"),
            },
            shortcuts=_shortcuts(),
        ),
    )
    return shown, 422 if problem else 200


@admin.get("/reports/<slug>/<form>")
@staff(Role.FINANCE)
def report_file(slug: str, form: str) -> ResponseReturnValue:
    """The report as a file."""
    wanted, kind = _report(slug), one_of(Format, form)
    typed, period, problem = _period(wanted)
    if kind is None or problem or period is None:
        abort(404)
    sheet = make(wanted, ReportRequest(period, language()), _against(wanted))
    return send_sheet(sheet, f"{wanted.slug}-{typed['from']}-{typed['until']}", kind)


def _report(slug: str) -> Report:
    known = REPORTS.get(slug)
    if known is None:
        abort(404)
    return known


def _against(wanted: Report) -> Against:
    """What is asked to stand beside it: funders see the year before."""
    usual = Against.YEAR if wanted.section is ReportSection.FUNDERS else Against.BEFORE
    return one_of(Against, request.args.get("against")) or usual


def _period(wanted: Report) -> tuple[dict[str, str], Period | None, str]:
    """What was typed, the period it is, or what is wrong with it. Unless said otherwise the last four weeks; what is
    for funders, the year until today.
    """
    today = centre().local(clock.now()).date()
    typed = {name: one_line(request.args.get(name))[:20] for name in ("from", "until")}
    if not any(typed.values()):
        begin = date(today.year, 1, 1) if wanted.section is ReportSection.FUNDERS else today - timedelta(days=27)
        typed = {"from": begin.isoformat(), "until": today.isoformat()}
    first, last = a_day(typed["from"]), a_day(typed["until"])
    if first is None or last is None:
        return typed, None, _("Enter both days, for example 2026-11-25.")
    try:
        return typed, Period(first, last, centre().zone), ""
    except BadPeriod as refusal:
        return typed, None, sentence(refusal).text


def _shortcuts() -> list[tuple[str, date, date]]:
    """Periods that people ask for again and again."""
    today = centre().local(clock.now()).date()
    this_month = today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    return [
        (_("The last four weeks"), today - timedelta(days=27), today),
        (_("The coming four weeks"), today, today + timedelta(days=27)),
        (_("This month"), this_month, (this_month + timedelta(days=31)).replace(day=1) - timedelta(days=1)),
        (_("Last month"), last_month, this_month - timedelta(days=1)),
        (_("This year"), date(today.year, 1, 1), date(today.year, 12, 31)),
        (_("Last year"), date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        (_("This school year"), *_school_year(school_year(today))),
        (_("Last school year"), *_school_year(school_year(today) - 1)),
    ]


def _school_year(begun: int) -> tuple[date, date]:
    return date(begun, SCHOOL_YEAR_BEGINS, 1), date(begun + 1, SCHOOL_YEAR_BEGINS, 1) - timedelta(days=1)
