"""The provider's payouts: enter one, take its file, and see what differs from what was paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.books.payouts.compare import (
    DisputeStands,
    InNoPayout,
    NotPaidOut,
    PayoutDiffers,
    PayoutDispute,
    PayoutFault,
    disputes_in_payouts,
    in_no_payout,
    rows_that_differ,
)
from booking.books.payouts.enter import (
    LONGEST_REASON,
    PayoutDayWrong,
    PayoutSums,
    TakenPayouts,
    enter_payout,
    take_back_payout,
    take_payout_file,
)
from booking.books.payouts.file import LARGEST, LONGEST_REF
from booking.books.payouts.queries import PayoutFacts, payout_that_counts, payouts_entered
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.payments.provider import PayWay
from booking.payments.providers import tills
from booking.staff.models import Role
from booking.web.admin.books.book_words import DISPUTES, FAULTS, IN_NO_PAYOUT
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import sentence
from booking.web.typed import a_day, one_of, sum_typed

LARGEST_FORM = LARGEST + 256 * 1024
ASKED = ("ref", "day", "amount", "charges", "way")
ANOTHER = "another"
MOST_TOLD = 12  # sentences of one file


@dataclass(frozen=True, slots=True)
class PayoutsPage:
    """What was entered, how it stands against what was paid, and what was typed of one that was refused.

    `asks_another`: the one that was typed may be there already, and is taken if somebody says that it is not.
    """

    entered: Sequence[PayoutFacts]
    differing: Sequence[PayoutDiffers]
    disputes: Sequence[PayoutDispute]
    missing: Sequence[NotPaidOut]
    typed: Mapping[str, str]
    refused: str = ""
    file_wrong: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    asks_another: bool = False

    def fault(self, fault: PayoutFault) -> str:
        """What is wrong with a row."""
        return str(FAULTS[fault])

    @property
    def ways(self) -> dict[str, str]:
        """Of which way to pay a payout may be: asked where there is more than one."""
        words = {PayWay.CARD: _("Cards"), PayWay.VIPPS: "Vipps"}
        return {way.value: words[way] for way in tills.ways(centre().currency)}

    def stands(self, dispute: DisputeStands) -> str:
        """How a dispute stands here."""
        return str(DISPUTES[dispute])

    def what(self, what: InNoPayout) -> str:
        """What stands in no payout."""
        return str(IN_NO_PAYOUT[what])


@dataclass(frozen=True, slots=True)
class TakeBackPayoutPage:
    """A payout that somebody may want to take back; `errors` of what was typed."""

    payout: PayoutFacts
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    most_reason: ClassVar = LONGEST_REASON


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
    day, amount, charges = a_day(typed["day"]), sum_typed(typed["amount"]), sum_typed(typed["charges"] or "0")
    errors = _errors(typed, day, amount, charges)
    if errors or day is None:
        return render_template("admin/books_payouts.html", page=_page(typed, errors=errors)), 422
    way = one_of(PayWay, typed["way"]) or PayWay.CARD
    payout = PayoutSums(typed["ref"], day, amount or 0, charges or 0, way)
    try:
        enter_payout(payout, centre(), who().actor, clock.now(), another=request.form.get(ANOTHER) == "1")
    except PayoutDayWrong as refusal:
        page = _page(typed, errors={"day": sentence(refusal).text})
        return render_template("admin/books_payouts.html", page=page), 422
    except Refusal as refusal:
        answer = sentence(refusal)
        page = _page(typed, answer.text, asks_another=answer.warning == ANOTHER)
        return render_template("admin/books_payouts.html", page=page), answer.status
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
        taken = take_payout_file(content, centre(), who().actor, clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return render_template("admin/books_payouts.html", page=_page({}, file_wrong=answer.text)), answer.status
    for words in _told(taken):
        flash(words)
    return redirect(url_for("admin.payouts"), 303)


@admin.get("/books/payouts/<int:payout_id>/take-back")
@staff(Role.FINANCE)
def ask_take_back_payout(payout_id: int) -> str:
    """Ask why one was a mistake."""
    return render_template("admin/books_payout_back.html", page=TakeBackPayoutPage(_payout(payout_id)))


@admin.post("/books/payouts/<int:payout_id>/take-back")
@staff(Role.FINANCE)
def take_back_payouts(payout_id: int) -> ResponseReturnValue:
    """It counts no more."""
    payout, reason = _payout(payout_id), one_line(request.form.get("reason"))[:1000]
    try:
        ref = take_back_payout(payout.payout_id, reason, centre(), who().actor, clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        page = TakeBackPayoutPage(payout, reason, {"reason": answer.text})
        return render_template("admin/books_payout_back.html", page=page), answer.status
    flash(_("Payout %(name)s counts no more.", name=ref))
    return redirect(url_for("admin.payouts"), 303)


def _payout(payout_id: int) -> PayoutFacts:
    payout = payout_that_counts(payout_id) if payout_id < 10**18 else None
    if payout is None:
        abort(404)
    return payout


def _errors(typed: Mapping[str, str], day: date | None, amount: int | None, charges: int | None) -> dict[str, str]:
    """A sentence for each field that is wrong."""
    errors = {}
    if not typed["ref"]:
        errors["ref"] = _("Enter what the provider calls it.")
    elif len(typed["ref"]) > LONGEST_REF:
        errors["ref"] = _("At most %(most)s characters.", most=LONGEST_REF)
    if day is None or day > centre().local(clock.now()).date():
        errors["day"] = _("Enter a day that is not in the future, such as 2026-03-28.")
    if not amount:
        errors["amount"] = _("Enter an amount such as 170 or 12.50.")
    if charges is None:
        errors["charges"] = _("Enter an amount such as 170 or 12.50.")
    return errors


def _told(taken: TakenPayouts) -> list[str]:
    """What became of a file, in sentences."""
    told = [_("New payouts: %(new)s. Entered before: %(there)s.", new=taken.new, there=taken.there)]
    told += [
        _(
            "%(name)s had been entered by hand as %(typed)s. It counts once, under the provider's name.",
            name=ref,
            typed=typed,
        )
        for typed, ref in taken.typed
    ]
    told += [_("%(name)s: what the provider kept is now as in the file.", name=ref) for ref in taken.put_right]
    told += [_("%(name)s had been taken back, and counts again.", name=ref) for ref in taken.back]
    return told[:MOST_TOLD]


def _page(
    typed: Mapping[str, str], refused: str = "", file_wrong: str = "", errors: Mapping[str, str] | None = None,
    *, asks_another: bool = False,
) -> PayoutsPage:  # fmt: skip
    return PayoutsPage(
        payouts_entered(), rows_that_differ(), disputes_in_payouts(), in_no_payout(centre(), clock.now()), typed,
        refused, file_wrong, errors or {}, asks_another,
    )  # fmt: skip
