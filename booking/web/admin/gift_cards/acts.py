"""What the office does with a card: block and unblock it, another last day, another code. Each says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import ValidationError

from booking.gift_cards.by_staff import acts
from booking.gift_cards.by_staff.hand_over import renew_in_hand
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.reports.gift_cards.cards import GiftCardFacts
from booking.staff.models import Role
from booking.web.admin.gift_cards.cards import LONGEST_REASON, house_settings, known_card, page_of
from booking.web.blueprints import admin
from booking.web.forms.checked import checked_email, one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import sentence
from booking.web.typed import Wrong, day_or_wrong


@dataclass(frozen=True, slots=True)
class _Done:
    """What is told once it is done, and where the reader goes on: the card's page, or its code."""

    words: str
    to: str = "admin.gift_card"


@admin.post("/gift-cards/<int:card_id>/block")
@staff(Role.FINANCE)
def block_gift_card(card_id: int) -> ResponseReturnValue:
    """Nobody pays with it from now on."""

    def block(card: GiftCardFacts, reason: str) -> _Done:
        acts.block(card.id, reason, who().actor, clock.now())
        return _Done(_("The card is blocked."))

    return _act(card_id, "block", block)


@admin.post("/gift-cards/<int:card_id>/unblock")
@staff(Role.FINANCE)
def unblock_gift_card(card_id: int) -> ResponseReturnValue:
    """It pays again."""

    def unblock(card: GiftCardFacts, reason: str) -> _Done:
        acts.unblock(card.id, reason, who().actor)
        return _Done(_("The card can be used again."))

    return _act(card_id, "unblock", unblock)


@admin.post("/gift-cards/<int:card_id>/extend")
@staff(Role.FINANCE)
def extend_gift_card(card_id: int) -> ResponseReturnValue:
    """Another last day."""
    errors: dict[str, str] = {}
    until = _until(errors)

    def extend(card: GiftCardFacts, reason: str) -> _Done:
        now = clock.now()
        back = acts.extend(card.id, until or date.min, reason, who().actor, now, centre().local(now).date())
        if not back:
            return _Done(_("The card has another last day."))
        return _Done(_("The card has another last day, and %(sum)s is back on it.", sum=wording().money(back)))

    return _act(card_id, "extend", extend, errors)


@admin.post("/gift-cards/<int:card_id>/send")
@staff(Role.FINANCE)
def send_gift_card_anew(card_id: int) -> ResponseReturnValue:
    """A new code by letter, to this address; the old one dies now."""
    errors: dict[str, str] = {}
    email = _email(errors)

    def send(card: GiftCardFacts, reason: str) -> _Done:
        to = "" if email == card.email else email
        acts.send_anew(card.id, to, reason, who().actor, centre().local(clock.now()).date())
        return _Done(
            _("The address is corrected; the card is sent there on its day.")
            if card.send_at is not None
            else _("The card is on its way with a new code. The old one opens nothing any more.")
        )

    return _act(card_id, "send", send, errors)


@admin.post("/gift-cards/<int:card_id>/renew")
@staff(Role.FINANCE)
def renew_gift_card(card_id: int) -> ResponseReturnValue:
    """A new code, shown here; the old one dies now."""

    def renew(card: GiftCardFacts, reason: str) -> _Done:
        now = clock.now()
        renew_in_hand(card.id, reason, house_settings().secret_key, who().actor, now, centre().local(now).date())
        return _Done(_("The card has a new code. The old one opens nothing any more."), "admin.gift_card_code")

    return _act(card_id, "renew", renew)


def _act(
    card_id: int, act: str, do: Callable[[GiftCardFacts, str], _Done], errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    """Do it in a unit of work where a reason is given and nothing else is wrong; else the card's page once more."""
    card, wrong, refused, status = known_card(card_id), dict(errors or {}), "", 422
    reason = one_line(request.form.get(f"{act}_reason"))
    if not reason or len(reason) > LONGEST_REASON:
        wrong[f"{act}_reason"] = _("Say why, in at most %(most)s characters.", most=LONGEST_REASON)
    if not wrong:
        try:
            with unit_of_work():
                done = do(card, reason)
        except Refusal as refusal:
            answer = sentence(refusal)
            refused, status = answer.text, answer.status
        else:
            flash(done.words)
            return redirect(url_for(done.to, card_id=card_id), 303)
    page = page_of(known_card(card_id), act, request.form, wrong, refused)
    return render_template("admin/gift_card.html", page=page), status


def _until(errors: dict[str, str]) -> date | None:
    try:
        return day_or_wrong(request.form.get("until", ""))
    except Wrong as wrong:
        errors["until"] = str(wrong)
        return None


def _email(errors: dict[str, str]) -> str:
    try:
        return checked_email(one_line(request.form.get("email")))
    except ValidationError as wrong:
        errors["email"] = str(wrong)
        return ""
