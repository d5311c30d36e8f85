"""Write off what is left of an invoice: how much of it and why; and ask for it again while its month is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.books.posting import first_open_day
from booking.invoicing.document import DocumentKind
from booking.invoicing.queries import IssuedFacts, issued_one
from booking.invoicing.write_offs.models import LONGEST_REASON
from booking.invoicing.write_offs.queries import write_offs_of
from booking.invoicing.write_offs.write_off import WriteOffOrder, undo_write_off, write_off
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.admin.money.credit import is_large_sum
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.staff.confirming import NOT_CONFIRMED, confirm_anew
from booking.web.typed import sum_shown, sum_typed

ALL, SUM = "all", "sum"


@dataclass(frozen=True, slots=True)
class TypedWriteOff:
    """What was typed."""

    extent: str = ALL
    amount: str = ""
    reason: str = ""

    def errors(self) -> dict[str, str]:
        """A sentence for each field that is wrong."""
        wrong = {}
        if self.extent == SUM and not sum_typed(self.amount):
            wrong["amount"] = _("Enter an amount, for example 150 or 150.50.")
        if not 0 < len(self.reason) <= LONGEST_REASON:
            wrong["reason"] = _("Say why, in at most %(most)s characters.", most=LONGEST_REASON)
        return wrong

    def of(self, left: int) -> int:
        """How much that is of so much; once there are no errors."""
        return left if self.extent == ALL else sum_typed(self.amount) or 0


@dataclass(frozen=True, slots=True)
class WriteOffPage:
    """An invoice of which something is to be written off."""

    facts: IssuedFacts
    typed: TypedWriteOff
    errors: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    most_reason: ClassVar = LONGEST_REASON

    @property
    def asks_password(self) -> bool:
        """Whether it may be so much that whoever writes it off says their password again."""
        return _is_large(self.facts, self.facts.left)


@admin.get("/invoices/<int:invoice_id>/write-off")
@staff(Role.FINANCE)
def ask_write_off(invoice_id: int) -> str:
    """Ask how much, and why."""
    return render_template("admin/write_off.html", page=WriteOffPage(_invoice(invoice_id), TypedWriteOff()))


@admin.post("/invoices/<int:invoice_id>/write-off")
@staff(Role.FINANCE)
def write_off_invoice(invoice_id: int) -> ResponseReturnValue:
    """Write it off, if no more and no less is left than the page showed."""
    facts = _invoice(invoice_id)
    form = request.form
    extent = SUM if form.get("extent") == SUM else ALL
    typed = TypedWriteOff(extent, one_line(form.get("amount"))[:40], one_line(form.get("reason"))[:1000])
    errors, answer = typed.errors(), RefusalAnswer("", 422)
    if not errors:
        try:
            return _written_off(facts, typed)
        except NOT_CONFIRMED as refusal:
            answer = sentence(refusal)
            errors = {"password": answer.text}
        except Refusal as refusal:
            answer = sentence(refusal)
    page = WriteOffPage(_invoice(invoice_id), typed, errors, "" if errors else answer.text)
    return render_template("admin/write_off.html", page=page), answer.status


@admin.post("/invoices/<int:invoice_id>/write-off/<int:write_off_id>/undo")
@staff(Role.FINANCE)
def undo_write_off_of_invoice(invoice_id: int, write_off_id: int) -> ResponseReturnValue:
    """Ask for it again."""
    facts = _invoice(invoice_id)
    try:
        write_off_id = write_off_id if write_off_id < 10**18 else 0
        if write_off_id not in [piece.write_off_id for piece in write_offs_of(invoice_id)]:
            abort(404)
        _of, back = undo_write_off(write_off_id, first_open_day(), centre(), clock.now(), who().actor)
    except Refusal as refusal:
        flash(sentence(refusal).text)
    else:
        flash(_("%(sum)s is asked for again.", sum=wording().money(back, facts.document.currency)))
    return redirect(url_for("admin.invoice", invoice_id=invoice_id), 303)


def _written_off(facts: IssuedFacts, typed: TypedWriteOff) -> ResponseReturnValue:
    """Raises Refusal."""
    is_as_shown, amount = sum_shown(request.form.get("left")) == facts.left, typed.of(facts.left)
    if is_as_shown and amount <= facts.left and _is_large(facts, amount):
        confirm_anew()  # of what will be refused anyhow the page asks for no password
    order = WriteOffOrder(facts.invoice_id, amount, typed.reason, facts.left if is_as_shown else -1)
    left = write_off(order, centre(), clock.now(), who().actor)
    money, currency = wording().money, facts.document.currency
    flash(_("%(sum)s written off; %(left)s is left to pay.", sum=money(amount, currency), left=money(left, currency)))
    return redirect(url_for("admin.invoice", invoice_id=facts.invoice_id), 303)


def _is_large(facts: IssuedFacts, amount: int) -> bool:
    """By all that is then written off of the invoice, else many small write-offs need no password."""
    return is_large_sum(facts.written_off + amount, facts.document.currency)


def _invoice(invoice_id: int) -> IssuedFacts:
    facts = issued_one(invoice_id) if invoice_id < 10**18 else None
    if facts is None or facts.document.kind is not DocumentKind.INVOICE:
        abort(404)
    return facts
