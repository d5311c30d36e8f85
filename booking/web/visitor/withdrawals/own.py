"""Withdraw from a purchase: the declaration, filled in already, what it comes to, and the button that confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.models import State
from booking.bookings.purse import purses
from booking.bookings.queries import BookingFacts
from booking.bookings.rules import Settlement
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments.statement import Came, MoneyWay, Statement
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.forms.checked import ContactForm, errors_of
from booking.web.guards.access import public
from booking.web.languages import centre, language
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.typed import sum_shown
from booking.web.visitor.checkout import held_booking
from booking.withdrawals.declare import WithdrawalStatement, what_comes_back, withdraw
from booking.withdrawals.products import WithdrawalWorth
from booking.withdrawals.queries import WithdrawalFacts
from booking.withdrawals.right import WithdrawalRight, right_of


@dataclass(frozen=True, slots=True)
class WithdrawPage:
    """The declaration, or why there is none to make. `right` is none where the law gives none."""

    facts: BookingFacts
    form: ContactForm
    now: datetime
    right: WithdrawalRight | None
    worth: WithdrawalWorth | None
    money: Settlement | None
    errors: Mapping[str, str]
    problem: RefusalAnswer | None = None

    @property
    def labels(self) -> dict[str, str]:
        """What the fields are called above the form."""
        return {"name": _("Name"), "email": _("Email")}

    @property
    def is_over(self) -> bool:
        """Whether its time is past."""
        return self.right is not None and not self.right.is_heard(self.now)

    @property
    def is_used_up(self) -> bool:
        """Whether nothing of it is left."""
        return self.worth is None or self.worth.is_used_up


@dataclass(frozen=True, slots=True)
class WithdrawnPage:
    """A purchase that was withdrawn from: what was declared, and how far the money is."""

    facts: BookingFacts
    withdrawal: WithdrawalFacts
    paid: Statement
    came: ClassVar = Came
    ways: ClassVar = MoneyWay


@visitor.get("/b/<secret>/withdraw")
@public
def withdraw_form(secret: str) -> ResponseReturnValue:
    """The declaration, with what is known already; of what is withdrawn from, its page."""
    facts = held_booking(secret)
    if facts.state is not State.CONFIRMED:
        return redirect(url_for("visitor.booking", secret=secret), 303)
    return _page(facts, ContactForm(formdata=None, data={"name": facts.name, "email": facts.email}))


@visitor.post("/b/<secret>/withdraw")
@limiter.limit("30 per hour")
@public
def confirm_withdrawal(secret: str) -> ResponseReturnValue:
    """It is declared; doing it twice is doing it once."""
    facts, form = held_booking(secret), ContactForm()
    if facts.state is State.CONFIRMED:
        if not form.validate():
            return _page(facts, form, dict(errors_of(form))), 422
        statement = WithdrawalStatement(form.name.data, form.address, language())
        shown = sum_shown(request.form.get("shown"))
        try:
            with unit_of_work():
                withdraw(facts.id, statement, centre=centre(), now=clock.now(), shown=shown)
        except Refusal as refusal:
            answer = sentence(refusal)
            return _page(held_booking(secret), form, problem=answer), answer.status
    return redirect(url_for("visitor.booking", secret=secret, _anchor="done"), 303)


def withdrawn_page(facts: BookingFacts, withdrawal: WithdrawalFacts, paid: Statement) -> str:
    """What the page of a booking is once it was withdrawn from."""
    return render_template("visitor/withdrawn.html", page=WithdrawnPage(facts, withdrawal, paid))


def _page(
    facts: BookingFacts,
    form: ContactForm,
    errors: Mapping[str, str] | None = None,
    problem: RefusalAnswer | None = None,
) -> str:
    right = right_of(facts, centre())
    worth = right.product.worth(facts.id) if right is not None else None
    money = what_comes_back(facts, worth, purses.purse.holding(facts.id)) if worth is not None else None
    page = WithdrawPage(facts, form, clock.now(), right, worth, money, errors or {}, problem)
    return render_template("visitor/withdraw.html", page=page)
