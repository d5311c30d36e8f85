"""Letters with gift cards: the card itself, to whoever bought it that it is paid, and that its last day comes near."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.bookings import queries
from booking.centre.wording import LOCALES, Wording
from booking.documents.gift_cards import gift_card_paper
from booking.documents.looks import look_of, motif_of
from booking.documents.pdf import gift_card_pdf
from booking.gift_cards.codes import in_groups
from booking.gift_cards.issue import ordered
from booking.gift_cards.sending import to_send
from booking.gift_cards.tell import ending
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.mail.letter import Attachment, Letter
from booking.mail.letters.bought import paid_letter
from booking.mail.promised import PromisedCardEnd, PromisedGiftCard, PromisedOfBooking
from booking.mail.writing import Desk, compose

MOTIF = "gift-card"


def gift_card_letter(desk: Desk, about: PromisedGiftCard) -> Letter | None:
    """The card, to whom it is given or to whoever gives it; none where it has gone, or another was asked for since."""
    card = to_send(about.card_id, about.asked, desk.settings.secret_key)
    facts = queries.by_id(card.booking_id) if card is not None else None
    if card is None or facts is None or not (card.recipient_email or facts.email):
        return None
    end_reading()
    sight = motif_of(desk.centre, MOTIF)
    with force_locale(LOCALES[card.lang]):
        write = Wording.of(card.lang, desk.centre)
        paper = gift_card_paper(card, desk.centre, look_of(desk.centre, sight, write), write, desk.link(card.lang, ""))
        return compose(
            desk,
            card.recipient_email or facts.email,
            _("A gift card for %(centre)s", centre=desk.centre.name),
            "gift_card",
            write,
            attachments=(Attachment(_("gift-card.pdf"), "application/pdf", gift_card_pdf(paper)),),
            sight=sight,
            card=card,
            code=in_groups(card.code),
            address=desk.link(card.lang, "tickets"),
            balance_address=desk.link(card.lang, "gift-cards/balance"),
        )


def gift_card_bought_letter(desk: Desk, about: PromisedOfBooking) -> Letter | None:
    """That it is paid, and when it is sent where; without the code, which only the card has."""
    return paid_letter(desk, about, ordered(about.booking_id), "gift_card_bought", lambda: _("Your gift card is paid"))


def ending_letter(desk: Desk, about: PromisedCardEnd) -> Letter | None:
    """That something is left on a card whose last day comes near; without its code, which is kept nowhere.

    None where nothing is left to tell, or nobody is known any more who could be told.
    """
    card = ending(about.card_id, desk.centre.local(clock.now()).date())
    facts = queries.by_id(card.booking_id) if card is not None else None
    if card is None or facts is None or not (card.recipient_email or facts.email):
        return None
    end_reading()
    with force_locale(LOCALES[card.lang]):
        return compose(
            desk,
            card.recipient_email or facts.email,
            _("Your gift card ends soon"),
            "gift_card_ends",
            Wording.of(card.lang, desk.centre),
            card=card,
            address=desk.link(card.lang, "tickets"),
            balance_address=desk.link(card.lang, "gift-cards/balance"),
        )
