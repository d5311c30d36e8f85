"""What staff are told of gift cards when the rules say no."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from booking.gift_cards.refusals import (
    BlockedAlready,
    HandedOver,
    NotBlocked,
    NothingOnCard,
    OddEnd,
    StillToSend,
    StoppedCard,
)
from booking.web.refusals import plain

plain(BlockedAlready, _("The card is blocked already."))
plain(NotBlocked, _("Nothing blocks the card."))
plain(StoppedCard, _("The card is blocked and gets no new code. Unblock it first."))
plain(NothingOnCard, _("Nothing is left on the card, or its last day is past."))
plain(OddEnd, _("Choose a day after today and after its present last day, at most ten years ahead."), 422)
plain(StillToSend, _("The card is still to be sent and has no code yet. Its address can be corrected."))
plain(HandedOver, _("The card was handed over before, and its code is kept nowhere. The office can give it a new one."))
