"""Buy an annual pass: which, and for whom; then the ordinary checkout, and a page that says what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.annual_passes.kinds import PassKindFacts, sold_kinds
from booking.annual_passes.models import PassBegins, PassFor
from booking.annual_passes.own import PassFacts, pass_of
from booking.annual_passes.refusals import OddHolders
from booking.bookings.products.annual_pass import order_pass
from booking.bookings.queries import BookingFacts
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments.statement import Came, MoneyWay, Statement
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.forms.checked import errors_of
from booking.web.guards.access import public
from booking.web.guards.network import holder
from booking.web.languages import centre, language
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.visitor.passes.form import PassForm
from booking.withdrawals.right import WithdrawalRight, right_of


@dataclass(frozen=True, slots=True)
class PassesPage:
    """The form that asks which pass, and for whom."""

    kinds: Sequence[PassKindFacts]
    form: PassForm
    errors: dict[str, str]
    withdrawal_days: int
    problem: RefusalAnswer | None = None
    whom: ClassVar = PassFor
    begins: ClassVar = PassBegins

    @property
    def chosen(self) -> int:
        """The kind that is marked."""
        return self.form.kind_id or self.kinds[0].id

    @property
    def has_children(self) -> bool:
        """Whether any kind asks how many children come along."""
        return any(kind.most_children for kind in self.kinds)

    @property
    def is_gift(self) -> bool:
        """Whether anything is written of a present."""
        return any(self.form[name].data or name in self.errors for name in ("recipient_email", "giver", "greeting"))

    @property
    def labels(self) -> dict[str, str]:
        """What the fields are called above the form, in their order."""
        return {
            "kind": _("Pass"), "names": _("Who is it for?"), "children": _("Children"),
            "recipient_email": _("Send it to"), "giver": _("Who is it from?"), "greeting": _("Greeting"),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class BoughtPassPage:
    """A pass that is paid for: where it goes, and its own page where it is the buyer's."""

    facts: BookingFacts
    bought: PassFacts
    paid: Statement
    right: WithdrawalRight | None
    came: ClassVar = Came
    ways: ClassVar = MoneyWay


@visitor.get("/annual-passes")
@public
def annual_passes() -> str:
    """The form."""
    return _page(PassForm(formdata=None))


@visitor.post("/annual-passes")
@limiter.limit("30 per hour")
@public
def order_annual_pass() -> ResponseReturnValue:
    """Put it into a basket, and on to the checkout."""
    form = PassForm()
    if not form.validate():
        return _page(form, dict(errors_of(form))), 422
    try:
        with unit_of_work():
            secret = order_pass(
                form.kind_id or 0, form.wanted, centre=centre(), now=clock.now(), lang=language(), holder=holder()
            )
    except OddHolders:
        return _page(form, {"names": _("That is more people than this pass is for.")}), 422
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(form, problem=answer), answer.status
    return redirect(url_for("visitor.checkout", secret=secret), 303)


def pass_page(facts: BookingFacts, paid: Statement) -> str | None:
    """What the page of a booking is where a pass was bought."""
    bought = pass_of(facts.id)
    if bought is None:
        return None
    right = right_of(facts, centre())
    right = right if right is not None and right.is_open(clock.now()) else None
    return render_template("visitor/pass_bought.html", page=BoughtPassPage(facts, bought, paid, right))


def _page(form: PassForm, errors: dict[str, str] | None = None, problem: RefusalAnswer | None = None) -> str:
    kinds = sold_kinds()
    if not kinds:
        abort(404)
    page = PassesPage(kinds, form, errors or {}, centre().withdrawal_days, problem)
    return render_template("visitor/annual_passes.html", page=page)
