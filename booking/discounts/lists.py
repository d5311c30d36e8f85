"""What staff read of campaigns: how often each was used, what it gave, and its codes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select

from booking.discounts.models import Campaign, DiscountCode, DiscountUse, living_uses
from booking.discounts.rules import CampaignFacts
from booking.kernel.database import as_values, run


@dataclass(frozen=True, slots=True)
class CampaignListed:
    """A campaign in the list, with how many orders have it, and what they all had off; minor units."""

    facts: CampaignFacts
    used: int
    given: int

    @property
    def left(self) -> int | None:
        """How often it may be used yet; None for as often as one likes."""
        return None if self.facts.most_uses is None else max(self.facts.most_uses - self.used, 0)


@dataclass(frozen=True, slots=True)
class SingleCodes:
    """How many single codes a campaign has, and how many of them are used."""

    made: int
    used: int


@dataclass(frozen=True, slots=True)
class CodeListed:
    """A code as a file lists it."""

    id: int
    code: str
    used: int
    most_uses: int | None


_FACTS = tuple(getattr(Campaign, name) for name in CampaignFacts.__dataclass_fields__)


def all_campaigns() -> list[CampaignListed]:
    """Every campaign, the newest first, in two statements."""
    living = select(DiscountUse.campaign_id, func.count(), func.sum(DiscountUse.amount))
    living = living.where(DiscountUse.ended_at.is_(None)).group_by(DiscountUse.campaign_id)
    has = {campaign_id: (uses, int(amount)) for campaign_id, uses, amount in run(living)}
    rows = as_values(CampaignFacts, run(select(*_FACTS).order_by(Campaign.id.desc())))
    return [CampaignListed(facts, *has.get(facts.id, (0, 0))) for facts in rows]


def used_and_given(campaign_id: int) -> tuple[int, int]:
    """How many orders have a campaign, and what they all had off, in minor units; one statement."""
    living = (DiscountUse.campaign_id == campaign_id, DiscountUse.ended_at.is_(None))
    uses, amount = run(select(func.count(), func.coalesce(func.sum(DiscountUse.amount), 0)).where(*living)).one()
    return int(uses), int(amount)


def single_codes(campaign_id: int) -> SingleCodes:
    """How many there are; one statement."""
    those = select(func.count(), func.coalesce(func.sum(DiscountCode.used), 0))
    made, used = run(those.where(DiscountCode.campaign_id == campaign_id, DiscountCode.most_uses == 1)).one()
    return SingleCodes(int(made), int(used))


def codes_after(campaign_id: int, after: int, most: int) -> tuple[list[CodeListed], int | None]:
    """So many codes of a campaign after one; with the id to go on after, none at the end. One statement."""
    orders = living_uses(DiscountUse.code_id == DiscountCode.id, DiscountUse.code_id.is_not(None))
    used = case((DiscountCode.most_uses.is_(None), orders), else_=DiscountCode.used)
    columns = (DiscountCode.id, DiscountCode.code, used, DiscountCode.most_uses)
    query = select(*columns).where(DiscountCode.campaign_id == campaign_id, DiscountCode.id > after)
    codes = as_values(CodeListed, run(query.order_by(DiscountCode.id).limit(most + 1)))
    return codes[:most], codes[most - 1].id if len(codes) > most else None
