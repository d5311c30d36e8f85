"""What is asked of discounts each night: that counters are what orders have, and that this is what was taken off."""

from __future__ import annotations

from sqlalchemy import Select, func, or_, select

from booking.discounts.models import Campaign, DiscountCode, DiscountUse


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    of_campaign, of_code = (
        select(func.count())
        .where(column == table.id, DiscountUse.ended_at.is_(None))
        .correlate(table)
        .scalar_subquery()
        for table, column in ((Campaign, DiscountUse.campaign_id), (DiscountCode, DiscountUse.code_id))
    )
    return [
        (
            "discounts",
            "used otherwise than orders have it, or too often, campaign",
            select(Campaign.id).where(
                Campaign.most_uses.is_not(None),
                or_(Campaign.used != of_campaign, Campaign.used > Campaign.most_uses),
            ),
        ),
        (
            "discounts",
            "used otherwise than orders have it, or too often, code",
            select(DiscountCode.id).where(
                DiscountCode.most_uses.is_not(None),
                or_(DiscountCode.used > DiscountCode.most_uses, DiscountCode.used != of_code),
                # Of a million that nobody has used nothing is to be counted.
                or_(
                    DiscountCode.used > 0,
                    DiscountCode.id.in_(select(DiscountUse.code_id).where(DiscountUse.code_id.is_not(None))),
                ),
            ),
        ),
    ]
