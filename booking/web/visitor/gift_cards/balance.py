"""What is on a gift card, for whoever types its code: no name, no login, and guesses are counted."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.gift_cards.guesses import read_counted, was_right
from booking.gift_cards.look_up import CardBalance, balance_of
from booking.gift_cards.refusals import NoSuchCode
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.guards.access import public
from booking.web.guards.network import here
from booking.web.languages import centre
from booking.web.refusals import sentence


@dataclass(frozen=True, slots=True)
class BalancePage:
    """The form, and the card once its code was typed."""

    code: str = ""
    errors: dict[str, str] | None = None
    card: CardBalance | None = None

    @property
    def labels(self) -> dict[str, str]:
        """What the field is called above the form."""
        return {"code": _("Code")}

    @property
    def is_over(self) -> bool:
        """Whether the card's last day is past."""
        return self.card is not None and self.card.expires_on < centre().local(clock.now()).date()


@visitor.get("/gift-cards/balance")
@public
def gift_card_balance() -> str:
    """The form."""
    return _page(BalancePage())


@visitor.post("/gift-cards/balance")
@limiter.limit("20 per minute")
@public
def look_at_balance() -> ResponseReturnValue:
    """The card with the code that was typed."""
    typed = request.form.get("code", "")[:80]
    try:
        card = _card(typed)
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(BalancePage(typed, {"code": answer.text})), answer.status
    return _page(BalancePage(card=card))


def _card(typed: str) -> CardBalance:
    """Raises NoSuchCode, Wait."""
    code = read_counted(typed, here(), clock.now())
    card = balance_of(code)
    if card is None:
        raise NoSuchCode
    with unit_of_work():
        was_right(here())
    return card


def _page(page: BalancePage) -> str:
    if not centre().has_gift_cards:
        abort(404)
    return render_template("visitor/gift_card_balance.html", page=page)
