"""Put right what a payer's system wants on the invoice of a booking."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.invoicing.credit import CreditExtent
from booking.invoicing.queries import invoices_of
from booking.invoicing.references import LONGEST_ORDER, BillingReferences, references_of, set_references
from booking.invoicing.sending.queries import delivery_facts
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.refusals import sentence
from booking.web.typed import identity


@dataclass(frozen=True, slots=True)
class ReferencesPage:
    """What stands or was typed, what is wrong with it, and the invoices on which the booking stands already."""

    booking_id: int
    typed: BillingReferences
    wrong: str
    invoices: list[tuple[int, int]]

    @property
    def came_from(self) -> int:
        """The invoice that somebody came from, to go on with it then; 0 for none that the booking stands on."""
        typed = identity(request.values.get("invoice")) or 0
        return typed if typed in {invoice_id for invoice_id, _number in self.invoices} else 0


@admin.get("/bookings/<int:booking_id>/references")
@staff(Role.FINANCE)
def ask_references(booking_id: int) -> ResponseReturnValue:
    """As they stand."""
    standing = references_of(booking_id) if booking_id < 10**18 else None
    return _page(booking_id, standing) if standing is not None else abort(404)


@admin.post("/bookings/<int:booking_id>/references")
@staff(Role.FINANCE)
def change_references(booking_id: int) -> ResponseReturnValue:
    """Keep what is typed."""
    typed = BillingReferences(one_line(request.form.get("reference")), one_line(request.form.get("order_number")))
    if booking_id >= 10**18 or references_of(booking_id) is None:
        abort(404)
    if len(typed.order_number) > LONGEST_ORDER:
        return _page(booking_id, typed, _("An order number has at most %(num)s characters.", num=LONGEST_ORDER)), 422
    try:
        with unit_of_work():
            set_references(booking_id, typed, who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(booking_id, typed, answer.text), answer.status
    if came_from := _of(booking_id, typed).came_from:
        flash(_("Saved. Now credit the invoice and invoice anew."))
        return redirect(_back(came_from), 303)
    flash(_("Saved."))
    return redirect(url_for("admin.booking", booking_id=booking_id), 303)


def _back(invoice_id: int) -> str:
    """To where it goes on: one that was refused says why and offers it with its reason, another is credited."""
    delivery = delivery_facts(invoice_id)
    if delivery is not None and delivery.is_refused:
        return url_for("admin.invoice", invoice_id=invoice_id, _anchor="delivery")
    return url_for("admin.ask_credit", invoice_id=invoice_id, extent=CreditExtent.ALL)


def _page(booking_id: int, typed: BillingReferences, wrong: str = "") -> str:
    return render_template("admin/references.html", page=_of(booking_id, typed, wrong))


def _of(booking_id: int, typed: BillingReferences, wrong: str = "") -> ReferencesPage:
    return ReferencesPage(booking_id, typed, wrong, invoices_of(booking_id))
