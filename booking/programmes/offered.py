"""What schools can book: the programmes, and their sessions with the places that are free at the last commit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from sqlalchemy import and_, bindparam, case, func, outerjoin, select
from sqlalchemy.orm import aliased

from booking.capacity.models import Draw, Slot, SlotStatus
from booking.catalogue.models import Activity, Kind
from booking.kernel.database import Texts, UTCDateTime, as_values, run
from booking.pictures.facts import PictureFacts
from booking.programmes.models import Programme


@dataclass(frozen=True, slots=True)
class OfferedProgramme:
    """A programme as teachers see it. Grade 0 is kindergarten, 11 to 13 vg1 to vg3; `language` "" is any."""

    activity_id: int
    slug: str
    kind: Kind
    title: Texts
    summary: Texts
    minutes: int
    capacity: int
    grade_from: int
    grade_to: int
    subjects: list[str]
    aims: Texts
    before: Texts
    after: Texts
    language: str
    instant: bool
    shared: bool
    picture: PictureFacts | None = None
    brings: Texts = field(default_factory=dict)
    taught_by: Texts = field(default_factory=dict)
    on_sale_days: int | None = None  # before it; None: as the centre says


@dataclass(frozen=True, slots=True)
class SessionFree:
    """One session and how many people it still takes, through all that it draws on."""

    slot_id: int
    activity_id: int
    starts_at: datetime
    ends_at: datetime
    capacity: int
    free: int

    @property
    def has_room(self) -> bool:
        """Whether an ordinary class of those that the programme is made for still gets in."""
        return self.free * 3 >= self.capacity * 2


@dataclass(frozen=True, slots=True)
class Next:
    """When a programme is free next, and how many sessions of that month are."""

    session: SessionFree
    in_month: int


_COLUMNS = (
    Activity.id, Activity.slug, Activity.kind, Activity.title, Activity.summary, Activity.minutes, Activity.capacity,
    Programme.grade_from, Programme.grade_to, Programme.subjects, Programme.aims, Programme.before, Programme.after,
    Programme.language, Programme.instant, Programme.shared, Activity.picture, Programme.brings,
    Programme.taught_by, Activity.on_sale_days,
)  # fmt: skip
_PROGRAMMES = (
    select(*_COLUMNS)
    .join(Programme, Programme.activity_id == Activity.id)
    .where(Activity.active)
    .order_by(Programme.grade_from, Activity.sort, Activity.id)
)
_below = aliased(Slot)
_START, _END, _NOW = (bindparam(name, type_=UTCDateTime) for name in ("start", "end", "now"))
# A class has a session to itself unless the programme is shared.
_own_free = case((and_(Slot.taken > 0, Programme.shared.is_(False)), 0), else_=Slot.capacity - Slot.taken)
_free_below = case(
    (_below.id.is_(None), None), (_below.status == SlotStatus.OPEN, _below.capacity - _below.taken), else_=0
)
_SESSIONS = (
    select(
        Slot.id, Slot.activity_id, Slot.starts_at, Slot.ends_at, Slot.capacity, _own_free,
        func.min(_free_below),
    )
    .select_from(outerjoin(outerjoin(Slot, Draw, Draw.slot_id == Slot.id), _below, _below.id == Draw.on_slot_id))
    .join(Programme, Programme.activity_id == Slot.activity_id)
    .where(
        Slot.activity_id.in_(bindparam("activities", expanding=True)),
        Slot.starts_at >= _START,
        Slot.starts_at < _END,
        Slot.status == SlotStatus.OPEN,
        func.coalesce(Slot.opens_at, _NOW) <= _NOW,
    )
    .group_by(Slot.id, Programme.activity_id)
    .order_by(Slot.starts_at, Slot.id)
)  # fmt: skip


def programmes() -> list[OfferedProgramme]:
    """Every programme on offer, lowest grade first, in one statement."""
    return as_values(OfferedProgramme, run(_PROGRAMMES))


def sessions(activity_ids: Collection[int], start: datetime, end: datetime, now: datetime) -> list[SessionFree]:
    """Open sessions that start in [start, end), in order, in one statement; full ones are among them."""
    values = {"activities": sorted(activity_ids), "start": start, "end": end, "now": now}
    return as_values(
        SessionFree,
        ((*row[:5], max(0, row[5] if row[6] is None else min(row[5], row[6]))) for row in run(_SESSIONS, values)),
    )


def next_free(frees: Iterable[SessionFree], zone: tzinfo) -> dict[int, Next]:
    """For each activity the first session with room for a class, and how many such there are that month."""
    fitting = [session for session in frees if session.has_room]
    first: dict[int, SessionFree] = {}
    for session in fitting:
        first.setdefault(session.activity_id, session)

    def month(moment: datetime) -> date:
        return moment.astimezone(zone).date().replace(day=1)

    return {
        activity_id: Next(
            session,
            sum(
                each.activity_id == activity_id and month(each.starts_at) == month(session.starts_at)
                for each in fitting
            ),
        )
        for activity_id, session in first.items()
    }


def by_slug(offered: Sequence[OfferedProgramme], slug: str) -> OfferedProgramme | None:
    """The programme with this address."""
    return next((programme for programme in offered if programme.slug == slug), None)
