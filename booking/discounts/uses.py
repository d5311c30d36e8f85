"""How often campaigns and codes were used: counters that move by conditional UPDATE, and a row for each order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, text, update

from booking.discounts.models import LIVES, Campaign, DiscountCode, DiscountUse
from booking.discounts.queries import campaigns_by_id
from booking.discounts.refusals import DiscountNotForYou, DiscountUsedUp
from booking.kernel.database import Texts, as_values, one_at_a_time, run
from booking.kernel.writing import NewRow, write


@dataclass(frozen=True, slots=True)
class TakenUse:
    """A campaign as an order takes it: by which code, and what it takes off in all."""

    campaign_id: int
    code_id: int | None
    amount: int
    most_each: int | None
    name: Texts


_END = (
    update(DiscountUse)
    .where(DiscountUse.booking_id.in_(bindparam("bookings", expanding=True)), text(LIVES))
    .values(ended_at=bindparam("now"))
    .returning(DiscountUse.campaign_id, DiscountUse.code_id)
)
_NAME = (
    update(DiscountUse)
    .where(DiscountUse.booking_id == bindparam("booking"), text(LIVES), DiscountUse.most_each.is_not(None))
    .values(person=bindparam("mark"))
    .returning(DiscountUse.campaign_id, DiscountUse.most_each)
)
_OF_PERSON = (
    select(DiscountUse.campaign_id, func.count())
    .where(
        DiscountUse.person == bindparam("mark"),
        DiscountUse.person != "",  # said, so that the partial index is used
        DiscountUse.campaign_id.in_(bindparam("campaigns", expanding=True)),
        text(LIVES),
    )
    .group_by(DiscountUse.campaign_id)
)


def swap(ended: Collection[int], booking_id: int | NewRow, taken: Sequence[TakenUse], now: datetime) -> None:
    """End what these bookings have, and let one have what is taken; call inside a unit of work that has them locked.

    Counters move once each, those of campaigns before those of codes, in everybody's order, so that nobody waits for
    whom he keeps waiting. Raises DiscountUsedUp.
    """
    campaigns, codes = Counter[int](), Counter[int]()
    if ended:
        for campaign_id, code_id in run(_END, {"bookings": sorted(ended), "now": now}).all():
            campaigns[campaign_id] -= 1
            codes[code_id or 0] -= 1
    for use in taken:
        campaigns[use.campaign_id] += 1
        codes[use.code_id or 0] += 1
    names = {use.campaign_id: use.name for use in taken}
    for table, by in ((Campaign, campaigns), (DiscountCode, codes)):
        for row_id in sorted(by):
            if row_id and by[row_id] and not _count(table, row_id, by[row_id]):
                raise DiscountUsedUp(names.get(row_id) if table is Campaign else None)
    write(DiscountUse, [_row(booking_id, use, now) for use in taken])


def _count(table: type[Campaign | DiscountCode], row_id: int, more: int) -> bool:
    moved = update(table).where(table.id == row_id)
    if more > 0:
        moved = moved.where(or_(table.most_uses.is_(None), table.used + more <= table.most_uses))
    moved = moved.values(used=table.used + more).execution_options(synchronize_session=False)
    return run(moved).rowcount == 1


def _row(booking_id: int | NewRow, use: TakenUse, now: datetime) -> dict[str, Any]:
    return {
        "campaign_id": use.campaign_id, "code_id": use.code_id, "booking_id": booking_id, "amount": use.amount,
        "most_each": use.most_each, "used_at": now,
    }  # fmt: skip


def let_go(booking_ids: Collection[int], now: datetime) -> None:
    """What these bookings have can be had by others; call inside a unit of work that has them locked."""
    swap(booking_ids, 0, (), now)


def take_again(booking_id: int, now: datetime) -> None:
    """A booking whose time had run out is paid after all: what it had then, if that can still be had.

    Raises DiscountUsedUp.
    """
    last = select(func.max(DiscountUse.ended_at)).where(DiscountUse.booking_id == booking_id).scalar_subquery()
    rows = run(
        select(DiscountUse.campaign_id, DiscountUse.code_id, DiscountUse.amount, DiscountUse.most_each, Campaign.name)
        .join(Campaign, Campaign.id == DiscountUse.campaign_id)
        .where(DiscountUse.booking_id == booking_id, DiscountUse.ended_at == last)
    )
    swap((), booking_id, as_values(TakenUse, rows), now)


def become(booking_id: int, amounts: Mapping[int, int], now: datetime) -> None:
    """A locked booking has other lines, off which its campaigns take so much in all; call inside a unit of work.

    One that takes nothing off any more is given back. What comes new needs no counting; see queries.for_change.
    """
    of_booking = (DiscountUse.booking_id == booking_id, text(LIVES))
    has = dict(map(tuple, run(select(DiscountUse.campaign_id, DiscountUse.amount).where(*of_booking))))
    for campaign_id in sorted({*has, *amounts}):
        amount = amounts.get(campaign_id, 0)
        use = update(DiscountUse).where(*of_booking, DiscountUse.campaign_id == campaign_id)
        if campaign_id in has and not amount:
            code_id = run(use.values(ended_at=now).returning(DiscountUse.code_id)).scalar()
            _count(Campaign, campaign_id, -1)
            if code_id is not None:
                _count(DiscountCode, code_id, -1)
        elif campaign_id in has and amount != has[campaign_id]:
            run(use.values(amount=amount))
        elif campaign_id not in has and amount:
            campaign = campaigns_by_id([campaign_id])[campaign_id]
            swap((), booking_id, [TakenUse(campaign_id, None, amount, campaign.most_each, campaign.name)], now)


def count_for(booking_id: int, mark: str) -> None:
    """Who a locked booking is for is known: count its campaigns for them; call inside a unit of work.

    One statement where none of them is for so many orders of one person. Raises DiscountNotForYou.
    """
    limits = dict(map(tuple, run(_NAME, {"booking": booking_id, "mark": mark}).all()))
    if not limits or not mark:
        return
    one_at_a_time([mark])
    counts = dict(map(tuple, run(_OF_PERSON, {"mark": mark, "campaigns": sorted(limits)})))
    for campaign_id, most in limits.items():
        if most is not None and counts.get(campaign_id, 0) > most:
            raise DiscountNotForYou(most)
