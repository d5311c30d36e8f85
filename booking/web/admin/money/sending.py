"""How invoices are sent: what wants a person, what somebody decides of one, and the centre's and a payer's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.invoicing.queries import issued_one
from booking.invoicing.sending import by_hand
from booking.invoicing.sending.states import DISPUTED, DeliveryState, ReportState
from booking.invoicing.sending.wanting import (
    UnmadeFacts,
    WantingFacts,
    how_many_want_a_person,
    unmade,
    wanting_a_person,
)
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.reports.delivery_names import buyer_responses, delivery_states
from booking.staff.models import Role
from booking.web.admin.money.delivery import delivery_shown, why_wanting
from booking.web.admin.money.invoices import page_of
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import sentence
from booking.web.typed import one_of


@dataclass(frozen=True, slots=True)
class WantingRow:
    """A document that wants a person: `what` it is about, in words, and what they said of it (`quoted`)."""

    facts: WantingFacts
    what: str
    why: str
    quoted: str
    report_by: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class DeliveriesPage:
    """What wants a person, the longest first, and what was issued and has no files; `how_many` there are in all."""

    rows: Sequence[WantingRow]
    unmade: Sequence[UnmadeFacts]
    how_many: int
    refused: str = ""


@admin.get("/invoices/sending")
@staff(Role.FINANCE)
def deliveries() -> str:
    """What wants a person."""
    return render_template("admin/deliveries.html", page=_page())


@admin.post("/invoices/<int:invoice_id>/files")
@staff(Role.FINANCE)
def make_files_again(invoice_id: int) -> ResponseReturnValue:
    """Have the files of a document made after all."""
    if invoice_id >= 10**18:
        abort(404)
    try:
        by_hand.make_again(invoice_id, clock.now(), who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return render_template("admin/deliveries.html", page=_page(answer.text)), answer.status
    flash(_("It is tried once more."))
    return redirect(url_for("admin.deliveries"), 303)


@admin.post("/invoices/<int:invoice_id>/delivery")
@staff(Role.FINANCE)
def decide_delivery(invoice_id: int) -> ResponseReturnValue:
    """What somebody decides of a document; refused where it stands otherwise than they saw."""
    seen, reason = one_of(DeliveryState, request.form.get("seen")), one_line(request.form.get("way_reason"))
    press, now = request.form.get("press", ""), clock.now()
    if invoice_id >= 10**18 or seen is None or press not in DONE:
        abort(404)
    try:
        _decide(press, invoice_id, seen, reason, now)
    except Refusal as refusal:
        return _again(invoice_id, reason, refusal)
    flash(str(DONE[press]()))
    return redirect(url_for("admin.invoice", invoice_id=invoice_id) + "#delivery", 303)


DONE = {
    "again": lambda: _("It is sent once more."),
    "arrived": lambda: _("It counts as delivered."),
    "mail": lambda: _("The PDF is on its way by mail."),
    "outside": lambda: _("It counts as sent in another way."),
    "reported": lambda: _("It counts as reported."),
}


def _decide(press: str, invoice_id: int, seen: DeliveryState, reason: str, now: datetime) -> None:
    actor = who().actor
    match press:
        case "again":
            by_hand.send_again(invoice_id, seen, now, actor)
        case "arrived":
            by_hand.arrived(invoice_id, seen, now, actor)
        case "mail":
            by_hand.by_letter(invoice_id, seen, reason, now, actor)
        case "outside":
            by_hand.outside(invoice_id, seen, reason, now, actor)
        case _:
            by_hand.reported(invoice_id, now, actor)


def _again(invoice_id: int, reason: str, refusal: Refusal) -> ResponseReturnValue:
    facts, answer = issued_one(invoice_id), sentence(refusal)
    today = centre().local(clock.now()).date()
    of_reason = isinstance(refusal, by_hand.DecisionReasonMissing)
    wrong, refused = (answer.text, "") if of_reason else ("", answer.text)
    shown = None if facts is None else delivery_shown(facts, today, reason[:500], wrong, refused)
    if facts is None or shown is None:
        abort(404)
    return render_template("admin/invoice.html", page=page_of(facts, delivery=shown)), answer.status


def _page(refused: str = "") -> DeliveriesPage:
    now, today = clock.now(), centre().local(clock.now()).date()
    rows = [_row(facts, today) for facts in wanting_a_person(now, today)]
    return DeliveriesPage(rows, unmade(now), how_many_want_a_person(now, today), refused)


def _row(facts: WantingFacts, today: date) -> WantingRow:
    disputed = facts.response in DISPUTED
    what = buyer_responses()[facts.response] if disputed else delivery_states()[facts.state]
    report_by = facts.report_by if facts.report is ReportState.DUE else None
    late = report_by is not None and report_by < today
    quoted = facts.response_said if disputed else facts.said
    return WantingRow(facts, what, why_wanting(facts.why), quoted, report_by, late)
