"""How often campaigns and codes were used: a row for each order, and counters that move by conditional UPDATE.

Only what has a limit has a counter that counts: else every order of an automatic campaign would wait in line for one
row. Who takes or gives back a use holds its campaign by a lock that all may have at once (FOR KEY SHARE); who sets a
limit on a campaign that had none locks it against all of them, and counts (`edits.count_before_a_limit`). So a campaign
gets its limit before an order or after it, never between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select, text, update
from sqlalchemy.orm import aliased

from booking.discounts.models import LIVES, Campaign, DiscountCode, DiscountUse
from booking.discounts.queries import campaigns_by_id
from booking.discounts.refusals import DiscountNotForYou, DiscountUsedUp
from booking.kernel.database import Model, Texts, one_at_a_time, run
from booking.kernel.writing import NewRow, write


@dataclass(frozen=True, slots=True)
class TakenUse:
    """A campaign as an order takes it: by which code, and what it takes off in all."""

    campaign_id: int
    code_id: int | None
    amount: int
    most_each: int | None
    name: Texts


_ENDED = aliased(DiscountUse)
_END = (
    update(DiscountUse)
    .where(DiscountUse.booking_id.in_(bindparam("bookings", expanding=True)), text(LIVES))
    .values(ended_at=bindparam("now"))
    .returning(DiscountUse.campaign_id, DiscountUse.code_id)
)
_END_SOME = (
    update(DiscountUse)
    .where(
        DiscountUse.booking_id == bindparam("booking"),
        DiscountUse.campaign_id.in_(bindparam("campaigns", expanding=True)),
        text(LIVES),
    )
    .values(ended_at=bindparam("now"))
    .returning(DiscountUse.campaign_id, DiscountUse.code_id)
)
_AGAIN = (
    update(DiscountUse)
    .where(
        DiscountUse.booking_id == bindparam("booking"),
        DiscountUse.ended_at
        == select(func.max(_ENDED.ended_at)).where(_ENDED.booking_id == bindparam("booking")).scalar_subquery(),
    )
    .values(ended_at=None, used_at=bindparam("now"))
    .returning(DiscountUse.campaign_id, DiscountUse.code_id)
)
# The limits of these campaigns, which stay as they are until the unit of work ends, and of these codes of theirs.
_LIMITS = (
    select(Campaign.id, Campaign.most_uses, DiscountCode.id, DiscountCode.most_uses)
    .outerjoin(
        DiscountCode,
        and_(DiscountCode.campaign_id == Campaign.id, DiscountCode.id.in_(bindparam("codes", expanding=True))),
    )
    .where(Campaign.id.in_(bindparam("campaigns", expanding=True)))
    .order_by(Campaign.id)
    .with_for_update(read=True, key_share=True, of=Campaign)
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

    Counters of what has a limit move once each, those of campaigns before those of codes, in everybody's order, so that
    nobody waits for whom he keeps waiting. Raises DiscountUsedUp.
    """
    move(ended, taken, now)
    keep(booking_id, taken, now)


def move(ended: Collection[int], taken: Sequence[TakenUse], now: datetime) -> None:
    """The half of `swap` that asks the database, for who has a booking yet to write; `keep` is the other."""
    over = run(_END, {"bookings": sorted(ended), "now": now}).all() if ended else []
    _move([(row[0], row[1]) for row in over], taken)


def keep(booking_id: int | NewRow, taken: Sequence[TakenUse], now: datetime) -> None:
    """Let a booking have what `move` has taken; call inside the same unit of work."""
    write(DiscountUse, [_row(booking_id, use, now) for use in taken])


def _move(over: Iterable[tuple[int, int | None]], taken: Sequence[TakenUse]) -> None:
    """Counters less what is over, (campaign, code), and more by what is taken, in everybody's order."""
    campaigns, codes = Counter[int](), Counter[int]()
    for campaign_id, code_id in over:
        campaigns[campaign_id] -= 1
        codes[code_id or 0] -= 1
    for use in taken:
        campaigns[use.campaign_id] += 1
        codes[use.code_id or 0] += 1
    if not campaigns:
        return
    limited = _limited(campaigns, codes)
    names = {use.campaign_id: use.name for use in taken}
    for table, by in ((Campaign, campaigns), (DiscountCode, codes)):
        for row_id in sorted(by.keys() & limited[table]):
            if by[row_id] and not _count(table, row_id, by[row_id]):
                raise DiscountUsedUp(names.get(row_id) if table is Campaign else None)


def _limited(campaign_ids: Collection[int], code_ids: Collection[int]) -> dict[type[Model], set[int]]:
    """Which of these campaigns have a limit until this unit of work ends, and which of their codes; one statement."""
    rows = run(_LIMITS, {"campaigns": sorted(campaign_ids), "codes": sorted(code_ids)}).all()
    campaigns = {campaign_id for campaign_id, most, _code_id, _most in rows if most is not None}
    return {Campaign: campaigns, DiscountCode: {code_id for _id, _most, code_id, most in rows if most is not None}}


def _count(table: type[Campaign | DiscountCode], row_id: int, more: int) -> bool:
    moved = update(table).where(table.id == row_id)
    if more > 0:
        moved = moved.where(table.used + more <= table.most_uses)
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
    """A booking whose time had run out is paid after all: what it had then, if that can still be had; whoever it
    was counted for, it is again. Raises DiscountUsedUp.
    """
    rows = run(_AGAIN, {"booking": booking_id, "now": now}).all()
    _move((), [TakenUse(row[0], row[1], 0, None, {}) for row in rows])


def become(booking_id: int, amounts: Mapping[int, int], now: datetime) -> None:
    """A locked booking has other lines, off which its campaigns take so much in all; call inside a unit of work.

    One that takes nothing off any more is given back. What comes new needs no counting; see queries.for_change.
    """
    of_booking = (DiscountUse.booking_id == booking_id, text(LIVES))
    has = dict(map(tuple, run(select(DiscountUse.campaign_id, DiscountUse.amount).where(*of_booking))))
    for campaign_id in sorted(has):
        if amounts.get(campaign_id, 0) not in (0, has[campaign_id]):
            use = update(DiscountUse).where(*of_booking, DiscountUse.campaign_id == campaign_id)
            run(use.values(amount=amounts[campaign_id]))
    lost = [campaign_id for campaign_id in has if not amounts.get(campaign_id)]
    new = campaigns_by_id([campaign_id for campaign_id, amount in amounts.items() if amount and campaign_id not in has])
    ended = run(_END_SOME, {"booking": booking_id, "campaigns": sorted(lost), "now": now}).all() if lost else []
    taken = [TakenUse(facts.id, None, amounts[facts.id], facts.most_each, facts.name) for facts in new.values()]
    _move([(row[0], row[1]) for row in ended], taken)
    write(DiscountUse, [_row(booking_id, use, now) for use in taken])


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
            raise DiscountNotForYou(campaign_id, most)
