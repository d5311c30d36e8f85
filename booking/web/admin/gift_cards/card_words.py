"""What staff read of a card: how it stands, and each line of its ledger as a sentence."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext

from booking.gift_cards.models import GiftCardMove, UseState
from booking.reports.gift_cards.cards import CardState, LedgerLine

GOOD, FEW, BAD = "good", "few", "bad"
MARKS = {
    CardState.LIVES: GOOD, CardState.WAITS: FEW, CardState.NOT_SENT: FEW, CardState.BLOCKED: BAD,
    CardState.DISPUTED: BAD, CardState.RETURNED: BAD,
}  # fmt: skip


def state_words(state: CardState) -> str:
    """How it stands, in a word or two."""
    words: dict[CardState, str] = {
        CardState.BLOCKED: pgettext("gift card", "Blocked"),
        CardState.DISPUTED: pgettext("gift card", "Blocked: its payment is disputed"),
        CardState.WITHDRAWN: pgettext("gift card", "Its buyer has withdrawn"),
        CardState.RETURNED: pgettext("gift card", "Its email did not arrive"),
        CardState.OVER: pgettext("gift card", "Its last day is past"),
        CardState.USED_UP: pgettext("gift card", "Used up"),
        CardState.WAITS: pgettext("gift card", "Waits to be sent"),
        CardState.NOT_SENT: pgettext("gift card", "Not sent yet"),
        CardState.LIVES: pgettext("gift card", "Can be used"),
    }
    return words[state]


def line_words(line: LedgerLine) -> str:
    """What a line of the ledger is of, without its booking."""
    words: dict[GiftCardMove, str] = {
        GiftCardMove.ISSUED: pgettext("gift card", "Sold"),
        GiftCardMove.HELD: _held(line.use),
        GiftCardMove.RELEASED: _("Back: the basket was not bought"),
        GiftCardMove.REFUNDED: _("Paid back to the card"),
        GiftCardMove.EXPIRED: _("Its time was over: income"),
        GiftCardMove.WITHDRAWN: _("Its buyer has withdrawn: goes back as money"),
        GiftCardMove.REVIVED: _("Given back after its time was over"),
    }
    return words[line.move]


def _held(use: UseState | None) -> str:
    words: dict[UseState | None, str] = {
        UseState.KEPT: _("Paid for a booking"),
        UseState.HELD: _("On hold for a basket that is being paid"),
    }
    return words.get(use) or str(_("On hold for a basket"))
