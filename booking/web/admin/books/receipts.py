"""Receipts by day: what was paid and paid back, the VAT in it, and all of them as a file; each as PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.exports import sources
from booking.kernel import clock
from booking.receipts import queries
from booking.receipts.files import file_of
from booking.receipts.queries import ReceiptDay, receipts_of
from booking.staff.models import Role
from booking.web.admin.bookings.exports import export_list
from booking.web.blueprints import admin
from booking.web.files import download
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff
from booking.web.languages import centre
from booking.web.typed import a_day

LONGEST = 366  # days on a page


@dataclass(frozen=True, slots=True)
class SpanForm:
    """From when until when, as typed and as understood; what could not be."""

    typed: Mapping[str, str]
    first: date
    last: date
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReceiptDaysPage:
    """The days that have receipts, and what all of them come to."""

    days: Sequence[ReceiptDay]
    asked: SpanForm

    @property
    def rates(self) -> list[int]:
        """The VAT rates in them, the lowest first."""
        return sorted({rate for day in self.days for rate, _gross, _tax in day.vat})

    @staticmethod
    def tax_at(day: ReceiptDay, rate: int) -> int:
        """The VAT of a day at one rate."""
        return sum(tax for its_rate, _gross, tax in day.vat if its_rate == rate)

    def whole_tax_at(self, rate: int) -> int:
        """That of all days."""
        return sum(self.tax_at(day, rate) for day in self.days)

    @property
    def many(self) -> int:
        """How many receipts there are."""
        return sum(day.sales + day.refunds for day in self.days)

    @property
    def paid(self) -> int:
        """All that was paid."""
        return sum(day.paid for day in self.days)

    @property
    def back(self) -> int:
        """All that went back."""
        return sum(day.back for day in self.days)


@admin.get("/books/receipts")
@staff(Role.FINANCE)
def receipt_days() -> tuple[str, int]:
    """The days of a span; this month where nothing is asked for."""
    form = _asked()
    days = [] if form.wrong else queries.receipt_days(form.first, form.last)
    page = ReceiptDaysPage(days, form)
    return render_template("admin/receipts.html", page=page), 422 if form.wrong else 200


@admin.post("/books/receipts/export")
@staff(Role.FINANCE)
def export_receipts() -> ResponseReturnValue:
    """Each receipt of the span as a file, with the days of the address."""
    form = _asked()
    if form.wrong:
        return redirect(url_for("admin.receipt_days"), 303)
    return export_list("receipts", sources.receipts_filters(form.first, form.last))


@admin.get("/bookings/<int:booking_id>/receipts/<int:year>-<int:number>-<int:version>.pdf")
@staff(Role.FINANCE, Role.DESK)
def receipt_of_booking(booking_id: int, year: int, number: int, version: int) -> Response:
    """One as PDF, in one of its versions."""
    given = receipts_of(booking_id) if booking_id < 10**18 else []
    receipt = next((receipt for receipt in given if (receipt.year, receipt.serial) == (year, number)), None)
    if receipt is None or version not in (1, *(addition.version for addition in receipt.added)):
        abort(404)
    name = _("receipt-%(number)s.pdf", number=receipt.number if version == 1 else f"{receipt.number}-{version}")
    return download(file_of(receipt.id, version), "application/pdf", name)


def _asked() -> SpanForm:
    typed = {name: one_line(request.args.get(name))[:20] for name in ("from", "until")}
    today = centre().local(clock.now()).date()
    first, last = a_day(typed["from"]) or today.replace(day=1), a_day(typed["until"]) or today
    wrong = {name: _("Enter the day as 2026-11-25.") for name, text in typed.items() if text and a_day(text) is None}
    if not wrong and not 0 <= (last - first).days < LONGEST:
        wrong = {"until": _("Choose at most %(days)s days, the first before the last.", days=LONGEST)}
    shown = {"from": typed["from"] or first.isoformat(), "until": typed["until"] or last.isoformat()}
    return SpanForm(shown, first, last, wrong)
