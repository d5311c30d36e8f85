"""Three campaigns: early orders by themselves, a code for winter with single ones beside it, one that is used up."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select

from booking.bookings.basket import Pick
from booking.bookings.by_code.discounted import enter_code
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import hold
from booking.bookings.models import Booking
from booking.bookings.on_sale import price_today
from booking.capacity.models import Channel, Slot, SlotStatus
from booking.catalogue.models import Activity, Kind
from booking.catalogue.queries import offers_of
from booking.centre.facts import CentreFacts, the_centre
from booking.discounts.edits import give_code, make_codes
from booking.discounts.models import Campaign, DiscountWay
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.payments.models import Payment, PaymentState
from booking.receipts.issue import issue

EARLY = {
    "nb": "Tidlig ute", "nn": "Tidleg ute", "en": "Early orders", "lv": "Agrie pasūtījumi",
}  # fmt: skip
WINTER = {
    "nb": "Vinterferie", "nn": "Vinterferie", "en": "Winter holidays", "lv": "Ziemas brīvlaiks",
}  # fmt: skip
AUTUMN = {
    "nb": "Høstkampanje", "nn": "Haustkampanje", "en": "Autumn campaign", "lv": "Rudens kampaņa",
}  # fmt: skip
WINTER_CODE, AUTUMN_CODE = {"nb": "VINTER20", "lv": "ZIEMA20"}, {"nb": "HØST", "lv": "RUDENS"}
EARLY_DAYS = 60
SINGLE_CODES = 40
OFF = {"NOK": 5_000, "EUR": 200}
BUYERS = (Contact("Ingrid Solheim", "ingrid@example.org"), Contact("Andris Ozols", "andris@example.org"))


def give_discounts(today: date) -> None:
    """Make them, and let two families use the last of the one that is used up; letters about it are history."""
    centre, now = the_centre(), clock.now()
    last = db.session.scalar(select(func.coalesce(func.max(Promise.id), 0)))
    db.session.rollback()
    with unit_of_work():
        _campaign(EARLY, centre, DiscountWay.PERCENT, 1_000, asks_code=False, days_ahead=EARLY_DAYS)
        winter = _campaign(WINTER, centre, DiscountWay.PERCENT, 2_000, visit_until=today + timedelta(days=120))
        give_code(winter, _code(WINTER_CODE, centre))
        make_codes(winter, SINGLE_CODES, "demo")
        autumn = _campaign(AUTUMN, centre, DiscountWay.ORDER, OFF[centre.currency], most_uses=len(BUYERS), most_each=1)
        give_code(autumn, _code(AUTUMN_CODE, centre))
    for buyer in BUYERS:
        _buy(buyer, _code(AUTUMN_CODE, centre), now)
    with unit_of_work():
        db.session.execute(delete(Promise).where(Promise.id > last, Promise.state == PromiseState.WAITING))


def _campaign(name: dict[str, str], centre: CentreFacts, way: DiscountWay, amount: int, **more: object) -> int:
    texts = {lang: name[lang] for lang in centre.languages if lang in name}
    campaign = Campaign(name=texts, way=way, amount=amount, channels=[Channel.PUBLIC.value, Channel.DESK.value], **more)
    db.session.add(campaign)
    db.session.flush()
    return campaign.id


def _code(codes: dict[str, str], centre: CentreFacts) -> str:
    return codes.get(centre.languages[0], codes["nb"])


def _buy(buyer: Contact, code: str, now: datetime) -> None:
    centre = the_centre()
    lang = centre.languages[0]
    with unit_of_work():
        held = hold([a_pick(now)], centre=centre, now=now, lang=lang)
        enter_code(held.booking_id, code, centre, now)
    with unit_of_work():
        set_details(held.booking_id, buyer, lang, now)
        confirm(held.booking_id, now)
        total = db.session.scalars(select(Booking.total).where(Booking.id == held.booking_id)).one()
        paid = Payment(
            booking_id=held.booking_id, provider="demo", state=PaymentState.PAID, amount=total,
            currency=centre.currency, idempotency_key=new_secret(), begun_at=now, expires_at=now, paid_at=now,
            looked_at=now,
        )  # fmt: skip
        db.session.add(paid)
    issue(held.booking_id)


def a_pick(now: datetime) -> Pick:
    """A ticket that costs something, at the first entry in two days or later with room."""
    slot = db.session.scalars(
        select(Slot)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(
            Activity.kind == Kind.ADMISSION,
            Slot.status == SlotStatus.OPEN,
            Slot.taken < Slot.capacity,
            Slot.starts_at > now + timedelta(days=2),
        )
        .order_by(Slot.starts_at, Slot.id)
        .limit(1)
    ).one()
    activity_id, centre = slot.activity_id or 0, the_centre()
    offers = (offer for offer in offers_of({activity_id})[activity_id] if offer.goes_with is None and not offer.proof)
    offer = next(offer for offer in offers if price_today(offer, slot.starts_at, centre))
    return Pick(slot.id, offer.ticket_type_id, 1)
