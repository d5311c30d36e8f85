"""The provider's payouts: enter one, take its file, and see what differs from what was paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.books.payouts import (
    LARGEST,
    PayoutDiffers,
    PayoutFacts,
    PayoutFault,
    enter_payout,
    payouts_entered,
    rows_that_differ,
    take_payout_file,
)
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.admin.books.book_words import FAULTS
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.refusals import sentence
from booking.web.typed import a_day, sum_typed

LARGEST_FORM = LARGEST + 256 * 1024
ASKED = ("ref", "day", "amount", "charges")


@dataclass(frozen=True, slots=True)
class PayoutsPage:
    """What was entered, what differs, and what was typed of one that was refused."""

    entered: Sequence[PayoutFacts]
    differing: Sequence[PayoutDiffers]
    typed: Mapping[str, str]
    refused: str = ""
    file_wrong: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    def fault(self, fault: PayoutFault) -> str:
        """What is wrong with a row."""
        return str(FAULTS[fault])


@admin.get("/books/payouts")
@staff(Role.FINANCE)
def payouts() -> str:
    """All that were entered."""
    return render_template("admin/books_payouts.html", page=_page({}))


@admin.post("/books/payouts")
@staff(Role.FINANCE)
def enter_payouts() -> ResponseReturnValue:
    """One that is typed."""
    typed = {name: one_line(request.form.get(name))[:100] for name in ASKED}
    day, amount = a_day(typed["day"]), sum_typed(typed["amount"])
    charges = sum_typed(typed["charges"] or "0")
    errors = {}
    if not typed["ref"]:
        errors["ref"] = _("Write what the provider calls it.")
    if day is None or day > clock.now().date():
        errors["day"] = _("Write a day that has come, such as 2026-03-28.")
    if not amount:
        errors["amount"] = _("Write a sum such as 170 or 12.50.")
    if charges is None:
        errors["charges"] = _("Write a sum such as 170 or 12.50.")
    if errors or day is None:
        return render_template("admin/books_payouts.html", page=_page(typed, errors=errors)), 422
    try:
        enter_payout(typed["ref"], day, amount or 0, charges or 0, who().actor, clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return render_template("admin/books_payouts.html", page=_page(typed, answer.text)), answer.status
    flash(_("Entered."))
    return redirect(url_for("admin.payouts"), 303)


@admin.post("/books/payouts/file")
@staff(Role.FINANCE, largest=LARGEST_FORM)
def take_payouts() -> ResponseReturnValue:
    """The provider's file, whole or not at all."""
    upload = request.files.get("file")
    content = upload.read() if upload else b""
    if not content:
        wrong = _("The file is empty.") if upload else _("Choose a file.")
        return render_template("admin/books_payouts.html", page=_page({}, file_wrong=wrong)), 422
    try:
        new, there = take_payout_file(content, who().actor, clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return render_template("admin/books_payouts.html", page=_page({}, file_wrong=answer.text)), answer.status
    flash(_("New payouts: %(new)s. Entered before: %(there)s.", new=new, there=there))
    return redirect(url_for("admin.payouts"), 303)


def _page(
    typed: Mapping[str, str], refused: str = "", file_wrong: str = "", errors: Mapping[str, str] | None = None
) -> PayoutsPage:
    return PayoutsPage(payouts_entered(), rows_that_differ(), typed, refused, file_wrong, errors or {})
