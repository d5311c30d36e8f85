"""What is released when, as values; and the one question that every booking asks: is this open yet?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from booking.kernel.database import UTCDateTime, as_values, run
from booking.kernel.refusals import Refusal
from booking.planner.plans import Part, PartKind, Plan
from booking.releases.fairness import Fairness, sealed
from booking.releases.models import IN_LINE, Release, ReleaseProgramme, ReleaseWay, ReleaseWish, Stage

TOLD_FOR = timedelta(days=14)  # how long after the opening the catalogue still points to it


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """A release as pages and rules see it; `answered` is the last turn that has its answer."""

    id: int
    stage: Stage
    way: ReleaseWay
    from_at: datetime
    to_at: datetime
    prepare_from: datetime
    opens_at: datetime
    until: datetime | None
    kept_percent: int
    most_per_school: int | None
    lately_since: datetime
    places: int
    open_places: int
    lately_taken: int
    answered: int
    seed: str
    published_at: datetime | None
    drawn_at: datetime | None
    work_id: int | None

    @property
    def fairness(self) -> Fairness:
        """The rule as `release` knows it."""
        return Fairness(self.kept_percent, self.most_per_school, self.until)

    @property
    def seal(self) -> str:
        """What is published of the seed before the drawing."""
        return sealed(self.seed) if self.seed else ""

    @property
    def last_at(self) -> datetime:
        """A moment of its last day."""
        return self.to_at - timedelta(seconds=1)

    @property
    def kept(self) -> int:
        """How many places are kept for schools that have not come lately."""
        return self.places - self.open_places

    def is_open(self, now: datetime) -> bool:
        """Whether anybody can book; a drawing is over first."""
        return now >= self.opens_at and (self.way is ReleaseWay.FIRST_COME or self.drawn_at is not None)

    def can_prepare(self, now: datetime) -> bool:
        """Whether wishes can be written, changed and withdrawn."""
        return self.stage is Stage.PUBLISHED and self.prepare_from <= now < self.opens_at and self.work_id is None

    def covers(self, starts_at: datetime) -> bool:
        """Whether a session of one of its programmes that starts then is part of it."""
        return self.from_at <= starts_at < self.to_at


class NotYetReleased(Refusal):
    """It cannot be booked before it opens; until then wishes can be prepared."""

    def __init__(self, release: ReleaseFacts) -> None:
        super().__init__(f"opens {release.opens_at}")
        self.release = release


class OthersFirst(Refusal):
    """Some who came before still wait for their answer: who comes now stands in line behind them."""

    def __init__(self, release: ReleaseFacts) -> None:
        super().__init__("others came before")
        self.release = release


@dataclass(frozen=True, slots=True)
class Openings:
    """The published releases that may still keep something closed, or whose rule may hold, by programme."""

    by_activity: dict[int, tuple[ReleaseFacts, ...]]

    def of(self, activity_id: int | None, starts_at: datetime) -> ReleaseFacts | None:
        """The release that a session is part of."""
        of_activity = self.by_activity.get(activity_id or 0, ())
        return next((release for release in of_activity if release.covers(starts_at)), None)

    def closed(self, activity_id: int | None, starts_at: datetime, now: datetime) -> ReleaseFacts | None:
        """The release that keeps a session closed at this moment."""
        release = self.of(activity_id, starts_at)
        return None if release is None or release.is_open(now) else release

    def next_of(self, activity_id: int, now: datetime) -> ReleaseFacts | None:
        """The next release of a programme that is still to open."""
        of_activity = self.by_activity.get(activity_id, ())
        return min(
            (release for release in of_activity if not release.is_open(now)),
            key=lambda release: release.opens_at,
            default=None,
        )

    def coming(self, now: datetime) -> list[ReleaseFacts]:
        """All that are still to open, or opened so lately that people look for them; the next first."""
        once = {release.id: release for releases in self.by_activity.values() for release in releases}
        told = [release for release in once.values() if not release.is_open(now) or now < release.opens_at + TOLD_FOR]
        return sorted(told, key=lambda release: (release.opens_at, release.id))

    def of_plan(self, plan: Plan, now: datetime) -> ReleaseFacts | None:
        """The first release that keeps a part of a plan closed at this moment."""
        parts = programme_parts(plan)
        return next(
            (release for part in parts if (release := self.closed(part.activity_id, part.starts_at, now))),
            None,
        )


COLUMNS = tuple(getattr(Release, name) for name in ReleaseFacts.__dataclass_fields__)
_OF_PROGRAMMES = (
    select(ReleaseProgramme.activity_id, *COLUMNS)
    .join(Release, Release.id == ReleaseProgramme.release_id)
    .where(
        ReleaseProgramme.activity_id.in_(bindparam("activities", expanding=True)),
        Release.stage == Stage.PUBLISHED,
        Release.to_at > bindparam("now", type_=UTCDateTime),
    )
    .order_by(Release.opens_at, Release.id)
)
_ALL = (
    select(ReleaseProgramme.activity_id, *COLUMNS)
    .join(Release, Release.id == ReleaseProgramme.release_id)
    .where(Release.stage == Stage.PUBLISHED, Release.to_at > bindparam("now", type_=UTCDateTime))
    .order_by(Release.opens_at, Release.id)
)
_ONE = select(*COLUMNS).where(Release.id == bindparam("release"))
_IN_LINE = (
    select(func.count())
    .select_from(ReleaseWish)
    .where(ReleaseWish.release_id == bindparam("release"), ReleaseWish.state.in_(IN_LINE))
)


def release_with_id(release_id: int) -> ReleaseFacts | None:
    """A release, published or not."""
    row = run(_ONE, {"release": release_id}).first()
    return ReleaseFacts(*row) if row else None


def openings(now: datetime, activity_ids: Collection[int] | None = None) -> Openings:
    """The published releases whose dates are not over, in one statement; of these programmes only, if given."""
    if activity_ids is None:
        rows = run(_ALL, {"now": now})
    elif activity_ids:
        rows = run(_OF_PROGRAMMES, {"activities": sorted(activity_ids), "now": now})
    else:
        return Openings({})
    by_activity: dict[int, tuple[ReleaseFacts, ...]] = {}
    for activity_id, *columns in rows:
        by_activity[activity_id] = (*by_activity.get(activity_id, ()), ReleaseFacts(*columns))
    return Openings(by_activity)


def openings_of_plan(plan: Plan, now: datetime) -> Openings:
    """The releases that a plan's programmes are part of."""
    return openings(now, {part.activity_id for part in programme_parts(plan) if part.activity_id is not None})


def programme_parts(plan: Plan) -> list[Part]:
    """What of a plan is a programme."""
    return [part for timetable in plan.timetables for part in timetable.parts if part.kind is PartKind.PROGRAMME]


def in_line(release_id: int) -> int:
    """How many wait for their answer."""
    return int(run(_IN_LINE, {"release": release_id}).scalar_one())


def latest(most: int = 40) -> list[ReleaseFacts]:
    """All releases for the staff's list, the latest opening first."""
    return as_values(ReleaseFacts, run(select(*COLUMNS).order_by(Release.opens_at.desc(), Release.id).limit(most)))


def programmes_of(release_id: int) -> list[int]:
    """Its programmes' activity ids."""
    query = select(ReleaseProgramme.activity_id).where(ReleaseProgramme.release_id == release_id)
    return list(run(query.order_by(ReleaseProgramme.activity_id)).scalars())
