"""Gift cards found again: by code, reference or address; those that want somebody; the page of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.history import log
from booking.history.log import LogEntry, LogFilter
from booking.history.sentences import LogSentence, log_sentence
from booking.kernel import clock
from booking.reports.gift_cards import cards
from booking.reports.gift_cards.cards import CardState, GiftCardFacts, LedgerLine
from booking.reports.names import actors
from booking.settings import Settings, settings_of
from booking.staff.models import Role
from booking.web.admin.gift_cards.card_words import MARKS, line_words, state_words
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.staff_menu import FRONT, MONEY

LONGEST_SEARCH = 120
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class CardsPage:
    """The search, what it found, and without one the cards that want somebody and those that were sold last."""

    typed: str
    hits: Sequence[GiftCardFacts] | None
    wanting: Sequence[GiftCardFacts]
    newest: Sequence[GiftCardFacts]
    today: date
    may_sell: bool
    may_report: bool
    most: ClassVar = cards.MOST

    def state(self, card: GiftCardFacts) -> str:
        """How it stands, in words."""
        return state_words(card.state(self.today))

    def mark(self, card: GiftCardFacts) -> str:
        """The colour of that."""
        return MARKS.get(card.state(self.today), "")


@dataclass(frozen=True, slots=True)
class CardPage:
    """A card with all that befell it. `act` is the form that was sent and is shown again, with what was typed."""

    card: GiftCardFacts
    ledger: Sequence[LedgerLine]
    entries: Sequence[LogEntry]
    people: Mapping[str, str]
    today: date
    now: datetime
    role: Role
    act: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    longest_reason: ClassVar = LONGEST_REASON
    states: ClassVar = CardState

    @property
    def state(self) -> CardState:
        """How it stands."""
        return self.card.state(self.today)

    @property
    def state_words(self) -> str:
        """The same in words."""
        return state_words(self.state)

    @property
    def mark(self) -> str:
        """The colour of that."""
        return MARKS.get(self.state, "")

    @property
    def may_act(self) -> bool:
        """Whether the reader may block it, let it live longer, and give it another code."""
        return self.role in MONEY

    @property
    def may_open_bookings(self) -> bool:
        """Whether the reader may see what it paid for."""
        return self.role in FRONT | MONEY

    @property
    def is_shown(self) -> bool:
        """Whether it is just being handed over."""
        return self.card.shown_until is not None and self.card.shown_until > self.now

    @property
    def may_hand_over(self) -> bool:
        """Whether it waits at the desk for its code."""
        card = self.card
        gone = card.sent_at or card.last_signs or card.is_stopped or not card.balance
        return self.role in FRONT and card.in_hand and not gone

    @property
    def is_living(self) -> bool:
        """Whether a new code makes sense."""
        return not self.card.is_stopped and self.card.balance > 0 and self.card.expires_on >= self.today

    @property
    def labels(self) -> dict[str, str]:
        """What the fields are called above the form that was sent."""
        reasons = dict.fromkeys((f"{act}_reason" for act in ("block", "unblock", "extend", "send", "renew")), _("Why?"))
        return {"until": _("New last day"), "email": _("Email")} | reasons

    def line(self, line: LedgerLine) -> str:
        """What a line of the ledger is of."""
        return line_words(line)

    def said(self, entry: LogEntry) -> LogSentence:
        """An entry of the log in words."""
        return log_sentence(entry.action, entry.before, entry.after, wording())

    def value(self, name: str, otherwise: str = "") -> str:
        """What was typed into a field, or what stands there first."""
        return self.typed.get(name, otherwise)


@admin.get("/gift-cards")
@staff(Role.DESK, Role.FINANCE)
def gift_cards() -> str:
    """The search, those that want somebody, and the newest."""
    return _cards("", None)


@admin.post("/gift-cards")
@staff(Role.DESK, Role.FINANCE)
def find_gift_card() -> ResponseReturnValue:
    """Those that are meant. Sent as a form: a code is no part of an address, which browsers and logs keep."""
    typed = one_line(request.form.get("q"))[:LONGEST_SEARCH]
    hits = cards.found_by(typed) if typed else []
    if len(hits) == 1:
        return redirect(url_for("admin.gift_card", card_id=hits[0].id), 303)
    return _cards(typed, hits)


@admin.get("/gift-cards/<int:card_id>")
@staff(Role.DESK, Role.FINANCE)
def gift_card(card_id: int) -> str:
    """One card."""
    return render_template("admin/gift_card.html", page=page_of(known_card(card_id)))


def known_card(card_id: int) -> GiftCardFacts:
    """The card, or the page that says there is none."""
    card = cards.card(card_id) if card_id < 10**18 else None
    if card is None:
        abort(404)
    return card


def house_settings() -> Settings:
    """What codes are sealed with, and where the public pages are."""
    return settings_of(current_app._get_current_object())  # type: ignore[attr-defined]


def page_of(
    card: GiftCardFacts,
    act: str = "",
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    refused: str = "",
) -> CardPage:
    """Its page; with an act, its form once more as it was sent."""
    now = clock.now()
    return CardPage(
        card=card,
        ledger=cards.ledger(card.id),
        entries=log.read(LogFilter(subject=f"gift_card:{card.id}")).entries,
        people=log.names() | actors(),
        today=centre().local(now).date(),
        now=now,
        role=who().role,
        act=act,
        typed=typed or {},
        errors=errors or {},
        refused=refused,
    )


def _cards(typed: str, hits: Sequence[GiftCardFacts] | None) -> str:
    role = who().role
    page = CardsPage(
        typed=typed,
        hits=hits,
        wanting=cards.that_want_somebody() if hits is None else (),
        newest=cards.newest() if hits is None else (),
        today=centre().local(clock.now()).date(),
        may_sell=role in FRONT and centre().sells_gift_cards,
        may_report=role in MONEY,
    )
    return render_template("admin/gift_cards.html", page=page)
