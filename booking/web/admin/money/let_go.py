"""What will not be claimed: let go with a reason, before it is invoiced, and for some days taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.invoicing import let_go
from booking.invoicing.let_go import LONGEST_REASON, LetGo, LetGoReasonWrong, lately_let_go
from booking.invoicing.receivables import Receivable, open_receivables
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.admin.money.credit import is_large_sum
from booking.web.admin.money.invoices import is_key
from booking.web.blueprints import admin
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import sentence
from booking.web.staff.confirming import NOT_CONFIRMED, confirm_anew


@dataclass(frozen=True, slots=True)
class LetGoPage:
    """One that may be let go, if it was asked for, and what was let go last."""

    receivable: Receivable | None
    lately: Sequence[LetGo]
    now: datetime
    reason: str = ""
    error: str = ""
    refused: str = ""
    password_error: str = ""

    @property
    def asks_password(self) -> bool:
        """Whether it is so much that whoever lets it go says their password again."""
        return self.receivable is not None and is_large_sum(self.receivable.gross, centre().currency)


@admin.get("/invoices/let-go")
@staff(Role.FINANCE)
def ask_let_go() -> str:
    """Ask why, and show what was let go."""
    return render_template("admin/let_go.html", page=_page(request.args.get("receivable", "")))


@admin.post("/invoices/let-go")
@staff(Role.FINANCE)
def let_go_receivable() -> ResponseReturnValue:
    """Let one go."""
    key, reason = request.form.get("receivable", ""), request.form.get("reason", "")[: LONGEST_REASON + 100]
    if not is_key(key):
        abort(404)
    try:
        if _page(key).asks_password:
            confirm_anew()
        amount = let_go.let_go(key, reason, centre(), clock.now(), who().actor)
    except LetGoReasonWrong as refusal:
        answer = sentence(refusal)
        return render_template("admin/let_go.html", page=_page(key, reason, error=answer.text)), answer.status
    except NOT_CONFIRMED as refusal:
        answer = sentence(refusal)
        return render_template("admin/let_go.html", page=_page(key, reason, password_error=answer.text)), answer.status
    except Refusal as refusal:
        answer = sentence(refusal)
        return render_template("admin/let_go.html", page=_page("", refused=answer.text)), answer.status
    flash(_("%(sum)s will not be claimed.", sum=wording().money(amount)))
    return redirect(url_for("admin.invoices"), 303)


@admin.post("/invoices/let-go/undo")
@staff(Role.FINANCE)
def claim_after_all() -> ResponseReturnValue:
    """Take it back."""
    key = request.form.get("receivable", "")
    if not is_key(key):
        abort(404)
    try:
        let_go.claim_after_all(key, clock.now(), who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return render_template("admin/let_go.html", page=_page("", refused=answer.text)), answer.status
    flash(_("It waits to be invoiced again."))
    return redirect(url_for("admin.ask_let_go"), 303)


def _page(key: str, reason: str = "", *, error: str = "", refused: str = "", password_error: str = "") -> LetGoPage:
    owed = open_receivables(centre(), clock.now(), [key]) if is_key(key) else []
    there = [receivable for receivable in owed if receivable.can_be_let_go]
    return LetGoPage(next(iter(there), None), lately_let_go(), clock.now(), reason, error, refused, password_error)
