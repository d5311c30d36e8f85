"""Campaigns for tests, and how they stand."""

from __future__ import annotations

from sqlalchemy import select, update

from booking.bookings.by_code.discounted import DiscountGiven, enter_code
from booking.centre.facts import the_centre
from booking.centre.models import Centre
from booking.discounts.codes import key_of
from booking.discounts.models import Campaign, DiscountCode, DiscountUse, DiscountWay
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from tests.builders import in_all


def a_campaign(code: str | None = "VINTER20", percent: int = 20, *, single: bool = False, **more: object) -> int:
    """A campaign of so many percent off everything that is sold online; by itself where it has no code."""
    values: dict[str, object] = {
        "name": in_all("Vinter"), "way": DiscountWay.PERCENT, "amount": percent * 100, "asks_code": code is not None,
        "channels": ["public"],
    }  # fmt: skip
    with unit_of_work():
        db.session.execute(update(Centre).values(has_campaigns=True))
        campaign = Campaign(**(values | more))
        db.session.add(campaign)
        db.session.flush()
        if code is not None:
            db.session.add(
                DiscountCode(campaign_id=campaign.id, code=code, key=key_of(code), most_uses=1 if single else None)
            )
        return campaign.id


def enter(booking_id: int, code: str = "VINTER20") -> DiscountGiven:
    """Type a code at the checkout."""
    with unit_of_work():
        return enter_code(booking_id, code, the_centre(), clock.now())


def used(campaign_id: int) -> int:
    """How often it was used; where it has a limit, its counter must say the same."""
    end_reading()
    counter, most = db.session.execute(
        select(Campaign.used, Campaign.most_uses).where(Campaign.id == campaign_id)
    ).one()
    living = select(DiscountUse.id).where(DiscountUse.campaign_id == campaign_id, DiscountUse.ended_at.is_(None))
    uses = len(db.session.scalars(living).all())
    assert most is None or counter == uses
    end_reading()
    return uses
