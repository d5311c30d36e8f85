"""Gift cards as a report: what was sold, used, came back, ran out or was withdrawn from; what is outstanding each day.

What is outstanding is what the journal's account says of the day (books/differences.py asks each night).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date

from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy import func, select

from booking.gift_cards.models import GiftCardEntry, GiftCardMove, GiftCardUse
from booking.gift_cards.totals import LASTING, outstanding, used_between
from booking.kernel.database import run
from booking.reports.figures import Measure, Report, ReportRequest, ReportSection, Tally
from booking.reports.moments import moment_of, quarter_of
from booking.sheets.sheet import Column, ColumnKind

Reads = Callable[[ReportRequest], list[Tally]]
SOLD, USED, BACK, EXPIRED, WITHDRAWN, LEFT = range(6)
# Where each move counts, and with which sign. What had run out and was given back has not run out.
PLACES = {
    GiftCardMove.ISSUED: (SOLD, 1), GiftCardMove.REFUNDED: (BACK, 1), GiftCardMove.EXPIRED: (EXPIRED, -1),
    GiftCardMove.REVIVED: (EXPIRED, -1), GiftCardMove.WITHDRAWN: (WITHDRAWN, -1),
}  # fmt: skip


def _by_day(request: ReportRequest) -> dict[date, list[int]]:
    """Of each day of the period what moved, in minor units, and what is outstanding at its end."""
    period = request.period
    days = {day: [0] * (LEFT + 1) for day in period.each_day()}
    quarter = quarter_of(GiftCardEntry.at)
    moved = (
        select(GiftCardEntry.move, quarter, func.sum(GiftCardEntry.amount))
        .where(GiftCardEntry.move.in_(LASTING), GiftCardEntry.at >= period.begin, GiftCardEntry.at < period.end)
        .group_by(GiftCardEntry.move, quarter)
    )
    for kind, when, amount in run(moved):
        place, sign = PLACES[kind]
        days[period.day_of(moment_of(when))][place] += sign * int(amount)
    ended = quarter_of(GiftCardUse.ended_at)
    used = select(ended, func.sum(GiftCardUse.amount)).where(*used_between(period.begin, period.end)).group_by(ended)
    for when, amount in run(used):
        days[period.day_of(moment_of(when))][USED] += int(amount)
    left = outstanding(period.end)
    for day in reversed(days):
        figures = days[day]
        figures[LEFT] = left
        left -= figures[SOLD] - figures[USED] + figures[BACK] - figures[EXPIRED] - figures[WITHDRAWN]
    return days


def _days(request: ReportRequest) -> list[Tally]:
    return [Tally(n, (day,), tuple(figures)) for n, (day, figures) in enumerate(_by_day(request).items())]


def _months(request: ReportRequest) -> list[Tally]:
    """Of each month the days that lie in the period, and what is outstanding on the last of them."""
    months: dict[str, list[int]] = defaultdict(lambda: [0] * (LEFT + 1))
    for day, figures in _by_day(request).items():
        of_month = months[f"{day:%Y-%m}"]
        for place in range(LEFT):
            of_month[place] += figures[place]
        of_month[LEFT] = figures[LEFT]
    return [Tally(n, (month,), tuple(figures)) for n, (month, figures) in enumerate(months.items())]


def _measures() -> list[Measure]:
    money = ColumnKind.MONEY
    return [
        Measure(pgettext("gift cards", "Sold"), money), Measure(pgettext("gift cards", "Used"), money),
        Measure(_("Back on cards"), money), Measure(pgettext("gift cards", "Run out"), money),
        Measure(pgettext("gift cards", "Withdrawn from"), money),
        Measure(pgettext("gift cards", "Outstanding"), money, adds_up=False),
    ]  # fmt: skip


def _report(slug: str, title: Callable[[], str], column: Callable[[], Column], tally: Reads) -> Report:
    return Report(
        slug, ReportSection.MONEY, title,
        lambda: _("What moved on gift cards, and what is still on all of them."),
        lambda: [column()], _measures, tally, main=LEFT,
    )  # fmt: skip


REPORTS = (
    _report("gift-cards", lambda: _("Gift cards, by month"), lambda: Column(_("Month")), _months),
    _report("gift-cards-days", lambda: _("Gift cards, by day"), lambda: Column(_("Day"), ColumnKind.DAY), _days),
)
