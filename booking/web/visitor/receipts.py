"""The receipts of a booking: each as PDF, and what its buyer adds to it for a company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.receipts import additions
from booking.receipts.additions import LONGEST_COMPANY, LONGEST_REFERENCE, MOST_VERSIONS, Addition
from booking.receipts.files import file_of
from booking.receipts.issue import issue
from booking.receipts.moved import is_missing
from booking.receipts.queries import ReceiptSeen, receipts_of
from booking.receipts.ways import way_words, ways_words
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.files import download
from booking.web.forms.checked import one_line
from booking.web.guards.access import public
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.visitor.checkout import held_booking


@dataclass(frozen=True, slots=True)
class ReceiptsPage:
    """All receipts of a booking, none where their time is over. `done` is the one that something was just added to.

    `wrong` and `typed` are of the one that something could not be added to.
    """

    facts: BookingFacts
    receipts: list[ReceiptSeen]
    now: datetime
    done: ReceiptSeen | None = None
    problem_of: int = 0
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    longest_company: ClassVar[int] = LONGEST_COMPANY
    longest_reference: ClassVar[int] = LONGEST_REFERENCE

    @property
    def back(self) -> str:
        """The page that they belong to: of a confirmed booking its own, whatever kind it is."""
        return url_for("visitor.booking", secret=self.facts.secret)

    def can_be_added_to(self, receipt: ReceiptSeen) -> bool:
        """Whether its buyer may still add a company or a reference."""
        in_time = additions.is_open(receipt.on, centre(), self.now)
        return in_time and not receipt.is_back and receipt.version < MOST_VERSIONS

    @staticmethod
    def open_until(receipt: ReceiptSeen) -> date:
        """The last day of that."""
        return additions.open_until(receipt.on)

    @staticmethod
    def way(receipt: ReceiptSeen) -> str:
        """How it was paid, or went back."""
        if len(receipt.ways) == 1:  # with what the desk has noted since
            return way_words(receipt.provider, receipt.till_receipt)
        return ways_words(receipt.ways, receipt.currency, wording())

    def first_of(self, receipt: ReceiptSeen) -> ReceiptSeen | None:
        """The receipt of what money went back on. Orders of before have one for each of their payments."""
        sales = [each for each in self.receipts if not each.is_back and each.of_booking == receipt.of_booking]
        own = (sale for sale in sales if sale.payment_id == receipt.payment_id)
        return next(own, sales[0] if sales else None)


@visitor.get("/b/<secret>/receipts")
@limiter.limit("60 per minute")
@public
def receipts(secret: str) -> str:
    """All of them; one that is still on its way is given now."""
    facts, given = _given(secret)
    added = request.args.get("added")
    done = next((receipt for receipt in given if receipt.added and receipt.number == added), None)
    return render_template("visitor/receipts.html", page=ReceiptsPage(facts, given, clock.now(), done=done))


@visitor.get("/b/<secret>/receipt.pdf")
@limiter.limit("60 per minute")
@public
def last_receipt(secret: str) -> Response:
    """The last of them, as it stands now."""
    receipt = _given(secret)[1][-1]
    return _as_file(receipt, receipt.version)


@visitor.get("/b/<secret>/receipts/<int:year>-<int:number>-<int:version>.pdf")
@limiter.limit("60 per minute")
@public
def receipt_file(secret: str, year: int, number: int, version: int) -> Response:
    """One as PDF, in one of its versions."""
    receipt = _receipt(_given(secret)[1], year, number)
    if version not in (1, *(addition.version for addition in receipt.added)):
        abort(404)
    return _as_file(receipt, version)


@visitor.post("/b/<secret>/receipts/<int:year>-<int:number>")
@limiter.limit("30 per hour")
@public
def add_to_receipt(secret: str, year: int, number: int) -> ResponseReturnValue:
    """Add a company and a reference, as another version of it."""
    facts, given = _given(secret)
    receipt = _receipt(given, year, number)
    if receipt.is_back:
        abort(404)
    typed = {name: one_line(request.form.get(f"{name}-{receipt.id}")) for name in ("company", "reference")}
    wrong = _too_long(typed)
    try:
        if not wrong:
            with unit_of_work():
                additions.add(receipt.id, Addition(**typed), centre(), clock.now())
            return redirect(url_for("visitor.receipts", secret=secret, added=receipt.number, _anchor="done"), 303)
        answer = RefusalAnswer("", 422)
    except Refusal as refusal:
        answer = sentence(refusal)
        wrong = {"company": answer.text}
    page = ReceiptsPage(facts, given, clock.now(), problem_of=receipt.id, typed=typed, wrong=wrong)
    return render_template("visitor/receipts.html", page=page), answer.status


def _as_file(receipt: ReceiptSeen, version: int) -> Response:
    name = _("receipt-%(number)s.pdf", number=receipt.number if version == 1 else f"{receipt.number}-{version}")
    return download(file_of(receipt.id, version), "application/pdf", name)


def _too_long(typed: Mapping[str, str]) -> dict[str, str]:
    most = {"company": LONGEST_COMPANY, "reference": LONGEST_REFERENCE}
    return {
        name: _("At most %(most)s characters, please.", most=most[name])
        for name, text in typed.items()
        if len(text) > most[name]
    }


def _given(secret: str) -> tuple[BookingFacts, list[ReceiptSeen]]:
    """The booking and its receipts; 404 where there are none, since who pays an invoice has that.

    Those that had their time are not given anew: the page says so.
    """
    facts = held_booking(secret)
    if facts.changes_id is not None or facts.state not in (State.CONFIRMED, State.CANCELLED):
        abort(404)
    if was_missing := is_missing(facts.id):
        issue(facts.id)
    given = receipts_of(facts.id)
    if not given and was_missing:
        over = ReceiptsPage(facts, [], clock.now())
        abort(make_response(render_template("visitor/receipts.html", page=over), 404))
    if not given:
        abort(404)
    return facts, given


def _receipt(given: list[ReceiptSeen], year: int, number: int) -> ReceiptSeen:
    receipt = next((receipt for receipt in given if (receipt.year, receipt.serial) == (year, number)), None)
    return receipt if receipt is not None else abort(404)
