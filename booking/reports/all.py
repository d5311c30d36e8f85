"""Every report there is."""

from __future__ import annotations

from collections.abc import Mapping

from booking.reports import funders, gift_cards, house, money, receivables, visits
from booking.reports.figures import Report

REPORTS: Mapping[str, Report] = {
    report.slug: report
    for report in (
        *visits.REPORTS, *house.REPORTS, *money.REPORTS, *gift_cards.REPORTS, *receivables.REPORTS, *funders.REPORTS,
    )
}  # fmt: skip
