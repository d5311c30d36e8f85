"""Every report there is."""

from __future__ import annotations

from collections.abc import Mapping

from booking.reports import funders, house, money, receivables, visits
from booking.reports.figures import Report
from booking.reports.gift_cards import outstanding

REPORTS: Mapping[str, Report] = {
    report.slug: report
    for report in (
        *visits.REPORTS, *house.REPORTS, *money.REPORTS, *outstanding.REPORTS, *receivables.REPORTS, *funders.REPORTS,
    )
}  # fmt: skip
