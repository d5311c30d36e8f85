"""Cards for tests: bought, sent, and how they stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select, update

from booking.bookings import queries
from booking.bookings.by_gift_card import cover, order_card
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.models import Centre
from booking.gift_cards.issue import WantedCard
from booking.gift_cards.models import GiftCard, GiftCardEntry
from booking.gift_cards.sending import has_gone, to_send
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work

SECRET_KEY = "the secret of this installation"
CARD = WantedCard(50_000, recipient="Ola", giver="Kari", greeting="Gratulerer med dagen!")


def sell_cards(least: int = 10_000, most: int = 500_000, step: int = 5_000) -> CentreFacts:
    """Let the centre sell them."""
    with unit_of_work():
        db.session.execute(update(Centre).values(gift_card_least=least, gift_card_most=most, gift_card_step=step))
    return the_centre()


def an_order(wanted: WantedCard = CARD) -> int:
    """A card in a basket, with the name of who pays; the id of its booking."""
    now = clock.now()
    with unit_of_work():
        secret = order_card(wanted, centre=the_centre(), now=now, lang="nb")
    facts = queries.by_secret(secret)
    end_reading()
    assert facts is not None
    with unit_of_work():
        set_details(facts.id, Contact("Kari Nordmann", "kari@example.org"), "nb", now)
    return facts.id


def a_card(amount: int = 50_000) -> tuple[int, str]:
    """A card that is bought and sent: its id and its code."""
    order_id = an_order(replace(CARD, amount=amount))
    with unit_of_work():
        confirm(order_id, clock.now())
    return sent(order_id)


def sent(order_id: int) -> tuple[int, str]:
    """The card that was bought with an order, once its letter has gone."""
    card = card_of(order_id)
    letter = to_send(card.id, card.asked, SECRET_KEY)
    end_reading()
    assert letter is not None
    with unit_of_work():
        has_gone(card.id, card.asked, letter.recipient_email or "kari@example.org", clock.now())
    return card.id, letter.code


def card_of(order_id: int) -> GiftCard:
    """The card that was bought with an order."""
    end_reading()
    card = db.session.scalars(select(GiftCard).where(GiftCard.booking_id == order_id)).one()
    end_reading()
    return card


def balance(card_id: int) -> int:
    """What is on it, as the database has it now."""
    end_reading()
    left = db.session.scalars(select(GiftCard.balance).where(GiftCard.id == card_id)).one()
    end_reading()
    return left


def moves(card_id: int) -> list[tuple[str, int]]:
    """Its ledger, oldest first."""
    end_reading()
    query = select(GiftCardEntry.move, GiftCardEntry.amount).where(GiftCardEntry.card_id == card_id)
    rows = [(move.value, amount) for move, amount in db.session.execute(query.order_by(GiftCardEntry.id))]
    end_reading()
    return rows


def pay_by(booking_id: int, code: str) -> int:
    """Let a card pay what it can of a basket; how much."""
    with unit_of_work():
        return cover(booking_id, code, clock.now())


def ends_on(card_id: int, day: date) -> None:
    """Let it have this last day."""
    with unit_of_work():
        db.session.execute(update(GiftCard).where(GiftCard.id == card_id).values(expires_on=day))
