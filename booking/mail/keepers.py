"""Promises of letters: each kind that somebody writes is written, counted and sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from booking.annual_passes import own as annual_passes
from booking.centre.facts import CentreFacts, the_centre
from booking.gift_cards import sending as gift_cards
from booking.invoicing.reminders import due as reminders
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.mail import caps, messages, sending
from booking.mail.news import keeping as news
from booking.mail.promised import PromisedAnnualPass, PromisedGiftCard, PromisedOfInvoice
from booking.outbox.keepers import PromiseKeeper, read
from booking.outbox.models import Rank
from booking.outbox.promises import GIVE_UP_AFTER, Leased
from booking.settings import Settings


def _reminded(about: Mapping[str, Any], _to: str, centre: CentreFacts, now: datetime) -> None:
    reminders.went_out(read(PromisedOfInvoice, about).reminder_id, centre, now)


def _given(about: Mapping[str, Any], to: str, _centre: CentreFacts, now: datetime) -> None:
    told = read(PromisedGiftCard, about)
    gift_cards.has_gone(told.card_id, told.asked, to, now)


def _pass_given(about: Mapping[str, Any], _to: str, _centre: CentreFacts, now: datetime) -> None:
    told = read(PromisedAnnualPass, about)
    annual_passes.has_gone(told.pass_id, told.asked, now)


# What a letter that has gone out, to that address, means to whoever had it promised; done again when the worker dies
# before it is noted.
AFTERWARDS: Mapping[str, Callable[[Mapping[str, Any], str, CentreFacts, datetime], None]] = {
    "mail.invoice_reminder": _reminded,
    "mail.gift_card": _given,
    "mail.annual_pass": _pass_given,
}


def _not_given(about: Mapping[str, Any], _refused: sending.LetterRefused | None = None) -> None:
    told = read(PromisedGiftCard, about)
    gift_cards.came_back(told.card_id, told.asked, clock.now())


def _pass_not_given(about: Mapping[str, Any], _refused: sending.LetterRefused | None = None) -> None:
    told = read(PromisedAnnualPass, about)
    annual_passes.came_back(told.pass_id, told.asked, clock.now())


# What it means to them that the server said no for good.
REFUSED: Mapping[str, Callable[[Mapping[str, Any], sending.LetterRefused], None]] = {
    "mail.newsletter": news.question_refused,
    "mail.gift_card": _not_given,
    "mail.annual_pass": _pass_not_given,
}


# What it means to them that it was tried as long as letters are, and has not gone.
GIVEN_UP: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
    "mail.gift_card": _not_given,
    "mail.annual_pass": _pass_not_given,
}


def _send(leased: Leased, settings: Settings) -> None:
    """Raises caps.HeldBack, sending.Later or sending.LetterRefused."""
    centre = the_centre()
    is_counted = caps.is_counted(leased.kind, leased.about)
    letter = messages.write(leased.kind, leased.id, leased.about, settings, leased.made_at, centre)
    if letter is None:
        return
    if is_counted:
        to, most, key = letter.recipient, centre.most_mails, settings.secret_key
        with unit_of_work():
            caps.check(leased.id, leased.kind, to, most, key, clock.now())
    try:
        sending.send(letter, settings, centre.name, centre.email, leased.request_id)
    except sending.LetterRefused as refused:
        if leased.kind in REFUSED:
            with unit_of_work():
                REFUSED[leased.kind](leased.about, refused)
        raise
    except Exception:
        if leased.kind in GIVEN_UP and clock.now() - leased.made_at >= GIVE_UP_AFTER:
            with unit_of_work():
                GIVEN_UP[leased.kind](leased.about)
        raise
    if leased.kind in AFTERWARDS:
        with unit_of_work():
            AFTERWARDS[leased.kind](leased.about, letter.recipient, centre, clock.now())


# Somebody has just done something and looks for the letter: tickets, an answer, a way in.
WAITED_FOR = frozenset(
    f"mail.{kind}"
    for kind in (
        "confirmation", "change", "cancellation", "payment_failed", "lost", "find", "free_yes", "my_visits",
        "visit_asked", "visit_copy", "visit_waiting", "waiting", "wish", "payer_link", "invitation",
        "newsletter", "news_link", "news_trial", "course_place", "gift_card", "gift_card_bought",
        "annual_pass", "annual_pass_bought",
        "withdrawal", "withdraw_link",
    )
)  # fmt: skip
# Many at once, of which none is in a hurry. What is left is about a day: an offer with its hours, a closure, money.
IN_BULK = frozenset(
    f"mail.{kind}"
    for kind in (
        "reminder", "visit_before", "visit_week", "visit_number", "visit_feedback", "certificate", "invoice",
        "invoice_reminder", "waiting_over", "visit_waiting_over", "gift_card_ends",
    )
)  # fmt: skip


def _rank(kind: str) -> Rank:
    return Rank.AT_THE_SCREEN if kind in WAITED_FOR else Rank.BULK if kind in IN_BULK else Rank.TODAY


KEEPERS = (*(PromiseKeeper(kind, _send, _rank(kind)) for kind in messages.WRITERS), *news.KEEPERS)
