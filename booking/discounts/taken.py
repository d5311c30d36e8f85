"""What campaigns take off one ticket, as it is kept on the line that it was bought with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

TakenOff = tuple[tuple[int, int], ...]  # (campaign, minor units off one ticket) in the order they were taken
MOST = 120  # signs in a line's column: nine campaigns at once


class Lowered(Protocol):
    """So many tickets, and what is taken off each."""

    @property
    def quantity(self) -> int: ...
    @property
    def discounts(self) -> TakenOff: ...


class TakenOffColumn(TypeDecorator[TakenOff]):
    """As a text such as "3:2000,5:500", so that a unique index may hold it; "" where nothing is taken off."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: TakenOff | None, _dialect: Dialect) -> str:
        """Tuples as the column's text."""
        return ",".join(f"{campaign_id}:{off}" for campaign_id, off in value or ())

    def process_result_value(self, value: str | None, _dialect: Dialect) -> TakenOff:
        """The column's text as tuples."""
        if not value:
            return ()
        parts = (part.split(":") for part in value.split(","))
        return tuple((int(campaign_id), int(off)) for campaign_id, off in parts)


def off_each(discounts: TakenOff) -> int:
    """What all of them take off one ticket."""
    return sum(off for _campaign, off in discounts)


def by_campaign(lines: Iterable[Lowered]) -> Counter[int]:
    """What each campaign takes off all of these, in minor units."""
    amounts = Counter[int]()
    for line in lines:
        for campaign_id, off in line.discounts:
            amounts[campaign_id] += off * line.quantity
    return amounts
