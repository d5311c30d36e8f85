"""What staff do with a release: write it, publish it, withdraw it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from booking.capacity.models import Slot, SlotStatus
from booking.kernel.codes import new_secret
from booking.kernel.database import db, insert_once, run
from booking.outbox.promises import promise
from booking.records.audit import note
from booking.releases.fairness import Fairness
from booking.releases.models import (
    IN_LINE,
    Release,
    ReleaseProgramme,
    ReleaseQueue,
    ReleaseWay,
    ReleaseWish,
    Stage,
    WishState,
)
from booking.releases.openings import programmes_of
from booking.releases.refusals import InTheMiddle, NotDraft, NothingReleased, OpensInThePast, Overlaps


@dataclass(frozen=True, slots=True)
class ReleaseWanted:
    """What staff have filled in, checked by itself: moments are UTC, `to_at` is the end of the last day."""

    way: ReleaseWay
    activity_ids: tuple[int, ...]
    from_at: datetime
    to_at: datetime
    prepare_from: datetime
    opens_at: datetime
    until: datetime | None
    kept_percent: int
    most_per_school: int | None
    lately_since: datetime


def write(release_id: int | None, wanted: ReleaseWanted, actor: str) -> int:
    """Make a release, or change one that nobody has been told of; call inside a unit of work. Raises NotDraft."""
    row = Release(stage=Stage.DRAFT) if release_id is None else _draft(release_id)
    for name in wanted.__dataclass_fields__:
        if name != "activity_ids":
            setattr(row, name, getattr(wanted, name))
    db.session.add(row)
    db.session.flush()
    run(delete(ReleaseProgramme).where(ReleaseProgramme.release_id == row.id))
    rows = [{"release_id": row.id, "activity_id": activity_id} for activity_id in sorted(set(wanted.activity_ids))]
    run(insert(ReleaseProgramme), rows)
    about = {"way": wanted.way.value, "opens_at": wanted.opens_at.isoformat(), "programmes": len(rows)}
    note(actor, "release.write", f"release:{row.id}", None, about)
    return row.id


def publish(release_id: int, now: datetime, actor: str) -> None:
    """Tell everybody, seal included: from now on nobody can book its sessions. Call inside a unit of work.

    Raises NotDraft, OpensInThePast, Overlaps, NothingReleased.
    """
    row = _draft(release_id)
    if row.opens_at <= now:
        raise OpensInThePast
    programmes = programmes_of(release_id)
    others = (
        select(Release.id)
        .join(ReleaseProgramme, ReleaseProgramme.release_id == Release.id)
        .where(
            Release.stage == Stage.PUBLISHED,
            Release.from_at < row.to_at,
            Release.to_at > row.from_at,
            ReleaseProgramme.activity_id.in_(programmes),
        )
    )
    if run(others.limit(1)).first() is not None:
        raise Overlaps
    row.places = count_places(programmes, row.from_at, row.to_at)
    if not row.places:
        raise NothingReleased
    row.open_places = Fairness(row.kept_percent).open_to_all(row.places)
    row.seed = new_secret()
    row.stage, row.published_at = Stage.PUBLISHED, now
    insert_once(ReleaseQueue, "release_id", {"release_id": release_id, "turns": 0})
    note(actor, "release.publish", f"release:{release_id}", None, {"places": row.places, "open": row.open_places})


def withdraw(release_id: int, actor: str) -> int:
    """Call it off: its dates are as any other, and those who had a wish are written to. Call inside a unit of work.

    Returns how many wishes there were. Raises NotDraft when it was never published, InTheMiddle.
    """
    row = _locked(release_id)
    if row.stage is not Stage.PUBLISHED:
        raise NotDraft
    waiting = select(ReleaseWish.id).where(ReleaseWish.release_id == release_id, ReleaseWish.state.in_(IN_LINE))
    if run(waiting.limit(1)).first() is not None:
        raise InTheMiddle
    row.stage = Stage.WITHDRAWN
    prepared = select(ReleaseWish.id).where(
        ReleaseWish.release_id == release_id, ReleaseWish.state == WishState.PREPARED
    )
    ids = list(run(prepared).scalars())
    for wish_id in ids:
        promise("mail.wish_answer", f"wish_answer:{wish_id}", {"wish_id": wish_id})
    note(actor, "release.withdraw", f"release:{release_id}", None, {"wishes": len(ids)})
    return len(ids)


def remove(release_id: int, actor: str) -> None:
    """Throw a draft away; call inside a unit of work. Raises NotDraft."""
    _draft(release_id)
    run(delete(ReleaseProgramme).where(ReleaseProgramme.release_id == release_id))
    db.session.expunge_all()
    run(delete(Release).where(Release.id == release_id))
    note(actor, "release.remove", f"release:{release_id}")


def go_on(release_id: int, work_id: int, actor: str) -> None:
    """That a drawing that was stopped goes on as another piece of work; call inside a unit of work."""
    run(update(Release).where(Release.id == release_id).values(work_id=work_id))
    note(actor, "release.go_on", f"release:{release_id}", None, {"work": work_id})


def count_places(activity_ids: Collection[int], from_at: datetime, to_at: datetime) -> int:
    """How many people the sessions of these programmes take that start in [from_at, to_at)."""
    places = select(func.coalesce(func.sum(Slot.capacity), 0)).where(
        Slot.activity_id.in_(sorted(activity_ids)),
        Slot.starts_at >= from_at,
        Slot.starts_at < to_at,
        Slot.status == SlotStatus.OPEN,
    )
    return int(run(places).scalar_one())


def _draft(release_id: int) -> Release:
    row = _locked(release_id)
    if row.stage is not Stage.DRAFT:
        raise NotDraft
    return row


def _locked(release_id: int) -> Release:
    locking = select(Release).where(Release.id == release_id).with_for_update(key_share=True)
    row = db.session.scalar(locking.execution_options(populate_existing=True))
    if row is None:
        raise NotDraft
    return row
