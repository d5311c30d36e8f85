"""What bookings have of passes: one booking a day, so many to come, held with the places and given back with them.

Whoever writes has its booking locked before the passes, and passes in ascending id. The database refuses a second use
of a day and more open bookings than a pass may have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select, text, update

from booking.annual_passes.models import IS_OPEN, LIVES, AnnualPass, PassOrder, PassUse
from booking.annual_passes.refusals import (
    NoSuchPass,
    PassForFewer,
    PassFullyBooked,
    PassGivenBack,
    PassMissedTooOften,
    PassNotYet,
    PassOver,
    PassStopped,
    PassTakenThatDay,
)
from booking.annual_passes.standing import PassDays, PassStanding, last_of, standing
from booking.kernel.database import as_values, run
from booking.kernel.writing import NewRow, write


@dataclass(frozen=True, slots=True)
class PassToUse:
    """A pass that is locked, as a booking that wants it needs to know it."""

    id: int
    code: str
    admits: int
    most_open: int
    first_day: date | None
    begins_by: date
    last_day: date
    is_blocked: bool
    is_withdrawn: bool
    waits_until: date | None

    def check(self, day: date) -> None:
        """Raises PassGivenBack, PassStopped, PassOver, PassNotYet."""
        days = PassDays(self.first_day, self.begins_by, self.last_day)
        match standing(days, day, is_blocked=self.is_blocked, is_withdrawn=self.is_withdrawn):
            case PassStanding.WITHDRAWN:
                raise PassGivenBack
            case PassStanding.BLOCKED:
                raise PassStopped
            case PassStanding.ENDED:
                raise PassOver(self.last_day)
            case PassStanding.NOT_YET:
                raise PassNotYet(days.begins)
            case PassStanding.VALID:
                return


_LOCKED = (
    select(
        AnnualPass.id, AnnualPass.code, AnnualPass.admits, AnnualPass.most_open, AnnualPass.first_day,
        AnnualPass.begins_by, AnnualPass.last_day, AnnualPass.blocked_at.is_not(None),
        AnnualPass.withdrawn_at.is_not(None), AnnualPass.waits_until,
    )
    .order_by(AnnualPass.id)
    .with_for_update(key_share=True)
)  # fmt: skip
_BY_CODE = _LOCKED.where(AnnualPass.code.in_(bindparam("codes", expanding=True)))
_OF_BOOKING = _LOCKED.where(
    AnnualPass.id.in_(select(PassUse.pass_id).where(PassUse.booking_id == bindparam("booking"), text(LIVES)))
)
_ON_DAY = select(PassUse.pass_id, PassUse.booking_id).where(
    PassUse.pass_id.in_(bindparam("passes", expanding=True)), PassUse.on_day == bindparam("day"), text(LIVES)
)
_END = (
    update(PassUse)
    .where(PassUse.booking_id.in_(bindparam("bookings", expanding=True)), text(LIVES))
    .values(ended_at=bindparam("now"))
    .returning(PassUse.pass_id, PassUse.settled_at)
)


def hold(
    booking_id: int | NewRow,
    codes: Collection[str],
    heads: int,
    day: date,
    today: date,
    now: datetime,
    *,
    at_once: bool = False,
) -> None:
    """Let a locked booking of `heads` people on a day have these passes; call inside a unit of work.

    What it had of passes before must have been let go. `at_once`: they come in now, so it is none of those to come.
    Raises NoSuchPass, PassForFewer, PassMissedTooOften, PassTakenThatDay, PassFullyBooked and what `PassToUse.check`
    raises.
    """
    passes = as_values(PassToUse, run(_BY_CODE, {"codes": sorted(set(codes))}))
    if len(passes) < len(set(codes)) or not passes:
        raise NoSuchPass
    if heads > sum(each.admits for each in passes):
        raise PassForFewer(sum(each.admits for each in passes))
    for each in passes:
        each.check(day)
        if each.waits_until is not None and today <= each.waits_until and not at_once:
            raise PassMissedTooOften(each.waits_until)
    _take(booking_id, _spread(passes, heads), day, now, settled_at=now if at_once else None)


def _spread(passes: Sequence[PassToUse], heads: int) -> list[tuple[PassToUse, int]]:
    """So many people over the passes, the widest first, so that none is used for nothing."""
    parts, left = [], heads
    for each in sorted(passes, key=lambda each: (-each.admits, each.id)):
        if left:
            parts.append((each, min(left, each.admits)))
            left -= parts[-1][1]
    return sorted(parts, key=lambda part: part[0].id)


def _take(
    booking_id: int | NewRow,
    parts: Sequence[tuple[PassToUse, int]],
    day: date,
    now: datetime,
    settled_at: datetime | None,
) -> None:
    """Raises PassTakenThatDay, PassFullyBooked."""
    if run(_ON_DAY, {"passes": [each.id for each, _heads in parts], "day": day}).first() is not None:
        raise PassTakenThatDay
    for each, _heads in parts:
        if settled_at is None and not _open_one(each.id):
            raise PassFullyBooked(each.most_open)
    write(
        PassUse,
        [
            {
                "pass_id": each.id, "booking_id": booking_id, "on_day": day, "heads": heads, "used_at": now,
                "settled_at": settled_at,
            }
            for each, heads in parts
        ],
    )  # fmt: skip


def _open_one(pass_id: int) -> bool:
    free = update(AnnualPass).where(AnnualPass.id == pass_id, AnnualPass.open_bookings < AnnualPass.most_open)
    more = free.values(open_bookings=AnnualPass.open_bookings + 1)
    return run(more.execution_options(synchronize_session=False)).rowcount == 1


def _closed(counts: Counter[int]) -> None:
    """So many bookings of each pass are none to come any more."""
    for pass_id in sorted(counts):
        fewer = update(AnnualPass).where(AnnualPass.id == pass_id)
        fewer = fewer.values(open_bookings=AnnualPass.open_bookings - counts[pass_id])
        run(fewer.execution_options(synchronize_session=False))


def let_go(booking_ids: Collection[int], now: datetime) -> None:
    """What these locked bookings have of passes is free again; call inside a unit of work."""
    if booking_ids:
        rows = run(_END, {"bookings": sorted(booking_ids), "now": now}).all()
        _closed(Counter(pass_id for pass_id, settled_at in rows if settled_at is None))


def booking_on(pass_id: int, day: date) -> int | None:
    """The booking that a pass has on a day, in one statement."""
    row = run(_ON_DAY, {"passes": [pass_id], "day": day}).first()
    return None if row is None else int(row[1])


def lock(pass_id: int) -> None:
    """Nobody else uses it until the unit of work ends."""
    run(_LOCKED.where(AnnualPass.id == pass_id))


def passes_of(booking_id: int) -> list[str]:
    """The codes of the passes that a booking has, in one statement."""
    query = select(AnnualPass.code).join(PassUse, PassUse.pass_id == AnnualPass.id).order_by(AnnualPass.id)
    return [code for (code,) in run(query.where(PassUse.booking_id == booking_id, text(LIVES)))]


def passes_had(booking_id: int) -> list[str]:
    """The codes of the passes that a booking had when it ended last, in one statement."""
    ended = select(func.max(PassUse.ended_at)).where(PassUse.booking_id == booking_id).scalar_subquery()
    query = select(AnnualPass.code).join(PassUse, PassUse.pass_id == AnnualPass.id).order_by(AnnualPass.id)
    return [code for (code,) in run(query.where(PassUse.booking_id == booking_id, PassUse.ended_at == ended))]


def come_in(booking_id: int, today: date) -> None:
    """People of a locked booking have come in on its passes today; call inside a unit of work.

    The time of one that begins with the first visit begins.
    """
    for each in as_values(PassToUse, run(_OF_BOOKING, {"booking": booking_id})):
        values: dict[str, object] = {"used_on": today, "missed": 0, "waits_until": None}
        if each.first_day is None:
            first = min(today, each.begins_by)
            values |= {"first_day": first, "begins_by": first, "last_day": last_of(first, _months_of(each.id))}
        used = update(AnnualPass).where(AnnualPass.id == each.id).values(**values)
        run(used.execution_options(synchronize_session=False))
    came = update(PassUse).where(PassUse.booking_id == booking_id, text(LIVES)).values(came=True)
    run(came.execution_options(synchronize_session=False))


def _months_of(pass_id: int) -> int:
    query = select(PassOrder.months).join(AnnualPass, AnnualPass.booking_id == PassOrder.booking_id)
    return int(run(query.where(AnnualPass.id == pass_id)).scalar_one())


def settle_due(today: date, now: datetime, most: int = 50) -> int:
    """Uses whose day is over are settled, and who misses too many waits; one unit of work. How many."""
    due = select(PassUse.id).where(text(IS_OPEN), PassUse.on_day < today).order_by(PassUse.on_day, PassUse.id)
    due = due.limit(most).with_for_update(skip_locked=True, key_share=True)
    settled = update(PassUse).where(PassUse.id.in_(due)).values(settled_at=now)
    rows = run(settled.returning(PassUse.pass_id, PassUse.came)).all()
    _closed(Counter(pass_id for pass_id, _came in rows))
    for pass_id, missed in sorted(Counter(pass_id for pass_id, came in rows if not came).items()):
        _miss(pass_id, missed, today)
    return len(rows)


def _miss(pass_id: int, times: int, today: date) -> None:
    """Nobody came so many times."""
    counted = update(AnnualPass).where(AnnualPass.id == pass_id).values(missed=AnnualPass.missed + times)
    missed = run(counted.returning(AnnualPass.missed)).scalar_one()
    rule = select(PassOrder.no_shows, PassOrder.no_show_days)
    rule = rule.join(AnnualPass, AnnualPass.booking_id == PassOrder.booking_id).where(AnnualPass.id == pass_id)
    most, days = run(rule).one()
    if most and missed >= most:
        waits = update(AnnualPass).where(AnnualPass.id == pass_id)
        run(waits.values(waits_until=today + timedelta(days=days - 1), missed=0))
