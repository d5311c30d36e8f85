"""Gift cards as a house has them: one just sent, one of which a part is used, one that has run out, one that waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from booking.bookings.by_gift_card import cover, order_card
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import hold
from booking.bookings.models import Booking
from booking.centre.facts import CentreFacts, the_centre
from booking.demo.money.campaigns import a_pick
from booking.gift_cards.expire import expire_due
from booking.gift_cards.issue import WantedCard
from booking.gift_cards.models import GiftCard
from booking.gift_cards.sending import has_gone, to_send
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, end_reading, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.payments.models import Payment, PaymentState
from booking.receipts.issue import issue
from booking.settings import Settings

BUYERS = (
    Contact("Marit Eide", "marit@example.org"),
    Contact("Ilze Kalniņa", "ilze@example.org"),
    Contact("Per Haugen", "per@example.org"),
    Contact("Anna Liepa", "anna@example.org"),
)
DAYS_AGO, DAYS_AHEAD = 3, 14


def sell_gift_cards(settings: Settings) -> None:
    """For a centre that sells them; letters about it are history, but of the one that waits."""
    centre, now = the_centre(), clock.now()
    if not centre.sells_gift_cards:
        return
    last = db.session.scalar(select(func.coalesce(func.max(Promise.id), 0)))
    end_reading()
    then = now - timedelta(days=DAYS_AGO)
    new, part_used, run_out, _waits = (
        sell_card(_wanted(place, centre, now), buyer, centre, then) for place, buyer in enumerate(BUYERS)
    )
    gone = zip((new, part_used, run_out), BUYERS, strict=False)
    codes = {order: _send(order, buyer.email, settings, now) for order, buyer in gone}
    _use(codes[part_used], centre, now)
    _end(run_out, centre, now)
    with unit_of_work():
        db.session.execute(delete(Promise).where(Promise.id > last, Promise.state == PromiseState.WAITING))


def sell_card(wanted: WantedCard, contact: Contact, centre: CentreFacts, then: datetime) -> int:
    """A card that was bought and paid for then, with its receipt; the id of its booking."""
    lang = centre.languages[0]
    with unit_of_work():
        secret = order_card(wanted, centre=centre, now=then, lang=lang)
    with unit_of_work():
        order = db.session.scalars(select(Booking.id).where(Booking.secret == secret)).one()
        set_details(order, contact, lang, then)
        confirm(order, then)
        paid = Payment(
            booking_id=order, provider="demo", state=PaymentState.PAID, amount=wanted.amount,
            currency=centre.currency, idempotency_key=new_secret(), begun_at=then, expires_at=then, paid_at=then,
            looked_at=then,
        )  # fmt: skip
        db.session.add(paid)
    issue(int(order))
    return int(order)


def _wanted(place: int, centre: CentreFacts, now: datetime) -> WantedCard:
    """The last is to be sent in a fortnight; each is large enough for a family's visit."""
    amount = min(centre.gift_card_least + 20 * centre.gift_card_step, centre.gift_card_most)
    if place < len(BUYERS) - 1:
        return WantedCard(amount, giver=BUYERS[place].name)
    on = centre.local(now).date() + timedelta(days=DAYS_AHEAD)
    return WantedCard(amount, "Oskar", "oskar@example.org", BUYERS[place].name, on=on)


def _send(order: int, to: str, settings: Settings, now: datetime) -> str:
    """Its letter is written and has gone to its buyer; the code."""
    card_id, turn = db.session.execute(select(GiftCard.id, GiftCard.asked).where(GiftCard.booking_id == order)).one()
    end_reading()
    card = to_send(card_id, turn, settings.secret_key)
    end_reading()
    with unit_of_work():
        has_gone(card_id, turn, to, now)
    return card.code if card is not None else ""


def _use(code: str, centre: CentreFacts, now: datetime) -> None:
    """Somebody goes to the centre for it."""
    lang = centre.languages[0]
    with unit_of_work():
        held = hold([a_pick(now)], centre=centre, now=now, lang=lang)
        set_details(held.booking_id, Contact("Oskar Berg", "oskar@example.org"), lang, now)
        cover(held.booking_id, code, now)
        confirm(held.booking_id, now)
    issue(held.booking_id)


def _end(order: int, centre: CentreFacts, now: datetime) -> None:
    """Its last day was yesterday, as if it had been sold years ago; what was on it is the house's."""
    today = centre.local(now).date()
    with unit_of_work():
        ended = update(GiftCard).where(GiftCard.booking_id == order)
        db.session.execute(ended.values(expires_on=today - timedelta(days=1)))
        expire_due(today, now)
