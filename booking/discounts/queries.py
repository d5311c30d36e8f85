"""What is read of campaigns, their codes and their uses, as values in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import and_, bindparam, or_, select, text

from booking.capacity.models import Channel
from booking.discounts.models import LIVES, Campaign, DiscountCode, DiscountUse
from booking.discounts.refusals import (
    DiscountNotYet,
    DiscountOver,
    DiscountUsedUp,
    NoSuchDiscount,
)
from booking.discounts.rules import CampaignFacts
from booking.discounts.taken import TakenOff
from booking.kernel.database import Texts, as_values, run
from booking.kernel.prepared import ReadyStatement
from booking.kernel.used_again import used_again


@dataclass(frozen=True, slots=True)
class MayHave:
    """What an order may have: campaigns, the codes that it has them by, and those of tickets that it has already."""

    campaigns: tuple[CampaignFacts, ...] = ()
    codes: Mapping[int, int] = field(default_factory=dict)  # by campaign
    known: Mapping[int, CampaignFacts] = field(default_factory=dict)
    bought_on: date | None = None  # of an order that changes: when it was made


@dataclass(frozen=True, slots=True)
class LivingUse:
    """A campaign that an order has."""

    campaign_id: int
    code_id: int | None


@dataclass(frozen=True, slots=True)
class DiscountShown:
    """What a campaign takes off an order, as its pages say it; minor units."""

    campaign_id: int
    name: Texts
    amount: int
    code: str | None


_FACTS = tuple(getattr(Campaign, name) for name in CampaignFacts.__dataclass_fields__)
_AUTOMATIC = ReadyStatement(
    select(*_FACTS)
    .where(
        Campaign.asks_code.is_(False),
        Campaign.stopped_at.is_(None),
        or_(Campaign.sale_until.is_(None), Campaign.sale_until >= bindparam("today")),
    )
    .order_by(Campaign.id)
)
_BY_KEY = (
    select(DiscountCode.id, DiscountCode.most_uses, DiscountCode.used, *_FACTS)
    .join(Campaign, Campaign.id == DiscountCode.campaign_id)
    .where(DiscountCode.key == bindparam("key"))
)
_BY_IDS = select(*_FACTS).where(Campaign.id.in_(bindparam("ids", expanding=True)))
_LIVING = select(DiscountUse.campaign_id, DiscountUse.code_id).where(
    DiscountUse.booking_id == bindparam("booking"), text(LIVES)
)
_NAMED = ReadyStatement(
    select(Campaign.id, Campaign.name, DiscountCode.code)
    .outerjoin(
        DiscountUse,
        and_(DiscountUse.campaign_id == Campaign.id, DiscountUse.booking_id == bindparam("booking")),
    )
    .outerjoin(DiscountCode, DiscountCode.id == DiscountUse.code_id)
    .where(Campaign.id.in_(bindparam("campaigns", expanding=True)))
    .order_by(DiscountUse.id)
)


def automatic(channel: Channel, today: date) -> list[CampaignFacts]:
    """Those that are taken off by themselves, in one statement, or none while nothing was committed since."""
    those = used_again((_AUTOMATIC, today), lambda: as_values(CampaignFacts, _AUTOMATIC.rows({"today": today})))
    return [campaign for campaign in those if campaign.is_on_sale(today, channel)]


def campaigns_by_id(ids: Collection[int]) -> dict[int, CampaignFacts]:
    """These campaigns, in one statement; in none where there are none."""
    return {facts.id: facts for facts in as_values(CampaignFacts, run(_BY_IDS, {"ids": sorted(ids)}))} if ids else {}


def by_code(key: str, channel: Channel, today: date, own: Mapping[int, int]) -> tuple[int, CampaignFacts]:
    """The id of the code with this key and its campaign, where it may be had today, in one statement.

    `own` are the codes that the order has already, by campaign: it is not in its own way. Raises
    NoSuchDiscount, DiscountNotYet, DiscountOver, DiscountUsedUp.
    """
    row = run(_BY_KEY, {"key": key}).first()
    if row is None:
        raise NoSuchDiscount
    code_id, most, used = row[:3]
    (campaign,) = as_values(CampaignFacts, [row[3:]])
    campaign = replace(campaign, used=campaign.used - (campaign.id in own))
    if channel not in campaign.channels:
        raise NoSuchDiscount
    if campaign.is_over(today):
        raise DiscountOver
    if campaign.sale_from is not None and campaign.sale_from > today:
        raise DiscountNotYet(campaign.sale_from)
    if most is not None and used - (own.get(campaign.id) == code_id) >= most:
        raise DiscountUsedUp
    if campaign.is_used_up:
        raise DiscountUsedUp(campaign.name)
    return code_id, campaign


def living_of(booking_id: int) -> list[LivingUse]:
    """What an order has, in one statement."""
    return as_values(LivingUse, run(_LIVING, {"booking": booking_id}))


def shown_of(booking_id: int, amounts: Mapping[int, int]) -> tuple[DiscountShown, ...]:
    """What campaigns take off an order, by name, and by the code that it had them by last; one statement.

    Also of one that is over, whose uses have ended.
    """
    rows = _NAMED.rows({"booking": booking_id, "campaigns": sorted(amounts)})
    names = {campaign_id: (name, code) for campaign_id, name, code in rows}
    return tuple(
        DiscountShown(campaign_id, names[campaign_id][0], amount, names[campaign_id][1])
        for campaign_id, amount in amounts.items()
    )


def for_basket(booking_id: int | None, channel: Channel, today: date) -> MayHave:
    """What a basket may have: what takes itself off, and the codes that it has already, as if it had none yet.

    One statement for a new one, two or three for one that has something.
    """
    offered = automatic(channel, today)
    living = living_of(booking_id) if booking_id is not None else []
    if not living:
        return MayHave(tuple(offered))
    has = {use.campaign_id: use.code_id for use in living}
    codes = {campaign_id: code_id for campaign_id, code_id in has.items() if code_id is not None}
    those = {campaign.id: campaign for campaign in offered} | campaigns_by_id(has)
    own = {key: replace(campaign, used=campaign.used - (key in has)) for key, campaign in those.items()}
    return MayHave(tuple(campaign for campaign in own.values() if campaign.is_on_sale(today, channel)), codes)


def for_change(discounts: Collection[TakenOff], channel: Channel, today: date, bought_on: date) -> MayHave:
    """What a booking whose tickets have these may have of more; what it moves keeps its own. Two statements at most.

    What comes new is only what needs no counting: a change waits for its money, and nothing may be used up by then.
    """
    known = campaigns_by_id({campaign_id for each in discounts for campaign_id, _off in each})
    alone = next((campaign for campaign in known.values() if not campaign.stacks), None)
    if alone is not None:
        offered = [alone]
    else:
        free = [campaign for campaign in automatic(channel, today) if not (campaign.most_uses or campaign.most_each)]
        offered = [*known.values(), *(free if not known else [other for other in free if other.stacks])]
    unique = {campaign.id: replace(campaign, used=0) for campaign in offered}
    may = [campaign for campaign in unique.values() if campaign.is_on_sale(today, channel)]
    return MayHave(tuple(may), {}, known, bought_on)
