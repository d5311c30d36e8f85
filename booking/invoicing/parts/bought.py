"""What was bought by a booking, by its rates of VAT: an amount that is owed for it is of these rates in proportion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import false, func, select

from booking.agreements.models import SchoolRules
from booking.bookings.models import Line
from booking.kernel.database import Texts, run
from booking.kernel.money import spread
from booking.planner.plans import PartKind
from booking.visits.models import Visit, VisitGroup, VisitPart


@dataclass(frozen=True, slots=True)
class ShowBought:
    """What a show of a class's day comes to by VAT rate."""

    gross: Counter[int]
    title: Texts


@dataclass(frozen=True, slots=True)
class Bought:
    """What the lines of a booking come to by VAT rate, lunch and shows by themselves; what the first of them is for.

    `shows` are those of a class's day, by activity id, with what each is called.
    """

    gross: Mapping[int, int]
    lunch: Mapping[int, int]
    title: Texts
    shows: Mapping[int, ShowBought] = field(default_factory=dict)

    @property
    def but_lunch(self) -> Mapping[int, int]:
        """All but lunch, by VAT rate."""
        sums = Counter(self.gross)
        for show in self.shows.values():
            sums.update(show.gross)
        return sums

    def rates_of(self, *, is_lunch: bool, show_id: int | None) -> Mapping[int, int]:
        """What a due is of: lunch, a show, or all the rest."""
        show = self.shows.get(show_id) if show_id is not None else None
        if show is not None:
            return show.gross
        return (self.lunch if is_lunch else {}) or self.gross

    def title_of(self, show_id: int | None) -> Texts | None:
        """What a show is called; None for what is none."""
        show = self.shows.get(show_id) if show_id is not None else None
        return show.title if show else None


def bought_of(booking_ids: Collection[int]) -> dict[int, Bought]:
    """What these bookings are for, in one statement."""
    lunch_type = select(SchoolRules.lunch_type_id).limit(1).scalar_subquery()
    # Whatever kind the activity is of by now: a show is what a class was to see as one.
    show = (
        select(func.min(VisitPart.activity_id))
        .join(VisitGroup, VisitGroup.id == VisitPart.group_id)
        .join(Visit, Visit.id == VisitGroup.visit_id)
        .where(Visit.booking_id == Line.booking_id, VisitPart.slot_id == Line.slot_id)
        .where(VisitPart.kind == PartKind.SHOW)
        .correlate(Line)
        .scalar_subquery()
    )
    query = (
        select(
            Line.booking_id, Line.vat_rate, Line.quantity * Line.unit_price, Line.activity_title,
            func.coalesce(Line.ticket_type_id == lunch_type, false()), show,
        )
        .where(Line.booking_id.in_(sorted(booking_ids)))
        .order_by(Line.booking_id, Line.id)
    )  # fmt: skip
    bought = {}
    for booking_id, group in groupby(run(query), key=lambda line: line[0]):
        lines = list(group)
        gross: Counter[int] = Counter()
        lunch: Counter[int] = Counter()
        shows: dict[int, ShowBought] = {}
        for _booking, rate, amount, title, of_lunch, show_id in lines:
            if show_id is None:
                (lunch if of_lunch else gross)[rate] += amount
            else:
                shows.setdefault(show_id, ShowBought(Counter(), title)).gross[rate] += amount
        bought[booking_id] = Bought(gross, lunch, lines[0][3], shows)
    return bought


def by_rate(amount: int, sums: Mapping[int, int]) -> list[tuple[int, int]]:
    """An amount by the rates of what it is for, in proportion to what was bought by each."""
    by_rate = sorted(sums.items()) if any(sums.values()) else [(0, 1)]
    parts = spread(amount, [gross for _rate, gross in by_rate])
    return [(rate, part) for (rate, _gross), part in zip(by_rate, parts, strict=True) if part]
