"""What was bought by a booking, by its rates of VAT: an amount that is owed for it is of these rates in proportion."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import false, func, select

from booking.agreements.models import SchoolRules
from booking.bookings.models import Line
from booking.kernel.database import Texts, run
from booking.kernel.money import spread


@dataclass(frozen=True, slots=True)
class Bought:
    """What the lines of a booking come to by VAT rate, lunch by itself, and what the first of them is for."""

    gross: Mapping[int, int]
    lunch: Mapping[int, int]
    title: Texts


def bought_of(booking_ids: Collection[int]) -> dict[int, Bought]:
    """What these bookings are for, in one statement."""
    lunch_type = select(SchoolRules.lunch_type_id).limit(1).scalar_subquery()
    query = (
        select(
            Line.booking_id, Line.vat_rate, Line.quantity * Line.unit_price, Line.activity_title,
            func.coalesce(Line.ticket_type_id == lunch_type, false()),
        )
        .where(Line.booking_id.in_(sorted(booking_ids)))
        .order_by(Line.booking_id, Line.id)
    )  # fmt: skip
    bought = {}
    for booking_id, group in groupby(run(query), key=lambda line: line[0]):
        lines = list(group)
        sums: tuple[dict[int, int], dict[int, int]] = ({}, {})
        for _booking, rate, amount, _title, of_lunch in lines:
            by_rate = sums[bool(of_lunch)]
            by_rate[rate] = by_rate.get(rate, 0) + amount
        bought[booking_id] = Bought(*sums, lines[0][3])
    return bought


def by_rate(amount: int, sums: Mapping[int, int]) -> list[tuple[int, int]]:
    """An amount by the rates of what it is for, in proportion to what was bought by each."""
    by_rate = sorted(sums.items()) if any(sums.values()) else [(0, 1)]
    parts = spread(amount, [gross for _rate, gross in by_rate])
    return [(rate, part) for (rate, _gross), part in zip(by_rate, parts, strict=True) if part]
