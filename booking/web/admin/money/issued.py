"""All that was issued: by where it stands, its way, its payer, its number and its day; the sums of that, and a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.exports import sources
from booking.invoicing.issued.filters import InvoiceFilter, InvoiceMark, Way, way_named
from booking.invoicing.issued.read import MOST_LOOKED_AT, IssuedPage, ListedSum, read_issued, sums_of_issued
from booking.invoicing.payer.queries import HowItStands
from booking.kernel import clock
from booking.reports import invoice_names
from booking.staff.models import Role
from booking.web.admin.bookings.exports import export_list
from booking.web.admin.money.delivery import states_shown
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff
from booking.web.languages import centre
from booking.web.typed import a_day, identity, one_of

FILTERS = ("q", "stands", "mark", "way", "from", "until")
LONGEST_WORDS = 100


@dataclass(frozen=True, slots=True)
class InvoiceFilterForm:
    """What the address asks for: as typed, as understood, and which fields could not be."""

    typed: dict[str, str]
    wanted: InvoiceFilter
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IssuedListPage:
    """A page of the list, what all of it comes to, and what was asked for. `kept`: the filters, for addresses.

    `sums` None: there are too many documents to add up.
    """

    listed: IssuedPage
    sums: Sequence[ListedSum] | None
    asked: InvoiceFilterForm
    kept: Mapping[str, str]
    states: Mapping[int, tuple[str, str]]
    today: date
    most_summed: ClassVar = MOST_LOOKED_AT

    @property
    def standings(self) -> Sequence[tuple[HowItStands, str]]:
        """Where documents may stand, to choose among."""
        return [(stands, words) for stands, words in invoice_names.standings().items()]

    @property
    def marks(self) -> Sequence[tuple[InvoiceMark, str]]:
        """What may be so besides."""
        return list(invoice_names.marks().items())

    @property
    def ways(self) -> Sequence[tuple[Way, str]]:
        """Where they may be on their way."""
        return list(invoice_names.ways().items())


@admin.get("/invoices/issued")
@staff(Role.FINANCE)
def issued_invoices() -> tuple[str, int]:
    """A page of the list."""
    form = _asked()
    listed = IssuedPage((), None) if form.wrong else read_issued(form.wanted)
    page = IssuedListPage(
        listed=listed,
        sums=() if form.wrong else sums_of_issued(form.wanted),
        asked=form,
        kept={name: text for name, text in form.typed.items() if text},
        states=states_shown(listed.documents),
        today=form.wanted.today,
    )
    return render_template("admin/issued.html", page=page), 422 if form.wrong else 200


@admin.post("/invoices/issued/export")
@staff(Role.FINANCE)
def export_issued_invoices() -> ResponseReturnValue:
    """The whole list as a file, with the filters of the address."""
    form = _asked()
    if form.wrong:
        return redirect(url_for("admin.issued_invoices"), 303)
    return export_list("invoices", sources.invoices_filters(form.wanted))


def _asked() -> InvoiceFilterForm:
    typed = {name: one_line(request.args.get(name))[:LONGEST_WORDS] for name in FILTERS}
    days = {name: a_day(typed[name]) for name in ("from", "until")}
    wrong = {name: _("Enter the day as 2026-11-25.") for name, day in days.items() if typed[name] and day is None}
    first, last = days["from"], days["until"]
    if not wrong and first is not None and last is not None and first > last:
        wrong["until"] = _("The last day comes before the first.")
    wanted = InvoiceFilter(
        today=centre().local(clock.now()).date(),
        stands=one_of(HowItStands, typed["stands"]),
        mark=one_of(InvoiceMark, typed["mark"]),
        way=way_named(typed["way"]),
        first=first,
        last=last,
        words=typed["q"],
        below=identity(request.args.get("below")),
    )
    return InvoiceFilterForm(typed, wanted, wrong)
