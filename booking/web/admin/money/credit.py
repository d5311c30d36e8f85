"""Put an invoice right: credit it (how much and why, what that comes to), add to it, leave it, let go what is paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from booking.invoicing.ahead.additions import (
    AdditionForeseen,
    AdditionNotAsShown,
    foresee_the_rest,
    invoice_the_rest,
)
from booking.invoicing.ahead.unlike import leave_as_invoiced
from booking.invoicing.bank.release import release
from booking.invoicing.credit import (
    LONGEST_REASON,
    Creditable,
    CreditExtent,
    CreditOrder,
    CreditWanted,
    NotCreditable,
    credit,
    credit_and_invoice_anew,
    creditable,
    taken_back,
)
from booking.invoicing.document import InvoiceDocument, Settled
from booking.invoicing.issue import ReceivableWaits
from booking.invoicing.payer.queries import payer_of
from booking.invoicing.queries import BookingOnInvoice, IssuedFacts, bookings_on, issued_one
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.reckoning.proposals import reckon_again, reckon_the_rest
from booking.staff.models import Role
from booking.web.admin.money.invoices import WHY_WAITING
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.staff.confirming import NOT_CONFIRMED, confirm_anew
from booking.web.typed import one_of, sum_shown, sum_typed, whole_number

# Above so much, in minor units, a browser left open is not enough; in any other currency it never is.
ASKS_PASSWORD_ABOVE = {"NOK": 1_000_000, "EUR": 100_000}
MOST_LINES = 1_000


class _NotAsShown(Refusal):
    """What is asked for is not what the page showed that it comes to."""


@dataclass(frozen=True, slots=True)
class TypedCredit:
    """What was typed; lines by their place from 0."""

    extent: CreditExtent = CreditExtent.ALL
    lines: tuple[int, ...] = ()
    amount: str = ""
    reason: str = ""

    def wanted(self) -> CreditWanted:
        """What is to be credited; once there are no errors."""
        lines = () if self.extent is CreditExtent.ALL else self.lines
        gross = sum_typed(self.amount) if self.extent is CreditExtent.SUM else None
        return CreditWanted(self.extent, lines, gross or 0)

    def errors(self) -> dict[str, str]:
        """A sentence for each field that is wrong."""
        wrong = {}
        if self.extent is CreditExtent.LINES and not self.lines:
            wrong["lines"] = _("Mark at least one line.")
        if self.extent is CreditExtent.SUM and not sum_typed(self.amount):
            wrong["amount"] = _("Enter an amount, for example 150 or 150.50.")
        if not 0 < len(self.reason) <= LONGEST_REASON:
            wrong["reason"] = _("Say why, in at most %(most)s characters.", most=LONGEST_REASON)
        return wrong


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A line of the invoice with what is left of it; one that is not `open` is credited, or there is no telling."""

    place: int
    text: str
    gross: int
    open: bool


@dataclass(frozen=True, slots=True)
class CreditPreview:
    """What it comes to, and the invoice as it stands `now` and `then`."""

    settled: Settled
    now: IssuedFacts
    then: IssuedFacts
    asks_password: bool

    @property
    def asked_for_again(self) -> int:
        """What was written off and is credited instead, in minor units."""
        return max(self.now.written_off, 0) - max(self.then.written_off, 0)


@dataclass(frozen=True, slots=True)
class CreditPage:
    """An invoice that is to be credited. `credited` and `left` in minor units.

    Of the bookings and the payer it is told where what a new invoice says is put right.
    """

    invoice_id: int
    document: InvoiceDocument
    credited: int
    left: int
    lines: Sequence[CreditLine]
    typed: TypedCredit
    bookings: Sequence[BookingOnInvoice]
    payer_id: int | None
    preview: CreditPreview | None = None
    refused: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AdditionPage:
    """What would be issued besides an invoice, and what is wrong with what was shown before."""

    invoice_id: int
    document: InvoiceDocument
    foreseen: Sequence[AdditionForeseen]
    refused: str

    @property
    def gross(self) -> int:
        """All of it, in minor units."""
        return sum(of.draft.gross for of in self.foreseen)


@admin.get("/invoices/<int:invoice_id>/credit")
@staff(Role.FINANCE)
def ask_credit(invoice_id: int) -> str:
    """Ask how much, and why."""
    return render_template("admin/credit.html", page=_page(_of(invoice_id), invoice_id, _typed(request.args)))


@admin.post("/invoices/<int:invoice_id>/credit")
@staff(Role.FINANCE)
def credit_invoice(invoice_id: int) -> ResponseReturnValue:
    """Show what it comes to; when it has been shown, issue it."""
    _of(invoice_id)
    typed, press = _typed(request.form), request.form.get("press")
    errors, answer = typed.errors(), RefusalAnswer("", 200)
    try:
        if not errors and press in ("issue", "anew"):
            return _issued(invoice_id, typed, anew=press == "anew")
        if not errors:
            taken_back(_of(invoice_id), typed.wanted())
    except NOT_CONFIRMED as refusal:
        answer = sentence(refusal)
        errors = {"password": answer.text}
    except Refusal as refusal:
        answer = _words(refusal)
    page = _page(_of(invoice_id), invoice_id, typed, errors, answer)
    return render_template("admin/credit.html", page=page), 422 if errors and answer.status == 200 else answer.status


@admin.post("/invoices/<int:invoice_id>/leave")
@staff(Role.FINANCE)
def leave_invoice(invoice_id: int) -> ResponseReturnValue:
    """Let it stand although its visits have changed since."""
    if invoice_id >= 10**18 or issued_one(invoice_id) is None:
        abort(404)
    leave_as_invoiced(invoice_id, centre(), who().actor)
    flash(_("The invoice stays as it is."))
    return redirect(url_for("admin.invoice", invoice_id=invoice_id), 303)


@admin.post("/invoices/<int:invoice_id>/more")
@staff(Role.FINANCE)
def invoice_more(invoice_id: int) -> ResponseReturnValue:
    """What its visits cost more goes on an invoice besides it; what that comes to is shown first."""
    facts = issued_one(invoice_id) if invoice_id < 10**18 else None
    if facts is None:
        abort(404)
    shown, answer = sum_shown(request.form.get("gross")), RefusalAnswer("", 200)
    try:
        if shown is not None:
            return _added(invoice_id, shown)
    except AdditionNotAsShown as refusal:
        answer = sentence(refusal)
    except Refusal as refusal:
        return _not_added(invoice_id, refusal)
    try:
        foreseen = foresee_the_rest(invoice_id, centre(), clock.now(), reckon_the_rest)
    except Refusal as refusal:
        return _not_added(invoice_id, refusal)
    page = AdditionPage(invoice_id, facts.document, foreseen, answer.text)
    return render_template("admin/addition.html", page=page), answer.status


def _added(invoice_id: int, shown: int) -> ResponseReturnValue:
    """Issue what was shown. Raises Refusal."""
    (added, *_rest) = invoice_the_rest(invoice_id, centre(), clock.now(), who().actor, reckon_the_rest, shown)
    flash(_("Issued with number %(number)s.", number=added.number))
    return redirect(url_for("admin.invoice", invoice_id=added.invoice_id), 303)


def _not_added(invoice_id: int, refusal: Refusal) -> ResponseReturnValue:
    if isinstance(refusal, ReceivableWaits):
        flash(_("Not issued: %(why)s.", why=WHY_WAITING[refusal.why]))
    else:
        flash(sentence(refusal).text)
    return redirect(url_for("admin.invoice", invoice_id=invoice_id), 303)


@admin.post("/invoices/<int:invoice_id>/release")
@staff(Role.FINANCE)
def release_paid(invoice_id: int) -> ResponseReturnValue:
    """What is paid beyond what is left stands at the bank as paid too much, to be used or paid back."""
    facts = issued_one(invoice_id) if invoice_id < 10**18 else None
    if facts is None:
        abort(404)
    try:
        released = release(invoice_id, who().actor, clock.now())
    except Refusal as refusal:
        flash(sentence(refusal).text)
        return redirect(url_for("admin.invoice", invoice_id=invoice_id), 303)
    flash(_("%(sum)s stands below as paid too much.", sum=wording().money(released, facts.document.currency)))
    return redirect(url_for("admin.bank", _anchor="paid-too-much"), 303)


def _issued(invoice_id: int, typed: TypedCredit, *, anew: bool) -> ResponseReturnValue:
    """Issue what was shown. Raises Refusal."""
    of = _of(invoice_id)
    settled = taken_back(of, typed.wanted())
    shown = (sum_shown(request.form.get("credited")), sum_shown(request.form.get("gross")))
    if shown != (of.credited, settled.gross) or (anew and typed.extent is not CreditExtent.ALL):
        raise _NotAsShown
    if _asks_password(of, settled):
        confirm_anew()
    order = CreditOrder(invoice_id, typed.wanted(), typed.reason, of.credited)
    if anew:
        issued_note, invoices = credit_and_invoice_anew(order, centre(), clock.now(), who().actor, reckon_again)
    else:
        issued_note, invoices = credit(order, centre(), clock.now(), who().actor), []
    gross = wording().money(issued_note.gross, of.invoice.currency)
    flash(_("Credit note %(number)s issued: %(sum)s.", number=issued_note.number, sum=gross))
    for invoice in invoices:
        payable = wording().money(invoice.payable, of.invoice.currency)
        flash(_("Invoice %(number)s issued: %(sum)s.", number=invoice.number, sum=payable))
    return redirect(url_for("admin.invoice", invoice_id=invoice_id), 303)


def _of(invoice_id: int) -> Creditable:
    try:
        return creditable(invoice_id if invoice_id < 10**18 else 0)
    except NotCreditable:
        abort(404)


def _asks_password(of: Creditable, settled: Settled) -> bool:
    """By all that is then credited of the invoice, else many small notes need no password."""
    return is_large_sum(of.credited + settled.gross, of.invoice.currency)


def is_large_sum(amount: int, currency: str) -> bool:
    """Whether so much, in minor units, is given up only by somebody who says their password again."""
    return amount > ASKS_PASSWORD_ABOVE.get(currency, 0)


def _typed(form: MultiDict[str, str]) -> TypedCredit:
    """What a form says, or the link of a proposal."""
    places = (whole_number(place, 0, MOST_LINES) for place in form.getlist("line"))
    return TypedCredit(
        one_of(CreditExtent, form.get("extent")) or CreditExtent.ALL,
        tuple(sorted({place for place in places if place is not None})),
        one_line(form.get("amount")),
        one_line(form.get("reason")),
    )


def _words(refusal: Refusal) -> RefusalAnswer:
    if isinstance(refusal, _NotAsShown):
        return RefusalAnswer(_("This is what it comes to as it stands now. Look at it, then press once more."), 409)
    if isinstance(refusal, ReceivableWaits):
        why = WHY_WAITING[refusal.why]
        return RefusalAnswer(_("Nothing was credited, since it cannot be invoiced anew: %(why)s.", why=why), 409)
    return sentence(refusal)


def _page(
    of: Creditable,
    invoice_id: int,
    typed: TypedCredit,
    errors: Mapping[str, str] | None = None,
    answer: RefusalAnswer | None = None,
) -> CreditPage:
    open_lines = of.open_lines
    lines = [
        CreditLine(place, line.charge.text, open_lines.get(place, line.charge.gross), place in open_lines)
        for place, line in enumerate(of.invoice.settled.lines)
        if line.charge.gross
    ]
    return CreditPage(
        invoice_id, of.invoice, of.credited, of.left, lines, typed, bookings_on(invoice_id), payer_of(invoice_id),
        _preview(of, invoice_id, typed), answer.text if answer and not errors else "", errors or {},
    )  # fmt: skip


def _preview(of: Creditable, invoice_id: int, typed: TypedCredit) -> CreditPreview | None:
    """None where something is missing or too much."""
    if typed.errors():
        return None
    try:
        settled = taken_back(of, typed.wanted())
    except Refusal:
        return None
    facts = issued_one(invoice_id)
    if facts is None:
        return None
    return CreditPreview(settled, facts, facts.once_credited(settled.gross), _asks_password(of, settled))
