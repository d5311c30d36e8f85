"""The fairness of a release day, kept by the database: counters with a CHECK, moved by conditional UPDATE only.

Locks are taken in one order everywhere: the release, then the school's share, then allowances, then slots. Before or
between them a booking shares the rows of its agreements, which whoever changes those waits for with nothing of these.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from booking.bookings.models import Booking, State
from booking.kernel.database import insert_once, run
from booking.planner.plans import PartKind, Plan
from booking.releases.fairness import KeptForOthers, ShareUsed, check_first_come
from booking.releases.models import Release, ReleaseShare, ReleaseTake, ReleaseWay
from booking.releases.openings import NotYetReleased, OthersFirst, ReleaseFacts, in_line, openings, programme_parts
from booking.visits.models import Visit


@dataclass(frozen=True, slots=True)
class Turn:
    """That a booking comes through the queue of a release: its turn has come.

    `keeping` False: all others have had their turn, so that nothing is kept any more.
    """

    release_id: int
    keeping: bool = True


@dataclass(frozen=True, slots=True)
class AskedOfRelease:
    """What a plan asks of one release: so many places, people by sessions, in these of its slots."""

    release: ReleaseFacts
    places: int
    slot_ids: frozenset[int]


def asked_of(plan: Plan, now: datetime) -> tuple[AskedOfRelease, ...]:
    """What a plan asks of the releases that its programmes are part of, in one statement."""
    parts = programme_parts(plan)
    published = openings(now, {part.activity_id for part in parts if part.activity_id is not None})
    by_release: dict[int, AskedOfRelease] = {}
    for timetable in plan.timetables if published.by_activity else ():
        for part in timetable.parts:
            release = published.of(part.activity_id, part.starts_at) if part.kind is PartKind.PROGRAMME else None
            if release is not None:
                before = by_release.get(release.id, AskedOfRelease(release, 0, frozenset()))
                places, slot_ids = before.places + timetable.group.people, before.slot_ids | set(part.slot_ids)
                by_release[release.id] = AskedOfRelease(release, places, slot_ids)
    return tuple(by_release[number] for number in sorted(by_release))


def check_open(
    releases: Sequence[AskedOfRelease], now: datetime, turn: Turn | None = None, has: Collection[int] = ()
) -> None:
    """Whether all of it can be booked now by whoever comes. Raises NotYetReleased, OthersFirst.

    Slots that the booking `has` already are open to it.
    """
    for asked_of_release in releases:
        release = asked_of_release.release
        if (turn is not None and turn.release_id == release.id) or asked_of_release.slot_ids <= set(has):
            continue
        if not release.is_open(now):
            raise NotYetReleased(release)
        if release.way is ReleaseWay.FIRST_COME and in_line(release.id):
            raise OthersFirst(release)


def take_shares(
    booking_id: int, school_id: int, releases: Sequence[AskedOfRelease], now: datetime, turn: Turn | None = None
) -> None:
    """Count a visit for its school while the rule holds; call inside a unit of work, before places are taken.

    Raises ShareUsed, KeptForOthers; the unit of work (or the attempt) must then end without a commit.
    """
    for asked_of_release in releases:
        release, rule = asked_of_release.release, asked_of_release.release.fairness
        # However long a drawing takes, it is held as at its opening.
        at = release.opens_at if turn is not None and release.way is ReleaseWay.DRAWING else now
        if not rule.holds(at):
            continue
        keeping = rule.kept_percent > 0 and (turn is None or turn.keeping)
        lately = asked_of_release.places if keeping and came_lately(school_id, release) else 0
        key = f"{release.id}:{school_id}" if rule.most_per_school is not None else ""
        if not lately and not key:
            continue
        taken = run(select(Release.lately_taken).where(Release.id == release.id)).scalar_one() if lately else None
        check_first_come(at, rule, _had(key), asked_of_release.places, release.places, taken)
        if lately and not _count_lately(release.id, lately):
            raise KeptForOthers(release.until)
        if key and not _count_visit(key, release, school_id):
            raise ShareUsed(release.most_per_school or 0, release.until)
        row = {"booking_id": booking_id, "release_id": release.id, "share_key": key, "lately": lately}
        run(insert(ReleaseTake), row)


def give_back_shares(booking_id: int) -> int:
    """Let others have what a visit counted for; call inside a unit of work, as often as you like."""
    mine = delete(ReleaseTake).where(ReleaseTake.booking_id == booking_id)
    gone = run(mine.returning(ReleaseTake.release_id, ReleaseTake.share_key, ReleaseTake.lately)).all()
    for release_id, key, lately in sorted(gone):
        if lately:
            less = Release.lately_taken - lately
            run(update(Release).where(Release.id == release_id).values(lately_taken=less))
        if key:
            run(update(ReleaseShare).where(ReleaseShare.key == key).values(visits=ReleaseShare.visits - 1))
    return len(gone)


def retake_shares(booking_id: int, school_id: int, plan: Plan, has: Collection[int], now: datetime) -> None:
    """A visit that changes: what it counted for is given back, and counted anew as it will be.

    A visit that had its slots before they were part of a release is not counted for them. Raises what `check_open`
    and `take_shares` raise.
    """
    releases = asked_of(plan, now)
    check_open(releases, now, has=has)
    counted = give_back_shares(booking_id)
    take_shares(
        booking_id, school_id, [release for release in releases if counted or not release.slot_ids <= set(has)], now
    )


def came_lately(school_id: int, release: ReleaseFacts) -> bool:
    """Whether the school has had a visit so recently that the share for the others is not for it."""
    # Looked up visit by visit: a join might read every booking there ever was.
    state = select(Booking.state).where(Booking.id == Visit.booking_id).correlate(Visit).scalar_subquery()
    mine = select(Visit.id).where(
        Visit.school_id == school_id,
        Visit.arrives_at >= release.lately_since,
        Visit.arrives_at < release.opens_at,
        state == State.CONFIRMED,
    )
    return run(mine.limit(1)).first() is not None


def ended_and_counted(now: datetime, most: int = 50) -> list[int]:
    """Bookings that ended and still count in a release: cancelled at the desk, or never approved."""
    state = select(Booking.state).where(Booking.id == ReleaseTake.booking_id).correlate(ReleaseTake).scalar_subquery()
    over = select(Release.id).where(Release.id == ReleaseTake.release_id, Release.to_at <= now)
    ended = select(ReleaseTake.booking_id).where(state.in_((State.CANCELLED, State.EXPIRED)), ~over.exists())
    return list(run(ended.limit(most)).scalars())


def has_share(release: ReleaseFacts, school_id: int) -> bool:
    """Whether a school has as many visits of a release as it may."""
    return release.most_per_school is not None and _had(f"{release.id}:{school_id}") >= release.most_per_school


def _had(key: str) -> int:
    return run(select(ReleaseShare.visits).where(ReleaseShare.key == key)).scalar() or 0 if key else 0


def _count_lately(release_id: int, places: int) -> bool:
    counted = (
        update(Release)
        .where(Release.id == release_id, Release.lately_taken + places <= Release.open_places)
        .values(lately_taken=Release.lately_taken + places)
        .returning(Release.id)
    )
    return run(counted).first() is not None


def _count_visit(key: str, release: ReleaseFacts, school_id: int) -> bool:
    most = release.most_per_school
    insert_once(
        ReleaseShare,
        "key",
        {"key": key, "release_id": release.id, "school_id": school_id, "most": most, "visits": 0},
    )
    counted = (
        update(ReleaseShare)
        .where(ReleaseShare.key == key, ReleaseShare.visits < ReleaseShare.most)
        .values(visits=ReleaseShare.visits + 1)
        .returning(ReleaseShare.id)
    )
    return run(counted).first() is not None
