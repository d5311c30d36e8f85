"""What staff read of campaigns: how often each was used, what it gave, and its codes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from booking.discounts.models import Campaign, DiscountCode, DiscountUse
from booking.discounts.rules import CampaignFacts
from booking.kernel.database import as_values, run


@dataclass(frozen=True, slots=True)
class CampaignListed:
    """A campaign in the list, with what all orders that have it had off; minor units."""

    facts: CampaignFacts
    given: int

    @property
    def left(self) -> int | None:
        """How often it may be used yet; None for as often as one likes."""
        return None if self.facts.most_uses is None else self.facts.most_uses - self.facts.used


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
    living = select(DiscountUse.campaign_id, func.sum(DiscountUse.amount)).where(DiscountUse.ended_at.is_(None))
    given = {campaign_id: int(amount) for campaign_id, amount in run(living.group_by(DiscountUse.campaign_id))}
    rows = as_values(CampaignFacts, run(select(*_FACTS).order_by(Campaign.id.desc())))
    return [CampaignListed(facts, given.get(facts.id, 0)) for facts in rows]


def given_by(campaign_id: int) -> int:
    """What all orders that have a campaign had off, in minor units; one statement."""
    living = (DiscountUse.campaign_id == campaign_id, DiscountUse.ended_at.is_(None))
    return int(run(select(func.coalesce(func.sum(DiscountUse.amount), 0)).where(*living)).scalar_one())


def single_codes(campaign_id: int) -> SingleCodes:
    """How many there are; one statement."""
    those = select(func.count(), func.coalesce(func.sum(DiscountCode.used), 0))
    made, used = run(those.where(DiscountCode.campaign_id == campaign_id, DiscountCode.most_uses == 1)).one()
    return SingleCodes(int(made), int(used))


def codes_after(campaign_id: int, after: int, most: int) -> tuple[list[CodeListed], int | None]:
    """So many codes of a campaign after one; with the id to go on after, none at the end. One statement."""
    columns = (DiscountCode.id, DiscountCode.code, DiscountCode.used, DiscountCode.most_uses)
    query = select(*columns).where(DiscountCode.campaign_id == campaign_id, DiscountCode.id > after)
    codes = as_values(CodeListed, run(query.order_by(DiscountCode.id).limit(most + 1)))
    return codes[:most], codes[most - 1].id if len(codes) > most else None
