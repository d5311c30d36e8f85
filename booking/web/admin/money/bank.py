"""The bank: take its file, say what the payments are for that no KID has told, and see what became of each file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from booking.invoicing.bank import by_hand
from booking.invoicing.bank.match import CandidateReason, RowOutcome
from booking.invoicing.bank.models import RowState
from booking.invoicing.bank.queries import (
    MOST_ROWS,
    FileLine,
    HandledRow,
    WaitingRow,
    how_many_wait,
    last_files,
    lately_by_hand,
    overpaid,
    waiting_rows,
)
from booking.invoicing.bank.take import TakenFile, take_bank_file
from booking.invoicing.bank.xml import LARGEST
from booking.invoicing.how_to_pay.words import of_reference
from booking.invoicing.issue import rules_of_invoices
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.blueprints import admin
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import sentence
from booking.web.typed import identity

LARGEST_FORM = LARGEST + 256 * 1024  # what stands around the file
WHY_WAITS: dict[RowOutcome, LazyString] = {
    RowOutcome.SEVERAL: lazy_gettext("several references, and not how much for each"),
    RowOutcome.OTHER_CURRENCY: lazy_gettext("another currency"),
    RowOutcome.TAKEN_BACK_UNKNOWN: lazy_gettext("the bank took a payment back, but not clearly which"),
}
WHY_PROPOSED: dict[CandidateReason, LazyString] = {
    CandidateReason.NUMBER_IN_WORDS: lazy_gettext("its number stands in the text"),
    CandidateReason.AMOUNT_AND_NAME: lazy_gettext("the sum fits, and the name"),
    CandidateReason.AMOUNT: lazy_gettext("the sum fits"),
    CandidateReason.NAME: lazy_gettext("the name fits"),
}
# The same of references: where banks know a KID, and elsewhere.
OF_REFERENCES: dict[RowOutcome | CandidateReason, tuple[LazyString, LazyString]] = {
    RowOutcome.NO_KID: (lazy_gettext("no KID"), lazy_gettext("no payment reference")),
    RowOutcome.UNKNOWN_KID: (
        lazy_gettext("a KID that is not ours"),
        lazy_gettext("a payment reference that is not ours"),
    ),
    CandidateReason.REFERENCE: (
        lazy_gettext("its KID is among the references"),
        lazy_gettext("its payment reference is among the references"),
    ),
    CandidateReason.KID_IN_WORDS: (
        lazy_gettext("its KID stands in the text"),
        lazy_gettext("its payment reference stands in the text"),
    ),
}
STATES: dict[RowState, LazyString] = {
    RowState.MATCHED: lazy_gettext("on invoices"),
    RowState.SET_ASIDE: lazy_gettext("set aside"),
    RowState.TAKEN_BACK: lazy_gettext("taken back"),
}


@dataclass(frozen=True, slots=True)
class TypedOfRow:
    """What somebody typed of a row that was refused."""

    row_id: int = 0
    number: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BankPage:
    """What waits, what was paid too much, what people dealt with lately, and the last files."""

    waiting: Sequence[WaitingRow]
    how_many: int
    more_after: int | None
    over: Sequence[HandledRow]
    by_hand: Sequence[HandledRow]
    files: Sequence[FileLine]
    set_up: bool
    typed: TypedOfRow
    refused: str
    file_wrong: str

    @property
    def by_themselves(self) -> str:
        """Which payments nobody has to match."""
        return of_reference(
            centre().country,
            _("Payments with the KID of an invoice go on it by themselves; the others wait below."),
            _("Payments with the payment reference of an invoice go on it by themselves; the others wait below."),
        )

    def why_waits(self, row: WaitingRow) -> str:
        """Why nobody but a person can tell; what had a KID of ours waits since it was too much."""
        if row.outcome in OF_REFERENCES:
            return of_reference(centre().country, *OF_REFERENCES[row.outcome])
        return str(WHY_WAITS.get(row.outcome, _("paid too much")))

    def why_proposed(self, reason: CandidateReason) -> str:
        """Why an invoice may be the one."""
        if reason in OF_REFERENCES:
            return of_reference(centre().country, *OF_REFERENCES[reason])
        return str(WHY_PROPOSED[reason])

    def state(self, row: HandledRow) -> str:
        """What has become of a row."""
        return str(STATES[row.state])


@admin.get("/invoices/bank")
@staff(Role.FINANCE)
def bank() -> str:
    """What came in, and what waits."""
    return render_template("admin/bank.html", page=_page())


@admin.post("/invoices/bank")
@staff(Role.FINANCE, largest=LARGEST_FORM)
def take_bank() -> ResponseReturnValue:
    """Take a file, whole or not at all."""
    upload = request.files.get("file")
    content = upload.read() if upload is not None else b""
    if not content:
        wrong = _("The file is empty.") if upload else _("Choose a file.")
        return render_template("admin/bank.html", page=_page(file_wrong=wrong)), 422
    try:
        taken = take_bank_file(content, who().actor, clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return render_template("admin/bank.html", page=_page(file_wrong=answer.text)), answer.status
    for words in _told(taken):
        flash(words)
    return redirect(url_for("admin.bank"), 303)


@admin.post("/invoices/bank/<int:row_id>/match")
@staff(Role.FINANCE)
def match_row(row_id: int) -> ResponseReturnValue:
    """Put what waits of a payment on an invoice."""
    number = request.form.get("number", "").strip()[:40]

    def act() -> str:
        return _told_of_match(by_hand.match_by_hand(row_id, number, who().actor, clock.now()))

    return _done(row_id, act, TypedOfRow(row_id, number=number))


@admin.post("/invoices/bank/<int:row_id>/aside")
@staff(Role.FINANCE)
def set_row_aside(row_id: int) -> ResponseReturnValue:
    """Say that a payment is for no invoice."""
    reason = request.form.get("reason", "")[: by_hand.LONGEST_REASON]

    def act() -> str:
        by_hand.set_aside(row_id, reason, who().actor, clock.now())
        return str(_("Set aside."))

    return _done(row_id, act, TypedOfRow(row_id, reason=reason))


@admin.post("/invoices/bank/<int:row_id>/took-back")
@staff(Role.FINANCE)
def say_taken_back(row_id: int) -> ResponseReturnValue:
    """Say which payment the bank took back."""
    payment = identity(request.form.get("payment"))

    def act() -> str:
        by_hand.take_back_by_hand(row_id, payment or 0, who().actor, clock.now())
        return str(_("That payment counts no more."))

    return _done(row_id, act)


@admin.post("/invoices/bank/<int:row_id>/use")
@staff(Role.FINANCE)
def use_row_over(row_id: int) -> ResponseReturnValue:
    """Let what was paid too much wait for somebody to say what it is for."""

    def act() -> str:
        by_hand.use_over(row_id, who().actor, clock.now())
        return str(_("It waits now: put it on an invoice, or set it aside."))

    return _done(row_id, act)


@admin.post("/invoices/bank/<int:row_id>/undo")
@staff(Role.FINANCE)
def undo_row(row_id: int) -> ResponseReturnValue:
    """Take back what was said of a payment."""

    def act() -> str:
        by_hand.undo(row_id, who().actor, clock.now())
        return str(_("Undone."))

    return _done(row_id, act)


def _done(row_id: int, act: Callable[[], str], typed: TypedOfRow = TypedOfRow()) -> ResponseReturnValue:
    """Do it and go back to the list; a refusal is told above it, with what was typed still there."""
    if row_id >= 10**18:
        abort(404)
    try:
        flash(act())
    except Refusal as refusal:
        answer = sentence(refusal)
        return render_template("admin/bank.html", page=_page(answer.text, typed=typed)), answer.status
    return redirect(url_for("admin.bank"), 303)


def _told_of_match(matched: by_hand.HandMatch) -> str:
    """What a payment has paid, and what of it has not found its place yet."""
    money, currency, number = wording().money, matched.currency, matched.number
    told = []
    if matched.applied:
        told.append(_("%(sum)s is on invoice %(number)s.", sum=money(matched.applied, currency), number=number))
    if matched.late:
        late = money(matched.late, currency)
        told.append(_("%(sum)s is for fees and interest of invoice %(number)s.", sum=late, number=number))
    if matched.left:
        told.append(_("%(sum)s waits still.", sum=money(matched.left, currency)))
    return " ".join(told)


def _told(taken: TakenFile) -> list[str]:
    """What became of a file, in sentences."""
    if not taken.size:
        return [_("The file has no payment to our account.")]
    if not taken.new:
        return [_("All that is in the file had been taken before. Nothing was changed.")]
    told = [ngettext("%(num)s payment is new.", "%(num)s payments are new.", taken.new)]
    if taken.had:
        told[0] += " " + ngettext(
            "%(num)s had been taken before.", "%(num)s had been taken before.", taken.had
        )  # fmt: skip
    sums = [(_("On invoices"), taken.applied), (_("Paid too much"), taken.over), (_("To be matched"), taken.waiting)]
    if taken.late:
        sums.insert(1, (_("For fees and interest"), taken.late))
    told.append(" · ".join(f"{label}: {wording().money(minor)}" for label, minor in sums))
    if taken.others:
        told.append(
            ngettext("%(num)s is in another currency.", "%(num)s are in another currency.", taken.others)
        )  # fmt: skip
    return told


def _page(refused: str = "", *, typed: TypedOfRow = TypedOfRow(), file_wrong: str = "") -> BankPage:
    waiting = waiting_rows(identity(request.args.get("after")) or 0)
    return BankPage(
        waiting=waiting,
        how_many=how_many_wait(),
        more_after=waiting[-1].row_id if len(waiting) == MOST_ROWS else None,
        over=overpaid(),
        by_hand=lately_by_hand(),
        files=last_files(centre().currency),
        set_up=rules_of_invoices() is not None,
        typed=typed,
        refused=refused,
        file_wrong=file_wrong,
    )
