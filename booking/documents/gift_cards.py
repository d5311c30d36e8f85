"""A gift card as paper, to fold and give away: in the house's colours, with the giver's own words."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from flask_babel import pgettext

from booking.centre.facts import CentreFacts
from booking.centre.wording import Wording
from booking.documents.letters import drawable
from booking.documents.looks import PaperLook
from booking.documents.paper import GiftCardPaper
from booking.gift_cards.codes import in_groups
from booking.gift_cards.sending import CardToSend

_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d\U000e0020-\U000e007f]+")


def gift_card_paper(
    card: CardToSend, centre: CentreFacts, look: PaperLook, write: Wording, address: str
) -> GiftCardPaper:
    """What the sheet says; `address` is the page where it is used. With the reader's language in force."""
    until = _("Valid until %(day)s, that day included", day=write.until(write.full_date(card.expires_on)))
    return GiftCardPaper(
        lang=write.lang,
        title=_("Gift card"),
        centre=centre.name,
        seller=tuple(part for part in (centre.legal_name, centre.address, centre.org_number) if part),
        reference="",
        code=address,
        look=look,
        words={
            "for": pgettext("gift card", "For"),
            "from": pgettext("gift card", "From"),
            "code": _("Its code"),
            "qr": _("QR code to the page with tickets"),
        },
        amount=write.money(card.balance, card.currency),
        signs=in_groups(card.code),
        recipient=_lettered(card.recipient),
        giver=_lettered(card.giver),
        greeting=tuple(line for line in _lettered(card.greeting).splitlines() if line.strip()),
        until=until,
        how=_("Choose your tickets, and type the code where you pay. What is left stays on the card."),
    )


def _lettered(text: str) -> str:
    """Without the small pictures that no printed letter has: a square would stand in their place."""
    return text if drawable(text) == text else _PICTURES.sub("", text).strip()
