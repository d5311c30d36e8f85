"""A card over the counter: its code on the screen and as a sheet to print, until it is handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from booking.centre.wording import LOCALES, Wording
from booking.documents.gift_cards import gift_card_paper
from booking.documents.looks import look_of, motif_of
from booking.documents.pdf import gift_card_pdf
from booking.gift_cards.by_staff import hand_over
from booking.gift_cards.codes import in_groups
from booking.gift_cards.sending import CardToSend
from booking.kernel import clock
from booking.kernel.database import end_reading, unit_of_work
from booking.kernel.refusals import Refusal
from booking.reports.gift_cards.cards import GiftCardFacts
from booking.staff.models import Role
from booking.web.admin.gift_cards.cards import house_settings, known_card
from booking.web.blueprints import admin
from booking.web.files import download
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import sentence

MOTIF = "gift-card"


@dataclass(frozen=True, slots=True)
class CardCodePage:
    """The code of a card that is being handed over."""

    card: GiftCardFacts
    signs: str
    until: datetime


@admin.post("/gift-cards/<int:card_id>/hand-over")
@staff(Role.DESK)
def hand_over_gift_card(card_id: int) -> ResponseReturnValue:
    """Make the code of a card that the desk has sold, and show it."""
    known_card(card_id)
    try:
        with unit_of_work():
            hand_over.hand_over(card_id, house_settings().secret_key, who().actor, clock.now())
    except Refusal as refusal:
        flash(sentence(refusal).text)
        return redirect(url_for("admin.gift_card", card_id=card_id), 303)
    return redirect(url_for("admin.gift_card_code", card_id=card_id), 303)


@admin.get("/gift-cards/<int:card_id>/code")
@staff(Role.DESK, Role.FINANCE)
def gift_card_code(card_id: int) -> ResponseReturnValue:
    """The code, large; once it is handed over the card's page."""
    facts = known_card(card_id)
    shown = hand_over.shown(card_id, house_settings().secret_key, clock.now())
    if shown is None or facts.shown_until is None:
        return redirect(url_for("admin.gift_card", card_id=card_id), 303)
    page = CardCodePage(facts, in_groups(shown.code), facts.shown_until)
    return render_template("admin/gift_card_code.html", page=page)


@admin.get("/gift-cards/<int:card_id>/card.pdf")
@staff(Role.DESK, Role.FINANCE)
def gift_card_sheet(card_id: int) -> Response:
    """The sheet to give away, in its buyer's language."""
    known_card(card_id)
    shown = hand_over.shown(card_id, house_settings().secret_key, clock.now())
    if shown is None:
        abort(404)
    return download(_sheet(shown), "application/pdf", "gift-card.pdf")


@admin.post("/gift-cards/<int:card_id>/handed")
@staff(Role.DESK, Role.FINANCE)
def gift_card_handed(card_id: int) -> ResponseReturnValue:
    """Forget the code here."""
    known_card(card_id)
    with unit_of_work():
        hand_over.handed(card_id, clock.now())
    flash(_("The card is handed over. Its code is kept nowhere now."))
    return redirect(url_for("admin.gift_card", card_id=card_id), 303)


def _sheet(shown: CardToSend) -> bytes:
    house, write = centre(), Wording.of(shown.lang, centre())
    look = look_of(house, motif_of(house, MOTIF), write)
    end_reading()
    with force_locale(LOCALES[shown.lang]):
        return gift_card_pdf(gift_card_paper(shown, house, look, write, f"{house_settings().public_url}/{shown.lang}/"))
