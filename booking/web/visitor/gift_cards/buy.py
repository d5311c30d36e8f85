"""Buy a gift card: what it is to be; then the ordinary checkout, and a page that says what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.bookings.by_gift_card import order_card
from booking.bookings.queries import BookingFacts
from booking.gift_cards.issue import AHEAD, OrderedCard
from booking.gift_cards.refusals import OddAmount, OddDay
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments.statement import Came, MoneyWay, Statement
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.forms.checked import errors_of
from booking.web.guards.access import public
from booking.web.guards.network import holder
from booking.web.languages import centre, language, wording
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.visitor.gift_cards.form import GiftCardForm
from booking.withdrawals.right import WithdrawalRight, right_of

SUGGESTED = 4
FIRST = 3  # the one that is chosen before anybody has


@dataclass(frozen=True, slots=True)
class GiftCardPage:
    """The form that asks what the card is to be."""

    form: GiftCardForm
    errors: dict[str, str]
    suggested: list[int]
    least: int
    most: int
    step: int
    months: int
    withdrawal_days: int
    first_day: date
    last_day: date
    problem: RefusalAnswer | None = None

    @property
    def chosen(self) -> str:
        """The suggestion that is marked."""
        if self.form.amount.data:
            return ""
        plain = [str(minor // 100) for minor in self.suggested]
        return self.form.suggested.data or plain[min(FIRST, len(plain)) - 1]

    @property
    def labels(self) -> dict[str, str]:
        """What the fields are called above the form, in their order."""
        return {
            "amount": _("Amount"), "recipient": pgettext("gift card", "Who is it for?"), "greeting": _("Greeting"),
            "giver": _("Who is it from?"), "recipient_email": _("Send it to"), "on": _("Send it on"),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class BoughtCardPage:
    """A gift card that is paid for: where it goes and when."""

    facts: BookingFacts
    order: OrderedCard
    paid: Statement
    right: WithdrawalRight | None
    came: ClassVar = Came
    ways: ClassVar = MoneyWay

    @property
    def waits(self) -> bool:
        """Whether its morning is still to come."""
        return self.order.send_at is not None and self.order.send_at > clock.now()


@visitor.get("/gift-cards")
@public
def gift_cards() -> str:
    """The form."""
    return _page(GiftCardForm(formdata=None))


@visitor.post("/gift-cards")
@limiter.limit("30 per hour")
@public
def order_gift_card() -> ResponseReturnValue:
    """Put it into a basket, and on to the checkout."""
    form = GiftCardForm()
    if not form.validate():
        return _page(form, dict(errors_of(form))), 422
    try:
        with unit_of_work():
            secret = order_card(form.wanted, centre=centre(), now=clock.now(), lang=language(), holder=holder())
    except OddAmount:
        return _page(form, {"amount": amount_words()}), 422
    except OddDay:
        return _page(form, {"on": _("Choose a day from today, at most a year ahead.")}), 422
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(form, problem=answer), answer.status
    # A basket with tickets, which the browser remembers, is another one and stays.
    return redirect(url_for("visitor.checkout", secret=secret), 303)


def amount_words() -> str:
    """What a card may be of."""
    rules, write = centre(), wording()
    words: str = _(
        "A gift card is from %(least)s to %(most)s, in steps of %(step)s.",
        least=write.money(rules.gift_card_least),
        most=write.money(rules.gift_card_most),
        step=write.money(rules.gift_card_step),
    )
    return words


def bought_page(facts: BookingFacts, order: OrderedCard, paid: Statement) -> str:
    """What the page of a booking is where a gift card was bought."""
    right = right_of(facts, centre())
    right = right if right is not None and right.is_open(clock.now()) else None
    return render_template("visitor/gift_card_bought.html", page=BoughtCardPage(facts, order, paid, right))


def _page(form: GiftCardForm, errors: dict[str, str] | None = None, problem: RefusalAnswer | None = None) -> str:
    rules = centre()
    if not rules.sells_gift_cards:
        abort(404)
    today = rules.local(clock.now()).date()
    return render_template(
        "visitor/gift_cards.html",
        page=GiftCardPage(
            form=form,
            errors=errors or {},
            suggested=suggestions(rules.gift_card_least, rules.gift_card_most, rules.gift_card_step),
            least=rules.gift_card_least,
            most=rules.gift_card_most,
            step=rules.gift_card_step,
            months=rules.gift_card_months,
            withdrawal_days=rules.withdrawal_days,
            first_day=today,
            last_day=today + AHEAD,
            problem=problem,
        ),
    )


def suggestions(least: int, most: int, step: int) -> list[int]:
    """A few round sums among those that may be chosen, whole units only."""
    wanted = (20_000, 30_000, 50_000, 100_000, 200_000) if most >= 100_000 else (1000, 2000, 3000, 5000, 10_000)
    fitting = [minor for minor in wanted if least <= minor <= most and not (minor - least) % step]
    return fitting[:SUGGESTED] or [least]
