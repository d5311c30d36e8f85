"""Shows that the centre lets classes see as part of their day: those that it has opened to them, and no others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, exists, or_, select

from booking.catalogue.models import Activity, Kind
from booking.kernel.database import Texts, as_values, run
from booking.machines import fitness
from booking.programmes.models import SchoolShow


@dataclass(frozen=True, slots=True)
class OfferedShow:
    """A show as teachers see it. `price` is for each pupil, in minor units; grade 0 is kindergarten."""

    activity_id: int
    title: Texts
    summary: Texts
    minutes: int
    capacity: int
    grade_from: int
    grade_to: int
    price: int
    on_sale_days: int | None = None  # None: as the centre says


READ_FROM = "0057"  # programs that know less cannot read a visit that has a show

IS_OPEN = and_(SchoolShow.is_open, Activity.active, Activity.kind == Kind.SHOW)
_SHOWS = (
    select(
        Activity.id, Activity.title, Activity.summary, Activity.minutes, Activity.capacity, SchoolShow.grade_from,
        SchoolShow.grade_to, SchoolShow.price, Activity.on_sale_days,
    )
    .join(SchoolShow, SchoolShow.activity_id == Activity.id)
    .where(or_(IS_OPEN, Activity.id.in_(bindparam("also", expanding=True))))
    .order_by(Activity.sort, Activity.id)
)  # fmt: skip


def shows_for_schools(also: Collection[int] = ()) -> list[OfferedShow]:
    """The shows that are open to classes, in one statement; `also` those that a visit has already."""
    return as_values(OfferedShow, run(_SHOWS, {"also": sorted(also)}))


def changed() -> None:
    """Once a show is open to classes, programs of before may not serve them any more; call inside the unit of work."""
    if run(select(exists().where(SchoolShow.is_open))).scalar():
        fitness.needs_from_now_on(READ_FROM)
