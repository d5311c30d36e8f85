"""Sell a gift card at the desk: an amount, and a greeting if they like; paid and handed over there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.bookings import queries
from booking.bookings.by_gift_card import order_card
from booking.capacity.models import Channel
from booking.gift_cards.refusals import OddAmount
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.blueprints import desk
from booking.web.desk.sell import buyers_language
from booking.web.forms.checked import errors_of
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.visitor.gift_cards.buy import amount_words, suggestions
from booking.web.visitor.gift_cards.form import GiftCardForm


@dataclass(frozen=True, slots=True)
class SellCardPage:
    """What the card is to be."""

    form: GiftCardForm
    errors: dict[str, str]
    suggested: list[int]
    least: int
    most: int
    step: int
    lang: str
    problem: RefusalAnswer | None = None

    @property
    def labels(self) -> dict[str, str]:
        """What the fields are called above the form, in their order."""
        return {
            "amount": _("Amount"), "recipient": pgettext("gift card", "Who is it for?"), "greeting": _("Greeting"),
            "giver": _("Who is it from?"),
        }  # fmt: skip


@desk.get("/sell/gift-card")
@staff(Role.DESK)
def sell_gift_card() -> str:
    """The form."""
    return _page(GiftCardForm(formdata=None))


@desk.post("/sell/gift-card")
@staff(Role.DESK)
def order_gift_card() -> ResponseReturnValue:
    """Into a sale that waits for its money."""
    form = GiftCardForm()
    if not form.validate():
        return _page(form, dict(errors_of(form))), 422
    wanted = replace(form.wanted, recipient_email="", on=None, in_hand=True)
    rules, lang = centre(), buyers_language()
    try:
        with unit_of_work():
            secret = order_card(wanted, centre=rules, now=clock.now(), lang=lang, channel=Channel.DESK)
    except OddAmount:
        return _page(form, {"amount": amount_words()}), 422
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(form, problem=answer), answer.status
    sale = queries.by_secret(secret)
    if sale is None:
        abort(404)
    return redirect(url_for("desk.sale", booking_id=sale.id), 303)


def _page(form: GiftCardForm, errors: dict[str, str] | None = None, problem: RefusalAnswer | None = None) -> str:
    rules = centre()
    if not rules.sells_gift_cards:
        abort(404)
    least, most, step = rules.gift_card_least, rules.gift_card_most, rules.gift_card_step
    page = SellCardPage(
        form=form,
        errors=errors or {},
        suggested=suggestions(least, most, step),
        least=least,
        most=most,
        step=step,
        lang=buyers_language(),
        problem=problem,
    )
    return render_template("desk/sell_gift_card.html", page=page, present=who())
