"""What administrators keep of the catalogue. What was bought before carries copies and is never altered by it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, insert, select

from booking.catalogue.models import DayKind, Offer, Price
from booking.kernel.database import db
from booking.records.audit import note


def sell_for(ticket_type_id: int, activity_ids: Collection[int], actor: str) -> None:
    """Sell these activities, and no others, with a ticket type; call inside a unit of work."""
    before = sold_for(ticket_type_id)
    wanted = sorted(activity_ids)
    if before == wanted:
        return
    db.session.execute(delete(Offer).where(Offer.ticket_type_id == ticket_type_id))
    if wanted:
        rows = [{"activity_id": activity_id, "ticket_type_id": ticket_type_id} for activity_id in wanted]
        db.session.execute(insert(Offer), rows)
    subject = f"ticket_type:{ticket_type_id}"
    note(actor, "ticket_type.sold_for", subject, {"activities": before}, {"activities": wanted})


def sold_for(ticket_type_id: int) -> list[int]:
    """The activities that a ticket type is sold for."""
    query = select(Offer.activity_id).where(Offer.ticket_type_id == ticket_type_id).order_by(Offer.activity_id)
    return list(db.session.scalars(query))


def rank_prices(ticket_type_id: int) -> None:
    """Put a ticket type's prices in order; call inside a unit of work.

    One for some hours, weekdays or kinds of day counts before one for all; of two alike the one valid from the later
    date, and of those the one that was written last.
    """
    prices = db.session.scalars(select(Price).where(Price.ticket_type_id == ticket_type_id)).all()
    for rank, price in enumerate(sorted(prices, key=_weight)):
        price.rank = rank
    db.session.flush()


def _weight(price: Price) -> tuple[bool, int, int]:
    is_special = price.weekdays != 127 or price.days is not DayKind.ANY
    is_special = is_special or price.from_time is not None or price.until_time is not None
    return is_special, price.from_date.toordinal() if price.from_date else 0, price.id
