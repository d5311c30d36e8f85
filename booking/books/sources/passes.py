"""What an annual pass was paid with becomes income day by day over its life; written down by the month.

VAT follows the income, as it does for tickets that are paid before their day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, or_, select

from booking.annual_passes.models import AnnualPass
from booking.annual_passes.standing import PassDays
from booking.bookings.models import Booking
from booking.books.sources.moment import PostingCut, last_of, month_of
from booking.kernel.database import run


@dataclass(frozen=True, slots=True)
class PassEarning:
    """How far the life of a pass is: `had` of `number` days are over with the day `through`."""

    had: int
    number: int
    through: date

    def of(self, kept: int) -> int:
        """What of its money is income, in minor units."""
        return kept * self.had // self.number


def written_through(cut: PostingCut) -> date:
    """The last month's end up to the cut: so far passes that go on are written down."""
    month_ends = last_of(month_of(cut.last_day)) == cut.last_day
    return cut.last_day if month_ends else month_of(cut.last_day) - timedelta(days=1)


def pass_mark(cut: PostingCut) -> ColumnElement[str]:
    """What of a pass, joined from outside, changes what the journal says of its booking; "" for any other booking."""
    through = case(
        (or_(AnnualPass.last_day <= cut.last_day, AnnualPass.withdrawn_at.is_not(None)), literal("all")),
        else_=literal(written_through(cut).isoformat()),
    )
    begins = cast(func.coalesce(AnnualPass.first_day, AnnualPass.begins_by), String)
    life = literal(":").concat(begins).concat(":").concat(cast(AnnualPass.last_day, String)).concat(":").concat(through)
    return case((AnnualPass.id.is_not(None), life), else_=literal(""))


_LIVES = select(
    AnnualPass.booking_id, AnnualPass.first_day, AnnualPass.begins_by, AnnualPass.last_day, AnnualPass.withdrawn_at
)


def earnings(booking_ids: Collection[int], cut: PostingCut) -> Mapping[int, PassEarning]:
    """How far the passes are that these bookings bought; one statement, or none."""
    if not booking_ids:
        return {}
    return _earnings(_LIVES.where(AnnualPass.booking_id.in_(sorted(booking_ids))), cut)


def unearned(kept_of: Mapping[int, int], cut: PostingCut) -> int:
    """What of the money of passes that are sold already is none of today's income yet."""
    lives = earnings(list(kept_of), cut)
    return sum(kept_of[booking_id] - life.of(kept_of[booking_id]) for booking_id, life in lives.items())


def going_on(cut: PostingCut) -> Select[int]:
    """The bookings that bought passes which are not over at the cut."""
    return (
        select(AnnualPass.booking_id)
        .join(Booking, Booking.id == AnnualPass.booking_id)
        .where(AnnualPass.last_day > cut.last_day, Booking.starts_at < cut.until)
    )


def _earnings(query: Select[int, date | None, date, date, datetime | None], cut: PostingCut) -> dict[int, PassEarning]:
    earning = {}
    for booking_id, first, begins_by, last, withdrawn_at in run(query):
        days = PassDays(first, begins_by, last)
        is_over = last <= cut.last_day or withdrawn_at is not None
        through = min(last, cut.last_day) if is_over else written_through(cut)
        had = days.number if is_over else days.had_by(through)
        earning[booking_id] = PassEarning(had, days.number, through)
    return earning
