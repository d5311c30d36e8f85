"""The price list of the day of booking, as it is kept with a visit: who changes their number pays by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booking.agreements.prices import OwnPrice, Ratio, SchoolPrice, ShowPrice, VisitKind
from booking.kernel.money import Money
from booking.programmes.models import PriceBy

Kept = Mapping[str, Any]


def as_kept(price: SchoolPrice) -> dict[str, Any]:
    """The price list as plain values, sums in minor units."""
    return {
        "pupil": price.pupil.minor,
        "adult": price.adult.minor,
        "least": price.least.minor,
        "lunch": None if price.lunch is None else price.lunch.minor,
        "ratios": [
            {
                "pupils": ratio.pupils,
                "grades": ratio.grades and list(ratio.grades),
                "kinds": ratio.kinds and sorted(ratio.kinds),
            }
            for ratio in price.ratios
        ],
        "own": {
            str(activity_id): [
                own_price.by,
                own_price.each.minor,
                None if own_price.adult is None else own_price.adult.minor,
            ]
            for activity_id, own_price in price.own.items()
        },
        "shows": {str(activity_id): [show.each.minor, show.vat_rate] for activity_id, show in price.shows.items()},
    }


def from_kept(kept: Kept, currency: str) -> SchoolPrice:
    """The price list again."""

    def sum_of(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, currency)

    return SchoolPrice(
        Money(kept["pupil"], currency),
        Money(kept["adult"], currency),
        Money(kept["least"], currency),
        tuple(_ratio(ratio) for ratio in kept["ratios"]),
        {
            int(activity_id): OwnPrice(PriceBy(by), Money(each, currency), sum_of(adult))
            for activity_id, (by, each, adult) in kept["own"].items()
        },
        sum_of(kept["lunch"]),
        {
            int(activity_id): ShowPrice(Money(each, currency), vat_rate)
            for activity_id, (each, vat_rate) in kept.get("shows", {}).items()
        },
    )


def _ratio(kept: Kept) -> Ratio:
    grades, kinds = kept["grades"], kept["kinds"]
    return Ratio(
        kept["pupils"],
        None if grades is None else (grades[0], grades[1]),
        None if kinds is None else frozenset(VisitKind(kind) for kind in kinds),
    )
