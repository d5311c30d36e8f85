"""The list for the collector: what nobody paid after the last reminder, as a page and a file; who was handed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from booking.invoicing.how_to_pay.words import reference_word
from booking.invoicing.paper import account_at_home
from booking.invoicing.reminders.collector import (
    CollectorLines,
    ForCollector,
    for_collector,
    hand_over,
    whole,
    with_collector,
)
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.records.audit import note
from booking.sheets.files import Format
from booking.sheets.sheet import Column, ColumnKind, Row, Sheet
from booking.staff.models import Role
from booking.web.admin.bookings.exports import send_sheet
from booking.web.blueprints import admin
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.typed import identity, one_of

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class CollectorPage:
    """What can be handed over, and what was."""

    ready: CollectorLines
    handed_over: CollectorLines
    wrong: str


@admin.get("/invoices/collector")
@staff(Role.FINANCE)
def collector() -> str:
    """What can be handed over, and what was."""
    after = identity(request.args.get("after")) or 0
    return _page(after=after, after_handed=identity(request.args.get("after_handed")) or 0)


@admin.post("/invoices/collector")
@staff(Role.FINANCE)
def hand_to_collector() -> ResponseReturnValue:
    """Mark what was handed over."""
    typed = (identity(value) for value in request.form.getlist("invoice")[:MOST_AT_ONCE])
    ids = list(dict.fromkeys(invoice_id for invoice_id in typed if invoice_id is not None))
    if not ids:
        return _page(_("Mark what was handed over.")), 422
    done, left = hand_over(ids, centre(), clock.now(), who().actor)
    if done:
        flash(ngettext("%(num)s invoice is with the collector.", "%(num)s invoices are with the collector.", done))
    if left:
        flash(
            ngettext(
                "%(num)s was paid, written off or disputed meanwhile, and is not handed over.",
                "%(num)s were paid, written off or disputed meanwhile, and are not handed over.",
                left,
            )
        )
    return redirect(url_for("admin.collector"), 303)


@admin.post("/invoices/collector/export")
@staff(Role.FINANCE)
def export_for_collector() -> ResponseReturnValue:
    """The list as a file: what is ready, or what was handed over."""
    form, which = one_of(Format, request.form.get("format")), request.form.get("which")
    if form is None or which not in ("ready", "handed_over"):
        abort(404)
    now, part = clock.now(), for_collector if which == "ready" else with_collector
    listed = whole(lambda after: part(centre(), now, after))
    with unit_of_work():
        note(who().actor, "export.collector", "list:collector", None, {"format": form.value})
    day = centre().local(clock.now()).date()
    return send_sheet(_sheet(listed), f"collector-{day}", form)


def _page(wrong: str = "", after: int = 0, after_handed: int = 0) -> str:
    now = clock.now()
    ready, handed_over = for_collector(centre(), now, after), with_collector(centre(), now, after_handed)
    page = CollectorPage(ready, handed_over, wrong)
    return render_template("admin/collector.html", page=page)


def _sheet(listed: Iterable[ForCollector]) -> Sheet:
    sums = (
        _("Amount"),
        _("Paid"),
        pgettext("of an invoice", "Credited"),
        _("Left to pay"),
        _("Interest"),
        _("Fees"),
        _("Claimed"),
    )
    columns = [
        *(Column(title) for title in (_("Invoice"), _("Payer"), _("Organisation number"), _("Email"), _("Street"))),
        *(Column(title) for title in (_("Postcode"), _("Town"), _("Country"), _("Delivered to"))),
        *(Column(title, ColumnKind.DAY) for title in (_("Delivered"), _("Issued"), _("Due"))),
        *(
            Column(title)
            for title in (
                _("Reminded"),
                _("Invoice reference"),
                reference_word(centre().country),
                _("Account"),
                _("Currency"),
            )
        ),
        *(Column(title, ColumnKind.MONEY) for title in sums),
    ]
    return Sheet(_("For the collector"), columns, _rows(listed))


def _rows(listed: Iterable[ForCollector]) -> Iterator[Row]:
    for line in listed:
        document, facts = line.facts.document, line.facts
        payer = document.billed_to
        yield (
            document.number, payer.name, payer.org_number, line.email, payer.address.street, payer.address.postcode,
            payer.address.town, payer.address.country, document.delivered.name, document.delivered.on,
            document.issued_on, document.due_on, _reminded(line),
            document.reference, document.kid, account_at_home(document.seller.account), document.currency,
            document.payable, facts.paid, facts.credited, facts.left, line.interest, line.fees, line.claimed,
        )  # fmt: skip


def _reminded(line: ForCollector) -> str:
    days = [wording().full_date(day) for day in line.reminded]
    return ", ".join([*days, _("no reminder could be sent: no mailbox")] if line.no_mailbox else days)
